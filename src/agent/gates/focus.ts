/** Closed while the game window does not have the focus: keys would go to another program. */
import type { Gate } from '../gate.js';

/** @param hasFocus asked at each tick; one that throws (the display is gone) ends the run */
export function focusGate(hasFocus: () => boolean): Gate {
  return {
    name: 'focus',
    closedBecause: () => (hasFocus() ? null : 'the game window does not have it'),
  };
}
