/**
 * Text of other programs (titles, classes, names in files, their error texts) made fit for people's eyes: whatever a
 * terminal would obey, and whatever reorders or hides the text beside it, becomes one visible character. JSON carries
 * the text as it came, escaped.
 */

/** Stands for one character that must not be printed. */
const STAND_IN = '\ufffd';

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, the marks that change the direction of text (UAX #9),
 * zero-width and tag characters, and halves of surrogate pairs.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line of text: ends of lines are replaced as well. */
export function visibleText(text: string): string {
  return text.replace(UNPRINTABLE, STAND_IN);
}

/** Text of several lines: its ends of lines stay. */
export function visibleLines(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (character === '\n' ? character : STAND_IN));
}

/** JSON of the same value in which each such character is written as `\u....`; ends of lines stay. */
export function visibleJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => (character === '\n' ? character : escapedUnits(character)));
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
