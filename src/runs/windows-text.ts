/** What `windows` says to people. */
import type { WindowInfo } from '../capture/game-window.js';
import { shortTitle } from '../desktop/window-query.js';
import { textTable } from '../terminal/table.js';

export function windowsText(windows: readonly WindowInfo[]): string {
  if (windows.length === 0) return 'there is no window';
  const rows = windows.map(({ id, app, pid, bounds, title, visible, minimised }) => [
    String(id),
    app || '-',
    pid === null ? '-' : String(pid),
    `${bounds.width}x${bounds.height}`,
    minimised ? 'minimised' : visible ? 'shown' : 'hidden',
    shortTitle(title) || '-',
  ]);
  return textTable(['id', 'app', 'pid', 'size', 'state', 'title'], rows);
}
