/**
 * Lists the windows that an agent could play.
 *
 *   understudy windows --json
 */
import { Command } from 'commander';
import { windowsText } from '../../runs/windows-text.js';
import { makeOutput } from '../../terminal/output.js';

export function windowsVerb(): Command {
  return new Command('windows')
    .description('list the windows of this display: id, application, size, title')
    .option('--json', 'print them as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy windows\n')
    .action(async (options: { readonly json?: boolean }) => {
      const { thisDesktop } = await import('../../desktop/choose.js');
      const windows = thisDesktop().listWindows();
      makeOutput(options.json ?? false).answer(windows, windowsText(windows));
    });
}
