/**
 * The last step before text for people leaves: nothing that a terminal would obey, and no byte above 0x7F for a terminal
 * that does not read UTF-8 (there each would be shown as several wrong characters, or move the cursor).
 */
import { visibleLines } from '../core/visible-text.js';
import { readsUtf8, type Screen } from './screen.js';

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

/** Lines for people as this screen may get them. A pipe or a file gets UTF-8 in any locale. */
export function terminalText(text: string, screen: Screen, env: NodeJS.ProcessEnv = process.env): string {
  const visible = visibleLines(text);
  return screen.isTTY === true && !readsUtf8(env) ? plainText(visible) : visible;
}

/** Only characters below U+007F. */
export function plainText(text: string): string {
  return text.replace(/\P{ASCII}\p{M}*/gu, (character) => PLAIN[character] ?? '?');
}
