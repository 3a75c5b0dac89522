/**
 * Lists the windows that an agent could play.
 *
 *   understudy windows --json
 */
import { Command } from 'commander';
import { shortTitle } from '../../desktop/window-query.js';
import { textTable } from '../../terminal/table.js';
import { makeOutput } from '../text/output.js';

export function windowsVerb(): Command {
  return new Command('windows')
    .description('list the windows of this display: id, application, size, title')
    .option('--json', 'print them as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy windows\n')
    .action(async (options: { readonly json?: boolean }) => {
      const { thisDesktop } = await import('../../desktop/choose.js');
      const windows = thisDesktop().listWindows();
      const rows = windows.map(({ id, app, pid, bounds, title, visible, minimised }) => [
        String(id),
        app || '-',
        pid === null ? '-' : String(pid),
        `${bounds.width}x${bounds.height}`,
        minimised ? 'minimised' : visible ? 'shown' : 'hidden',
        shortTitle(title) || '-',
      ]);
      const table = textTable(['id', 'app', 'pid', 'size', 'state', 'title'], rows);
      makeOutput(options.json ?? false).answer(windows, windows.length === 0 ? 'there is no window' : table);
    });
}
