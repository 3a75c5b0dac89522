/**
 * What is fetched once: the training engine. The one verb that uses the network; it says what and how much before.
 *
 *   understudy setup training
 *   understudy setup training --engine cpu
 *   understudy setup training --tensorflow ~/venv/lib/python3.11/site-packages/tensorflow
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { Signals } from '../signals.js';
import { oneOf } from '../options/values.js';
import { makeOutput, sayOnError, type Output } from '../text/output.js';

interface SetUpTrainingOptions {
  readonly engine: 'tfjs-node' | 'cpu';
  readonly tensorflow?: string;
  readonly source?: 'package' | 'wheel';
  readonly again?: boolean;
  readonly json?: boolean;
}

export function setupVerb(): Command {
  return new Command('setup')
    .description('fetch what only training needs, once; no other verb uses the network')
    .addCommand(trainingVerb())
    .addHelpText('after', '\nExample:\n  understudy setup training\n');
}

function trainingVerb(): Command {
  const engines = oneOf('--engine', ['tfjs-node', 'cpu']);
  return new Command('training')
    .description("fetch the training engine into the user's cache, saying what and how much before it does")
    .option('--engine <name>', 'tfjs-node: all of it; cpu: plain JavaScript, for tiny models', engines, 'tfjs-node')
    .option('--tensorflow <folder>', 'link with this installed TensorFlow instead of fetching one')
    .option(
      '--source <name>',
      "package (its own download) or wheel (Python's); default: the one, then the other",
      oneOf('--source', ['package', 'wheel']),
    )
    .option('--again', 'set it up again although it works')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy setup training\n')
    .action(async (options: SetUpTrainingOptions) => {
      if (options.engine === 'cpu') refuseNativeOptions(options);
      using signals = new Signals();
      const output = makeOutput(options.json ?? false);
      const isDone = await setUp(options, output, signals.signal).catch((error: unknown) => {
        if (!signals.signal.aborted) throw error;
        return false;
      });
      if (!isDone) sayOnError('Interrupted: what was fetched so far is removed.');
    });
}

function refuseNativeOptions(options: SetUpTrainingOptions): void {
  const given = (['tensorflow', 'source', 'again'] as const).find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw badOption(
    `--${given} is about TensorFlow's libraries, which --engine cpu does without.`,
    'Leave one of the two out.',
  );
}

async function setUp(options: SetUpTrainingOptions, output: Output, signal: AbortSignal): Promise<boolean> {
  const { setUpEngine, setUpPackage } = await import('../../training/setup/set-up.js');
  const { engine, tensorflow, source, again } = options;
  if (engine === 'cpu') {
    const { folder, isNew } = await setUpPackage({ say: sayOnError, signal });
    const text = isNew ? 'The engine cpu is set up' : 'Nothing to do: the engine cpu is there';
    output.answer({ engine, isNew, folder, tensorflow: null }, `${text}: TensorFlow.js in ${folder}`);
    return true;
  }
  const { folder, isNew, record } = await setUpEngine({
    ...given({ tensorflow, source, again }),
    say: sayOnError,
    signal,
  });
  const { tensorflowVersion: version, gpu } = record;
  const what = `TensorFlow ${version} (${record.source}, ${gpu ? 'with' : 'without'} a GPU) in ${folder}`;
  const text = isNew ? 'The training engine is set up' : 'Nothing to do: the engine works';
  output.answer({ engine, isNew, folder, tensorflow: { version, source: record.source, gpu } }, `${text}: ${what}`);
  return true;
}
