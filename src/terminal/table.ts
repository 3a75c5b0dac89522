/** Tables of plain text for people. */
import { visibleText } from '../core/visible-text.js';
import { cellsOf } from './fit-line.js';

/**
 * Columns padded to their widest cell; the first column to the left, numbers to the right. A cell is one line, whatever
 * its text holds.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map(visibleText));
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cellsOf(cells[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - cellsOf(cell)));
        return column === 0 ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd();
  const [head, ...body] = lines;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
