/** Closed while the mapped keys mean something else than they did when they were chosen: another layout, a modifier. */
import type { Gate } from '../gate.js';

/** @param changedBecause asked at each tick; what it throws (the display is gone) ends the run */
export function keyboardGate(changedBecause: () => string | null): Gate {
  return { name: 'keyboard', closedBecause: changedBecause };
}
