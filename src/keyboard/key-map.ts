/**
 * Which key is pressed for which action, and which key of the keyboard that is. A key is named by its keysym on the
 * current layout ("z", "space", "Up", "Control_L"), by its place whatever the layout ("code:KeyZ"), or is a mouse button
 * ("mouse:left"); pynput's names are for session files only.
 *
 * Nothing here asks the operating system: the layout is a parameter, so that X11, nut-js and tests share the rules.
 */
import type { ActionSet } from '../core/action-set.js';
import { parseActionValues } from '../core/action-values.js';
import { UnderstudyError } from '../core/errors.js';
import { STUDY_ACTIONS, STUDY_KEYSYMS } from '../core/study-actions.js';
import { NO_KEYCODE, realKeys } from '../desktop/key-injector.js';
import type { KeyLayout } from '../desktop/key-layout.js';

/** Given in the place of a key's name, this leaves an action without a key: it is never pressed, nor recorded. */
export const UNMAPPED = 'none';

/** Which key is pressed for which action of a set. */
export interface KeysymOfAction {
  readonly actions: ActionSet;
  /** Name of the key, by action, or {@link UNMAPPED}. For an action without either, {@link keysymOf} throws. */
  readonly keysyms: Readonly<Partial<Record<string, string>>>;
}

/** The study's keys: arrows, space, f and d (write-up, Appendix A: KEY_MAP). */
export const DEFAULT_KEYS: KeysymOfAction = { actions: STUDY_ACTIONS, keysyms: STUDY_KEYSYMS };

/** One action and the key that is pressed for it. */
export interface KeyBinding {
  readonly action: string;
  /** Name of the key, as it was given. */
  readonly name: string;
  /** X keycode, 8..255, a mouse button's number above them, or NO_KEYCODE for an unmapped action; without an X server, the key's number in the injector's table. */
  readonly keycode: number;
}

/** One binding for each action, in the order of the set: the index here is the bit in a held set. */
export type KeyBindings = readonly KeyBinding[];

/**
 * The keysym name of an action.
 *
 * @throws UnderstudyError `bad-option` where it has none, naming the action and the option that gives one
 */
export function keysymOf({ keysyms }: KeysymOfAction, action: string): string {
  const name = keysyms[action];
  if (name !== undefined) return name;
  throw badKeys(`${action} has no key`, `Give it one: --keys ${action}=<name>, or in the game file.`);
}

/** True where an action was left without a key on purpose. */
export function isUnmapped({ keysyms }: KeysymOfAction, action: string): boolean {
  return keysyms[action] === UNMAPPED;
}

/** The actions that have a key. @throws UnderstudyError `bad-option` where all are unmapped */
export function mappedActions(keys: KeysymOfAction): readonly string[] {
  const mapped = keys.actions.names.filter((action) => !isUnmapped(keys, action));
  if (mapped.length > 0) return mapped;
  throw badKeys('every action is unmapped, and nothing is left to press', 'Leave at least one action its key.');
}

/**
 * Reads `JUMP=z,SHOOT=x,DASH=none`; actions that are not named keep their key of `base`. {@link bindKeys} checks the key
 * names against a layout, not this.
 *
 * @throws UnderstudyError `unknown-action`; `bad-option` for other text, an action named twice, two actions on one key
 */
export function parseKeys(text: string, base: KeysymOfAction = DEFAULT_KEYS): KeysymOfAction {
  const { actions } = base;
  const entries = parseActionValues(text, actions, { option: '--keys', example: 'ACTION=key,ACTION=key' });
  if (entries.length === 0) throw badKeys(`the keys '${text}' name no action`);
  const named = new Map<string, string>();
  for (const [action, key] of entries) {
    if (named.has(action)) throw badKeys(`${action} is given two keys in '${text}'`);
    named.set(action, key);
  }
  const keys = { actions, keysyms: { ...base.keysyms, ...Object.fromEntries(named) } };
  const mapped = mappedActions(keys).filter((action) => keys.keysyms[action] !== undefined);
  refuseSharedKeys(mapped.map((action) => ({ action, key: keysymOf(keys, action), name: keysymOf(keys, action) })));
  return keys;
}

/**
 * Looks every key of the map up on the layout.
 *
 * @returns one binding for each action, in the order of the set
 * @throws UnderstudyError `unknown-key` with near matches; `key-unreachable` where the layout lacks the key or needs
 *   a modifier for it; `bad-option` where two names are one key, or an action has none
 */
export function bindKeys(keys: KeysymOfAction, layout: KeyLayout): KeyBindings {
  const bindings = keys.actions.names.map((action) => {
    const asked = { what: `the key for ${action}`, option: (other: string) => `--keys ${action}=${other}` };
    const name = keysymOf(keys, action);
    return { action, name, keycode: isUnmapped(keys, action) ? NO_KEYCODE : keycodeOf(name, asked, layout) };
  });
  refuseSharedKeys(realKeys(bindings).map(({ action, name, keycode }) => ({ action, name, key: keycode })));
  return bindings;
}

/**
 * The key of a name.
 *
 * @param asked for messages: what the key is for, and the option that gives another one
 * @throws UnderstudyError `unknown-key` with near matches; `key-unreachable`
 */
export function keycodeOf(
  name: string,
  { what, option }: { readonly what: string; readonly option: (name: string) => string },
  layout: KeyLayout,
): number {
  const place = layout.find(name);
  switch (place.found) {
    case 'plain':
      return place.keycode;
    case 'unknown': {
      const near = nearMatches(name, layout.names());
      throw new UnderstudyError({
        kind: 'usage',
        code: 'unknown-key',
        message: `'${name}', ${what}, is not a key name (expected a keysym name such as z, space, Up or Control_L, a place such as code:KeyZ, or mouse:left, mouse:middle, mouse:right)`,
        next:
          near.length > 0
            ? `Did you mean ${near.join(' or ')}? Give it as ${option(near[0])}.`
            : `Choose a keysym name and give it as ${option('<name>')}.`,
      });
    }
    case 'with-modifier':
      throw unreachable(
        `'${name}', ${what}, needs a modifier such as Shift on ${layout.title}, and single keys are expected`,
        place.plainName === null
          ? `Choose a key that needs no modifier and give it as ${option('<name>')}.`
          : `The key itself is called ${place.plainName}: give it as ${option(place.plainName)}.`,
      );
    case 'unsupported':
      throw unreachable(
        `'${name}', ${what}, cannot be pressed here: ${place.why}`,
        `Choose a key by its keysym name and give it as ${option('<name>')}.`,
      );
    case 'nowhere':
      throw unreachable(
        `'${name}', ${what}, is not on any key of ${layout.title}`,
        `Choose a key that the layout has and give it as ${option('<name>')}, or switch the layout.`,
      );
  }
}

/** Names that users try first, and the keysyms that they mean. */
const EVERYDAY_NAMES: Readonly<Record<string, string>> = {
  enter: 'Return',
  esc: 'Escape',
  ctrl: 'Control_L',
  control: 'Control_L',
  shift: 'Shift_L',
  alt: 'Alt_L',
  spacebar: 'space',
  ' ': 'space',
  del: 'Delete',
  pageup: 'Prior',
  pagedown: 'Next',
  arrowup: 'Up',
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  ';': 'semicolon',
  '.': 'period',
  '/': 'slash',
  '-': 'minus',
};

/**
 * Up to three names close to `name`: the everyday word's meaning, the same letters in another case, then names at an
 * edit distance of at most 2.
 */
export function nearMatches(name: string, names: readonly string[]): readonly string[] {
  const lower = name.toLowerCase().replace(/^key\.|^kb_|^vk_/, '');
  const meant = Object.hasOwn(EVERYDAY_NAMES, lower) ? [EVERYDAY_NAMES[lower]] : [];
  const limit = lower.length <= 2 ? 0 : Math.min(2, Math.floor(lower.length / 2));
  const close = names
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
  return [...new Set([...meant, ...close])].slice(0, 3);
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3; // more than any limit used here
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}

function refuseSharedKeys(
  entries: readonly { readonly action: string; readonly name: string; readonly key: string | number }[],
): void {
  const owners = new Map<string | number, { action: string; name: string }>();
  for (const { action, name, key } of entries) {
    const owner = owners.get(key);
    if (owner !== undefined) {
      const names = owner.name === name ? `'${name}'` : `'${owner.name}' and '${name}'`;
      throw badKeys(`${owner.action} and ${action} are on one key (${names}); each action needs a separate key`);
    }
    owners.set(key, { action, name });
  }
}

const PAIRS = 'Give the keys as ACTION=key pairs, separated by commas: --keys ACTION=key,ACTION=key.';

function badKeys(message: string, next: string = PAIRS): UnderstudyError {
  return new UnderstudyError({ kind: 'usage', code: 'bad-option', message, next });
}

function unreachable(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'key-unreachable', message, next });
}
