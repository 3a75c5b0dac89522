/**
 * The mouse buttons of an X display as keys: a button has a number above every keycode, so that what holds, limits, notes
 * and watches keys does the same for buttons. Only the files that exchange events with the server know the difference.
 */
import { MOUSE_BUTTONS } from '../../core/game-key.js';

/** Keycodes are 8..255 (the X protocol has 8 bits for them); button n is 256 + n. */
const ABOVE_KEYCODES = 256;

/** The names of buttons 1, 2 and 3. */
export const BUTTON_NAMES: readonly string[] = MOUSE_BUTTONS.map((button) => `mouse:${button}`);

/** The number of a button among keycodes; null for a button that cannot be an action's key, such as the wheel's. */
export function codeOfButton(button: number): number | null {
  return button >= 1 && button <= MOUSE_BUTTONS.length ? ABOVE_KEYCODES + button : null;
}

/** The button, 1..3, that a number among keycodes means; null for a key. */
export function buttonOfCode(code: number): number | null {
  return code > ABOVE_KEYCODES ? code - ABOVE_KEYCODES : null;
}

/** "mouse:left" for the number of button 1; null for a key. */
export function buttonNameOf(code: number): string | null {
  const button = buttonOfCode(code);
  return button === null ? null : (BUTTON_NAMES[button - 1] ?? null);
}

/** The number of the button with this name; null where no button has it. */
export function codeOfButtonName(name: string): number | null {
  return codeOfButton(BUTTON_NAMES.indexOf(name) + 1);
}

/** The numbers of the buttons whose bits are set; bit n is button n. */
export function buttonCodesIn(bits: number): number[] {
  return MOUSE_BUTTONS.map((_, at) => at + 1)
    .filter((button) => (bits & (1 << button)) !== 0)
    .map((button) => ABOVE_KEYCODES + button);
}
