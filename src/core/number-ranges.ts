/** Lists of numbers as people type them. */
import { badOption } from './errors.js';

/** A parser of `0..9,12` for an option: the numbers, in the given order. It throws UnderstudyError `bad-option`. */
export function numberRanges(option: string) {
  return (text: string): number[] =>
    text.split(',').flatMap((part) => {
      const [, from, to = from] = /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(part.trim()) ?? [];
      if (from === undefined || Number(to) < Number(from)) {
        throw badOption(`${option} '${text}': expected numbers and ranges.`, `As in ${option} 2,5..7.`);
      }
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
    });
}
