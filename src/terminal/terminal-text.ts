/**
 * The last step before text for people leaves: nothing that a terminal would obey, and no byte above 0x7F for a terminal
 * that does not read UTF-8 (there each would be shown as several wrong characters, or move the cursor).
 */
import { visibleLines } from '../core/visible-text.js';
import type { Screen } from './screen.js';

/** Plain characters for what our own texts are drawn with; all others become a question mark. */
const PLAIN: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '−': '-',
  '±': '+-',
  '×': 'x',
  '→': '->',
  '█': '#',
  '░': '.',
  '│': '|',
  '·': '.',
  '’': "'",
};

/**
 * True where the locale says UTF-8: LC_ALL, else LC_CTYPE, else LANG, as POSIX orders them. On Windows and macOS, where
 * terminals read UTF-8 whatever these say, always.
 */
export function readsUtf8(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}

/** Lines for people as this screen may get them. A pipe or a file gets UTF-8 in any locale. */
export function terminalText(text: string, screen: Screen, env: NodeJS.ProcessEnv = process.env): string {
  const visible = visibleLines(text);
  return screen.isTTY === true && !readsUtf8(env) ? plainText(visible) : visible;
}

/** Only characters below U+007F. */
export function plainText(text: string): string {
  return text.replace(/\P{ASCII}\p{M}*/gu, (character) => PLAIN[character] ?? '?');
}
