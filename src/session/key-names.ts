/**
 * The names that keys have in a session's logs (pynput's: `Key.up`, `Key.space`, `f`) and the actions they mean.
 * Nothing here knows key codes: what the OS calls a key is src/keyboard's.
 */
import type { ActionName } from '../core/actions.js';
import { ACTIONS, isActionName } from '../core/actions.js';
import { UnderstudyError } from '../core/errors.js';
import { STUDY_LOG_KEYS } from '../core/study-actions.js';

/** Log name of a key -> the action it means. Several keys may mean one action. */
export type ActionOfKey = ReadonlyMap<string, ActionName>;

/** The study's keys (write-up, Appendix A: KEY_MAP). */
export const STUDY_KEYS: ActionOfKey = STUDY_LOG_KEYS;

/**
 * A key's name without the quotes that pynput's `str(key)` puts around letters: first every `'` at both ends, then
 * every `"`, as the study's parser strips them (write-up, Appendix A: parse_events).
 */
export function plainKeyName(logged: string): string {
  return logged.replace(/^'+|'+$/g, '').replace(/^"+|"+$/g, '');
}

/** The log name of the first key that means `action`. @throws UnderstudyError `unknown-key` when none does */
export function keyNameOf(action: ActionName, keys: ActionOfKey = STUDY_KEYS): string {
  for (const [name, meaning] of keys) if (meaning === action) return name;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'unknown-key',
    message: `No key is mapped to ${action}.`,
    next: `Name one, as in ${action}=Key.up.`,
  });
}

/**
 * A key map from text such as `UP=w,LEFT=a,JUMP=Key.space`. Actions that are not named keep no key.
 *
 * @throws UnderstudyError `unknown-action`, `unknown-key`
 */
export function parseKeyMap(text: string): ActionOfKey {
  const keys = new Map<string, ActionName>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const action = part.slice(0, at).trim().toUpperCase();
    const key = plainKeyName(part.slice(at + 1).trim());
    if (at === -1 || !isActionName(action)) {
      throw new UnderstudyError({
        kind: 'usage',
        code: 'unknown-action',
        message: `'${part}' names no action; the actions are ${ACTIONS.join(', ')}.`,
        next: 'Write a key map as ACTION=key pairs: UP=w,LEFT=a,JUMP=Key.space.',
      });
    }
    if (key === '' || keys.has(key)) {
      throw new UnderstudyError({
        kind: 'usage',
        code: 'unknown-key',
        message: key === '' ? `${action} has no key.` : `The key '${key}' is given to two actions.`,
        next: 'Give each action a key of its own, by the name the log has for it: Key.space, f.',
      });
    }
    keys.set(key, action);
  }
  return keys;
}

/** The map as a plain object, log name -> action, for a session's header. */
export function keyMapToJson(keys: ActionOfKey): Record<string, ActionName> {
  return Object.fromEntries(keys);
}
