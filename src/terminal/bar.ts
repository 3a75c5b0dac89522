/** A bar of characters. */

/** @param part 0..1, clamped @param full, @param empty one character each */
export function barText(part: number, cells: number, full = '#', empty = '-'): string {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * cells);
  return full.repeat(filled) + empty.repeat(cells - filled);
}
