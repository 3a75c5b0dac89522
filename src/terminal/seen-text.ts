/** What a game's cues and meters say, in a few words for a status line. */
import type { SeenGame } from '../core/seen-game.js';

/** `2 lost`, `score 120`. */
export function seenTexts({ outcomes, meters }: SeenGame): string[] {
  const told = Object.entries(outcomes ?? {}).filter(([outcome, count]) => outcome !== 'ended' && count > 0);
  return [
    ...told.map(([outcome, count]) => `${count} ${outcome}`),
    ...Object.entries(meters).map(([name, value]) => `${name} ${value === null ? '-' : Number(value.toFixed(2))}`),
  ];
}
