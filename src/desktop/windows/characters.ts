/**
 * The keysym names of characters, as X11's keysymdef.h has them: layouts of Windows know characters, files and options of
 * this program know the names. A letter or a digit is its own name.
 */

/** Of the printable characters of ASCII that are no letters and digits, from the space on. */
const ASCII = Object.entries({
  space: ' ',
  exclam: '!',
  quotedbl: '"',
  numbersign: '#',
  dollar: '$',
  percent: '%',
  ampersand: '&',
  apostrophe: "'",
  parenleft: '(',
  parenright: ')',
  asterisk: '*',
  plus: '+',
  comma: ',',
  minus: '-',
  period: '.',
  slash: '/',
  colon: ':',
  semicolon: ';',
  less: '<',
  equal: '=',
  greater: '>',
  question: '?',
  at: '@',
  bracketleft: '[',
  backslash: '\\',
  bracketright: ']',
  asciicircum: '^',
  underscore: '_',
  grave: '`',
  braceleft: '{',
  bar: '|',
  braceright: '}',
  asciitilde: '~',
});

/** Letters that keys of European layouts write without a modifier, and the signs beside them. */
const EUROPEAN = Object.entries({
  section: '§',
  degree: '°',
  twosuperior: '²',
  mu: 'µ',
  acute: '´',
  diaeresis: '¨',
  onehalf: '½',
  exclamdown: '¡',
  questiondown: '¿',
  masculine: 'º',
  agrave: 'à',
  aacute: 'á',
  adiaeresis: 'ä',
  aring: 'å',
  ae: 'æ',
  ccedilla: 'ç',
  egrave: 'è',
  eacute: 'é',
  igrave: 'ì',
  iacute: 'í',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  odiaeresis: 'ö',
  oslash: 'ø',
  ssharp: 'ß',
  ugrave: 'ù',
  uacute: 'ú',
  udiaeresis: 'ü',
  yacute: 'ý',
});

const CHARACTERS = new Map([...ASCII, ...EUROPEAN]);
const NAMES = new Map([...CHARACTERS].map(([name, character]) => [character, name]));

/** The character that a keysym name means; null for other names. */
export function characterOf(name: string): string | null {
  return /^[A-Za-z0-9]$/.test(name) ? name : (CHARACTERS.get(name) ?? null);
}

/** The keysym name of a character; null where this table has none. */
export function nameOfCharacter(character: string): string | null {
  return /^[A-Za-z0-9]$/.test(character) ? character : (NAMES.get(character) ?? null);
}
