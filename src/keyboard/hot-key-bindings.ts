/**
 * The keys that control the agent itself: panic, pause, arm. They are looked up like the game's keys, and are never
 * also a game's key: the agent would stop itself by pressing it.
 */
import { UnderstudyError } from '../core/errors.js';
import type { NamedKey } from '../desktop/key-injector.js';
import type { KeyLayout } from '../desktop/key-layout.js';
import { HOT_KEYS, type HotKey, type HotKeyName } from './guard/protocol.js';
import { keycodeOf, type KeyBindings } from './key-map.js';

/** Keysym names. */
export type HotKeyNames = Readonly<Record<HotKeyName, string>>;

/** F12 stops the agent at once, F8 pauses and resumes it, F9 arms it. */
export const DEFAULT_HOT_KEYS: HotKeyNames = { panic: 'F12', pause: 'F8', arm: 'F9' };

/**
 * Looks the hot keys up.
 *
 * @throws UnderstudyError `bad-option` for a key of the game or a key given twice; `unknown-key`, `key-unreachable`
 */
export function bindHotKeys(names: HotKeyNames, bindings: KeyBindings, layout: KeyLayout): readonly HotKey[] {
  const bound: HotKey[] = [];
  for (const is of HOT_KEYS) {
    const name = names[is];
    const keycode = keycodeOf(name, { what: `the ${is} key`, option: (other) => `--${is}-key ${other}` }, layout);
    const action = bindings.find((binding) => binding.keycode === keycode)?.action;
    if (action !== undefined) throw taken(is, name, `is the key for ${action}, which the agent itself presses`);
    const other = bound.find((key) => key.keycode === keycode)?.is;
    if (other !== undefined) throw taken(is, name, `is the ${other} key already`);
    bound.push({ is, name, keycode });
  }
  return bound;
}

/** Keysyms that change what other keys mean to programs. Shift is not one of them: games and people use it as a key. */
const MODIFIERS = ['Control', 'Alt', 'Meta', 'Super', 'Hyper']
  .flatMap((name) => [`${name}_L`, `${name}_R`])
  .concat('ISO_Level3_Shift', 'Mode_switch');

/** The modifiers of a layout that are none of the given keys, each where it is. */
export function modifiersBeside(keys: readonly { readonly keycode: number }[], layout: KeyLayout): NamedKey[] {
  return MODIFIERS.flatMap((name) => {
    const place = layout.find(name);
    if (place.found !== 'plain' || keys.some(({ keycode }) => keycode === place.keycode)) return [];
    return [{ name, keycode: place.keycode }];
  });
}

function taken(is: HotKeyName, name: string, why: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `'${name}', given as the ${is} key, ${why}.`,
    next: `Choose another key for it: --${is}-key F10.`,
  });
}
