/**
 * The names of keys in a session's logs (pynput's: `Key.up`, `Key.space`, `f`) and the actions they mean. Nothing here
 * knows key codes or the OS's names of keys: src/keyboard does.
 */
import type { ActionSet, HeldActions } from '../core/action-set.js';
import { requireAction, splitActionValues } from '../core/action-values.js';
import { UnderstudyError } from '../core/errors.js';

/** Log name of a key -> the action it means. Several keys may mean one action. */
export type ActionOfKey = ReadonlyMap<string, string>;

/** The option that maps keys, for messages. */
const KEYS_OPTION = '--keys';

/**
 * A key's name without the quotes that pynput's `str(key)` puts around letters. First every `'` at both ends is removed,
 * then every `"`, as in the study's parser (write-up, Appendix A: parse_events).
 */
export function plainKeyName(logged: string): string {
  return logged.replace(/^'+|'+$/g, '').replace(/^"+|"+$/g, '');
}

/** The log name of the first key that means `action`. @throws UnderstudyError `unknown-key` when none does */
export function keyNameOf(action: string, keys: ActionOfKey): string {
  for (const [name, meaning] of keys) if (meaning === action) return name;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'unknown-key',
    message: `No key is mapped to ${action}.`,
    next: `Name one, as in ${action}=Key.up.`,
  });
}

/**
 * A key map from text such as `UP=w,LEFT=a,JUMP=Key.space`. Action names stay as they were written, for {@link keysFor}:
 * only the session knows its actions. Actions that are not named have no key.
 *
 * @throws UnderstudyError `unknown-key`
 */
export function parseKeyMap(text: string): ActionOfKey {
  const keys = new Map<string, string>();
  const example = 'UP=w,LEFT=a,JUMP=Key.space';
  for (const [action, value] of splitActionValues(text, { option: KEYS_OPTION, example, code: 'unknown-key' })) {
    const key = plainKeyName(value);
    if (key === '' || keys.has(key)) {
      throw new UnderstudyError({
        kind: 'usage',
        code: 'unknown-key',
        message: key === '' ? `${action} has no key.` : `The key '${key}' is given to two actions.`,
        next: 'Give each action its own key, by the name that the log has for it: Key.space, f.',
      });
    }
    keys.set(key, action);
  }
  return keys;
}

/** The map with each action's name as the set spells it; capitals do not matter. @throws UnderstudyError `unknown-action` */
export function keysFor(actions: ActionSet, keys: ActionOfKey): ActionOfKey {
  return new Map([...keys].map(([key, action]) => [key, requireAction(action, actions, KEYS_OPTION)]));
}

/** The actions that are held while these keys are down, by their log names. */
export function actionsHeld(heldKeys: readonly string[], keys: ActionOfKey, actions: ActionSet): HeldActions {
  return actions.holding(...actions.names.filter((action) => heldKeys.some((key) => keys.get(key) === action)));
}

/** What a status line shows of the keys that are down: their actions, and the log names of those that mean none. */
export function shownKeys(heldKeys: readonly string[], keys: ActionOfKey): string {
  return [...new Set(heldKeys.map((key) => keys.get(key) ?? key))].join('+') || '-';
}
