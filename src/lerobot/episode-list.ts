/** `--episodes`. */
import { badOption } from '../core/errors.js';

/** Reads `0..9,12`: numbers of episodes, in the given order. @throws UnderstudyError `bad-option` */
export function parseEpisodes(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(part.trim()) ?? [];
    if (from === undefined || Number(to) < Number(from)) {
      throw badOption(`--episodes '${text}': expected numbers and ranges.`, 'As in --episodes 0..9,12.');
    }
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
  });
}
