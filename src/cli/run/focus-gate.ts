/** Keys are sent only while the game window has the focus: elsewhere they would go to another program. */
import type { Gate } from '../../agent/gate.js';
import type { GameWindow } from '../../capture/game-window.js';

export function focusGate(window: GameWindow): Gate {
  return {
    name: 'focus',
    closedBecause: () => (window.hasFocus() ? null : 'the game window does not have it'),
  };
}
