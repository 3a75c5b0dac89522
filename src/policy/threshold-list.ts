/** Thresholds as the command line names them. */
import { parseThreshold, type Thresholds } from './thresholds.js';

/** Reads `JUMP=0.4,DASH=0.5/0.3`. @throws UnderstudyError 'unknown-action', 'bad-threshold' */
export function parseThresholds(text: string): Thresholds {
  const parsed = text.split(',').map((part) => parseThreshold(part));
  return Object.fromEntries(parsed.map(({ action, threshold }) => [action, threshold]));
}
