/**
 * What is fetched once: the training engine. The one verb that uses the network; it says what and how much before.
 *
 *   understudy setup training
 *   understudy setup training --engine cpu
 *   understudy setup training --tensorflow ~/venv/lib/python3.11/site-packages/tensorflow
 */
import { Command } from 'commander';
import { Signals } from '../signals.js';
import type { SetUpRequest } from '../../training/setup/set-up-report.js';
import { oneOf, choice } from '../options/values.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';

interface SetUpTrainingOptions extends SetUpRequest {
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
    .addOption(
      choice('--source <name>', "package (its own download) or wheel (Python's); default: the one, then the other", [
        'package',
        'wheel',
      ]),
    )
    .option('--again', 'set it up again although it works')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy setup training\n')
    .action(async (options: SetUpTrainingOptions) => {
      using signals = new Signals();
      const output = makeOutput(options.json ?? false);
      const { setUp, setUpText } = await import('../../training/setup/set-up-report.js');
      try {
        const done = await setUp(options, { say: sayOnError, signal: signals.signal });
        output.answer(done, setUpText(done));
      } catch (error) {
        if (!signals.signal.aborted) throw error;
        sayOnError('Interrupted: what was fetched so far is removed.');
      }
    });
}
