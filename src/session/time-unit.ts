/**
 * Which unit the times of a log are in. Ours are Unix seconds; recorders in JavaScript write milliseconds, others nano-
 * seconds, and a log read in the wrong unit decides how many frames are written.
 */
import { UnderstudyError } from '../core/errors.js';

/** Unix seconds reach this in the year 5138; milliseconds passed it in 1973. */
const FIRST_MILLISECONDS = 1e11;
const FIRST_MICROSECONDS = 1e14;
const FIRST_NANOSECONDS = 1e17;

/** The unit of a time that cannot be Unix seconds; null for one that can. */
export function unitOtherThanSeconds(t: number): 'milliseconds' | 'microseconds' | 'nanoseconds' | null {
  const size = Math.abs(t);
  if (size < FIRST_MILLISECONDS) return null;
  if (size < FIRST_MICROSECONDS) return 'milliseconds';
  return size < FIRST_NANOSECONDS ? 'microseconds' : 'nanoseconds';
}

/** @throws UnderstudyError `time-unit` for the first time that cannot be Unix seconds */
export function requireSeconds(path: string, times: Iterable<number>): void {
  for (const t of times) {
    const unit = unitOtherThanSeconds(t);
    if (unit === null) continue;
    const divisor = { milliseconds: '1e3', microseconds: '1e6', nanoseconds: '1e9' }[unit];
    throw new UnderstudyError({
      kind: 'input',
      code: 'time-unit',
      message: `${path} has times in ${unit} (${t}); expected Unix seconds, such as ${(Date.now() / 1000).toFixed(3)}.`,
      next: `Divide each 't' (and 'captured') of the events and the frames by ${divisor}, then read it again.`,
    });
  }
}
