/** Which keys and mouse buttons are down, according to Windows, whatever pressed them. */
import { BUTTON_CODES, buttonOf, FIXED_VIRTUAL_KEYS, NUMBER_PAD, PLACES } from './key-places.js';
import { virtualKeysOf, type LayoutHandle } from './layout.js';
import { keyCalls } from './win32.js';

/** VK_LBUTTON, VK_MBUTTON, VK_RBUTTON: the buttons of the mouse itself, also where left and right are swapped. */
const BUTTON_KEYS = [0x01, 0x04, 0x02] as const;
/** SM_SWAPBUTTON, winuser.h. */
const SWAPPED = 23;

/** The button of the mouse that acts as this one: for a left-handed user left and right are swapped. */
export function physicalButton(button: number): 0 | 1 | 2 {
  if (button === 1) return 1;
  const swapped = keyCalls().systemMetric(SWAPPED) !== 0;
  return (button === 0) !== swapped ? 0 : 2;
}

/** A key of the number pad counts as down, too, where NumLock is off and the key that shares its virtual key is down. */
export function isDown(keycode: number, layout: LayoutHandle): boolean {
  const button = buttonOf(keycode);
  return button === null ? virtualKeysOf(keycode, layout).some(isKeyDown) : isButtonDown(button);
}

/** @param button 0 left, 1 middle, 2 right */
export function isButtonDown(button: number): boolean {
  return isKeyDown(BUTTON_KEYS[physicalButton(button)]);
}

function isKeyDown(virtualKey: number): boolean {
  return virtualKey !== 0 && (keyCalls().asyncKeyState(virtualKey) & 0x8000) !== 0;
}

/** Keycodes of all that are down; of two keys that share a virtual key with NumLock off, the one beside the number pad. */
export function allDown(layout: LayoutHandle): number[] {
  return [...PLACES.values(), ...BUTTON_CODES].filter((keycode) => {
    const pad = NUMBER_PAD.get(keycode);
    return pad !== undefined && SHARED.has(pad.off) ? isKeyDown(pad.on) : isDown(keycode, layout);
  });
}

const SHARED = new Set(FIXED_VIRTUAL_KEYS.values());
