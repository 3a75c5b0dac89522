/**
 * A smaller, faster bundle, written only if it plays as the original does.
 *
 *   understudy model quantize models/arena-gru-512 --calibrate sessions/fights --out models/arena-int8
 */
import { Command } from 'commander';
import type { QuantizeSettings } from '../../evaluation/quantize-bundle.js';
import { addSeed } from '../options/fights.js';
import { whole, choice } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import { HELD_OUT_SEED } from '../../evaluation/arena/settings.js';
import { addLenient, sayNotices } from '../options/session.js';
import { Signals } from '../signals.js';

interface QuantizeOptions extends Pick<QuantizeSettings, 'calibrate' | 'storage' | 'out' | 'fights' | 'seed'> {
  readonly lenient?: boolean;
  readonly json?: boolean;
}

export function quantizeVerb(): Command {
  const verb = new Command('quantize')
    .description('write an int8 or float16 bundle; refused unless it plays as the original does')
    .argument('<bundle>', 'folder of the bundle')
    .requiredOption('--calibrate <sessions...>', 'recorded fights: every second one calibrates, the others compare')
    .requiredOption('--out <folder>', 'where to write the new bundle')
    .addOption(choice('--storage <type>', 'int8 or float16', ['int8', 'float16'], 'int8'))
    .addOption(whole('--fights <n>', 'arena fights that both play; 0 for a model of another game', 0, 100_000, 100));
  return addLenient(addSeed(verb, 'seed of the first of these fights', HELD_OUT_SEED))
    .option('--json', 'print the comparison as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy model quantize models/arena-gru-512 --calibrate sessions/fights --out models/arena-int8\n',
    )
    .action(async (folder: string, options: QuantizeOptions) => {
      const { quantizeBundle, quantizeText } = await import('../../evaluation/quantize-bundle.js');
      using signals = new Signals();
      const output = makeOutput(options.json ?? false);
      const { calibrate, storage, out, fights, seed, lenient = false } = options;
      const summary = await quantizeBundle(folder, {
        calibrate,
        storage,
        out,
        fights,
        seed,
        lenient,
        signal: signals.signal,
        say: (text) => output.say(text),
        onNotices: sayNotices,
      });
      if (summary !== null) output.answer(summary, quantizeText(summary));
    });
}
