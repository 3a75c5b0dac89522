/**
 * Cuts a line so that a terminal of a given width does not wrap it: a wrapped line cannot be redrawn in place. Counts
 * the cells that are visible: colours take none and are never cut in two.
 */

/** A colour or style (SGR), or else one character: what is cut between. */
const PIECES = /\x1b\[[0-9;]*m|\P{M}\p{M}*|\p{M}/gu; // eslint-disable-line no-control-regex
const CONTROL = /^\p{Cc}/u;
/** Two cells wide in every terminal: East Asian wide and full-width forms (UAX #11), and emoji. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}])/u;
const RESET = '\x1b[0m';

/**
 * The text, cut to at most `columns` cells. Control characters other than colours are left out; a cut text that had
 * colours ends with them reset.
 */
export function fitLine(text: string, columns: number): string {
  let fitted = '';
  let cells = 0;
  let coloured = false;
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.startsWith('\x1b[')) {
      coloured = true;
      fitted += piece;
      continue;
    }
    if (CONTROL.test(piece)) continue;
    cells += WIDE.test(piece) ? 2 : 1;
    if (cells > columns) return coloured ? fitted + RESET : fitted;
    fitted += piece;
  }
  return fitted;
}

/** Cells that a text without escapes takes on a terminal. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const [piece] of text.matchAll(PIECES)) if (!CONTROL.test(piece)) cells += WIDE.test(piece) ? 2 : 1;
  return cells;
}
