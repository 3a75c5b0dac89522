/**
 * What changed between two documents of `evaluate` or `bench`, and which of it is more than noise.
 *
 *   understudy compare before.json after.json
 */
import { Command } from 'commander';
import { compareFiles, comparisonText } from '../../evaluation/compare-files.js';
import { makeOutput } from '../../terminal/output.js';

export function compareVerb(): Command {
  return new Command('compare')
    .description('what changed between two JSON documents of evaluate or bench, and which of it is more than noise')
    .argument('<before>', 'a JSON document, as --json prints it or a report has it')
    .argument('<after>', 'another one of the same kind')
    .option('--all', 'show what stayed the same too')
    .option('--json', 'print the differences as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy compare report-1/report.json report-2/report.json\n')
    .action(async (before: string, after: string, options: { readonly all?: boolean; readonly json?: boolean }) => {
      const comparison = await compareFiles(before, after);
      makeOutput(options.json ?? false).answer(comparison, comparisonText(comparison, options.all ?? false));
    });
}
