/**
 * What a game's action is bound to, as files and options name it: a keysym of the current layout ("z", "space"), a
 * place on the keyboard ("code:KeyX", as in the web's KeyboardEvent.code), or a mouse button ("mouse:left"). Nothing here
 * asks a layout whether it has such a key.
 */

export const MOUSE_BUTTONS = ['left', 'middle', 'right'] as const;
export type MouseButton = (typeof MOUSE_BUTTONS)[number];

export type GameKey =
  /** A keysym name of the current layout, not checked here. */
  | { readonly by: 'keysym'; readonly name: string }
  /** `code` is a key of {@link KEY_PLACES}: the same place on every layout. */
  | { readonly by: 'place'; readonly code: string }
  | { readonly by: 'button'; readonly button: MouseButton };

/**
 * KeyboardEvent.code -> the number of the key in Linux's input-event-codes.h; an X keycode is 8 more. The names are those
 * of the W3C's "UI Events KeyboardEvent code Values", without media keys and keys that few keyboards have.
 */
export const KEY_PLACES: Readonly<Record<string, number>> = {
  ...consecutive(1, 'Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal'),
  ...consecutive(14, 'Backspace Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight'),
  ...consecutive(28, 'Enter ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote'),
  ...consecutive(42, 'ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight'),
  ...consecutive(55, 'NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock'),
  ...consecutive(71, 'Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2'),
  ...consecutive(81, 'Numpad3 Numpad0 NumpadDecimal'),
  ...consecutive(86, 'IntlBackslash F11 F12'),
  ...consecutive(96, 'NumpadEnter ControlRight NumpadDivide'),
  ...{ AltRight: 100 },
  ...consecutive(102, 'Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete'),
};

function consecutive(first: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(' ').map((name, index) => [name, first + index]));
}

/** Keysym names are shorter. */
const MOST_LETTERS = 40;

/**
 * Reads what a file or an option names.
 *
 * @throws Error (plain, for the caller to wrap): what was found and what was expected
 */
export function parseGameKey(text: string): GameKey {
  if (text.startsWith('code:')) {
    const code = text.slice('code:'.length);
    if (Object.hasOwn(KEY_PLACES, code)) return { by: 'place', code };
    throw new Error(
      `'${text}' is not a place on a keyboard, expected one such as code:KeyX, code:Space or code:ArrowUp`,
    );
  }
  if (text.startsWith('mouse:')) {
    const button = MOUSE_BUTTONS.find((name) => text === `mouse:${name}`);
    if (button !== undefined) return { by: 'button', button };
    throw new Error(`'${text}' is not a mouse button, expected mouse:${MOUSE_BUTTONS.join(', mouse:')}`);
  }
  if (text.length === 0 || text.length > MOST_LETTERS || /\s./u.test(text)) {
    throw new Error(`'${text}' is not a key name, expected one such as z, space, Up, code:KeyX or mouse:left`);
  }
  return { by: 'keysym', name: text };
}
