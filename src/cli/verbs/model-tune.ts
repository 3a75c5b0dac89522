/**
 * Thresholds alone, chosen anew on recorded fights.
 *
 *   understudy model tune models/mine sessions/more
 */
import { Command } from 'commander';
import { makeOutput } from '../text/output.js';
import { addKeys, addLenient } from '../options/session.js';
import { Signals } from '../signals.js';
import type { TuneVerbOptions } from '../training/tune-model.js';

export function tuneVerb(): Command {
  const verb = new Command('tune')
    .description("choose a bundle's thresholds on fights that it was not trained on; no weight changes")
    .argument('<bundle>', 'folder of the bundle')
    .argument('<sessions...>', 'sessions: paths without ending, their files, or names under sessions/');
  return addLenient(addKeys(verb))
    .option('--out <folder>', 'where to write the tuned bundle; default: in its place')
    .option('--json', 'print the thresholds and scores as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model tune models/mine sessions/more\n')
    .action(async (folder: string, names: string[], options: TuneVerbOptions) => {
      const { tuneModel, tuneText } = await import('../training/tune-model.js');
      using signals = new Signals();
      const output = makeOutput(options.json ?? false);
      const summary = await tuneModel(folder, names, options, signals.signal, output);
      if (summary !== null) output.answer(summary, tuneText(summary));
    });
}
