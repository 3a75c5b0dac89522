/**
 * Keys that are tapped between fights. The guard presses only what it was told at its start, so those that are no action
 * of the game are added to its keys; while a fight is on nothing asks for them.
 */
import { ActionSet, MOST_ACTIONS, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import { bindKeys, keycodeOf, type KeysymOfAction } from '../../keyboard/key-map.js';
import type { KeyLayout } from '../../desktop/key-layout.js';
import type { KeyLimits } from '../../keyboard/guard/protocol.js';

export interface KeysWithTaps {
  /** The game's actions first, in their order; then one for each further key. */
  readonly keys: KeysymOfAction;
  /** What is held to tap a key, by the key's name. */
  readonly taps: ReadonlyMap<string, HeldActions>;
}

/**
 * @param taps names of the keys that are tapped
 * @throws UnderstudyError as bindKeys; `game-file-invalid` for more keys than the guard holds
 */
export function withTaps(keys: KeysymOfAction, taps: readonly string[], layout: KeyLayout): KeysWithTaps {
  const bindings = bindKeys(keys, layout);
  const further: { readonly key: string; readonly keycode: number }[] = [];
  const held = new Map<string, HeldActions>();
  for (const key of new Set(taps)) {
    const asked = { what: 'a tap of the restart', option: (other: string) => `"tap": "${other}"` };
    const keycode = keycodeOf(key, asked, layout);
    const known = [...bindings, ...further].findIndex((other) => other.keycode === keycode);
    if (known === -1) further.push({ key, keycode });
    held.set(key, 1 << (known === -1 ? bindings.length + further.length - 1 : known));
  }
  if (bindings.length + further.length > MOST_ACTIONS) throw tooMany(bindings.length, further.length);
  const names = further.map((_, index) => `tap-${index + 1}`);
  const actions = new ActionSet({ ...keys.actions.rules(), names: [...keys.actions.names, ...names] });
  const keysyms = { ...keys.keysyms, ...Object.fromEntries(names.map((name, index) => [name, further[index].key])) };
  return { keys: further.length === 0 ? keys : { actions, keysyms }, taps: held };
}

/** The limits with none on the added keys. */
export function limitsOf(limits: KeyLimits, { actions }: KeysymOfAction): KeyLimits {
  const filled = (bounds: readonly (number | null)[]): (number | null)[] =>
    Array.from({ length: actions.count }, (_, index) => bounds[index] ?? null);
  return {
    maxHoldMs: filled(limits.maxHoldMs),
    maxPressesPerSecond: filled(limits.maxPressesPerSecond),
    forbidden: limits.forbidden,
  };
}

function tooMany(actions: number, further: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'game-file-invalid',
    message: `The game has ${actions} actions, and its restart taps ${further} keys besides; together at most ${MOST_ACTIONS} can be pressed.`,
    next: 'Tap keys of the actions in the restart, or leave an action out.',
  });
}
