/** Rulers around a picture in half blocks, in the picture's own pixels: places can be read off in the terminal. */

/** What the rulers take of the terminal. */
export const RULER_COLUMNS = 6;
export const RULER_ROWS = 1;

/** A label every so many columns, and every so many lines. */
const COLUMNS_APART = 10;
const LINES_APART = 4;

/**
 * @param lines of the picture, as halfBlocks makes them
 * @param columns of the picture
 * @returns a line of labels above, and a label before some lines: the pixel that begins there
 */
export function withRulers(
  lines: readonly string[],
  columns: number,
  { width, height }: { readonly width: number; readonly height: number },
): string[] {
  const pixel = (place: number, of: number, size: number): string => String(Math.round((place * size) / of));
  let across = ' '.repeat(RULER_COLUMNS);
  for (let column = 0; column + COLUMNS_APART / 2 < columns; column += COLUMNS_APART) {
    across += `|${pixel(column, columns, width)}`.padEnd(COLUMNS_APART);
  }
  const beside = (line: number): string => {
    const label = line % LINES_APART === 0 ? `${pixel(line, lines.length, height)} ` : '';
    return label.padStart(RULER_COLUMNS);
  };
  return [across.trimEnd(), ...lines.map((text, line) => beside(line) + text)];
}
