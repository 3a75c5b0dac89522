/** Closed while keys would not reach the game window: they would go to another program. */
import type { Gate } from '../gate.js';

/** What the gate asks of the game window, at each tick; one that throws (the display is gone) ends the run. */
export interface FocusedWindow {
  hasFocus(): boolean;
  /** As of the last `hasFocus`. */
  readonly isKeyboardGrabbed: boolean;
}

/** @param blind true where the capture also shows what covers the window: without the focus it may show that */
export function focusGate(window: FocusedWindow, blind = false): Gate {
  return {
    name: 'focus',
    blind,
    closedBecause: () => {
      if (window.hasFocus()) return null;
      return window.isKeyboardGrabbed
        ? 'another program has grabbed the keyboard (a screen lock, a menu or a prompt)'
        : 'the game window does not have it';
    },
  };
}
