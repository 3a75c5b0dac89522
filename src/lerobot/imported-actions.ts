/** Which numbers of a set's `action` become which actions, and when one counts as held. */
import type { ActionSet } from '../core/action-set.js';
import { splitActionValues } from '../core/action-values.js';
import { badOption } from '../core/errors.js';
import { actionSetOf, STUDY_ACTIONS, STUDY_LOG_KEYS } from '../core/study-actions.js';
import type { ActionOfKey } from '../session/key-names.js';
import type { OwnFacts } from './dataset-info.js';
import { invalid } from './exported-sessions.js';

const OPTION = '--actions';
const EXAMPLE = 'JUMP=button_a,LEFT=dpad_left';

/** One action of the session. */
export interface ImportedAction {
  readonly name: string;
  /** Its place in the set's `action`. */
  readonly column: number;
}

/** As core/action-set.ts takes them. */
const MOST_NAME = 24;
const ACTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,23}$/;

/** Within it of 0 or 1 a number is taken for that. */
const EXACTNESS = 1e-3;

/**
 * @param asked as in `JUMP=button_a,LEFT=3`: an action and the name, or the place, of its number; null: all, by their names
 * @throws UnderstudyError `bad-option`, `actions-invalid`; `dataset-invalid` where the names of the set cannot be used
 */
export function chooseActions(asked: string | null, names: readonly string[] | null, count: number): ImportedAction[] {
  if (asked === null) {
    if (names === null || names.length !== count) {
      throw invalid(
        `The set has ${count} numbers of action and does not name them.`,
        `Name those that are keys by their places, as in ${OPTION} JUMP=0,LEFT=1.`,
      );
    }
    const cleaned = names.map(actionName);
    const odd = cleaned.findIndex((name, column) => !ACTION_NAME.test(name) || cleaned.indexOf(name) !== column);
    if (odd !== -1) {
      throw invalid(
        `The set's action '${names[odd]}' makes no name of its own (letters, digits, - and _, at most ${MOST_NAME}).`,
        `Name the actions yourself, by their places: ${OPTION} ACTION=${odd},...`,
      );
    }
    return cleaned.map((name, column) => ({ name, column }));
  }
  const pairs = splitActionValues(asked, { option: OPTION, example: EXAMPLE, code: 'unknown-action' });
  const chosen = [...pairs].map(([name, value]): ImportedAction => {
    const byName = names?.indexOf(value) ?? -1;
    const column = byName !== -1 ? byName : /^\d+$/.test(value) ? Number(value) : -1;
    if (column >= 0 && column < count) return { name, column };
    const there = names === null ? `places 0 to ${count - 1}` : names.join(', ');
    throw badOption(`${OPTION}: the set has no action '${value}'.`, `It has ${there}.`);
  });
  for (const { name, column } of chosen) {
    if (!ACTION_NAME.test(name)) {
      throw badOption(
        `${OPTION}: '${name}' cannot be the name of an action.`,
        'Use letters, digits, - and _, at most 24.',
      );
    }
    const same = chosen.filter((other) => other.name === name || other.column === column);
    if (same.length > 1)
      throw badOption(`${OPTION}: ${name} is there twice, or two are of one number.`, 'Name each once.');
  }
  return chosen;
}

/** The set of the session: with the rules that our own export noted, where the names are the same. */
export function importedSet(actions: readonly ImportedAction[], own: OwnFacts | null): ActionSet {
  const names = actions.map(({ name }) => name);
  const { names: ownNames, ...rules } = own?.actions ?? { names: [] };
  if (ownNames.join() === names.join()) return actionSetOf(names, rules);
  return actionSetOf(names);
}

/**
 * Log names of keys: those that our own export noted for the same numbers, or the study's; where a set does not say which keys
 * they were, the actions' names.
 *
 * @param names of the set's numbers
 */
export function importedKeys(
  actions: readonly ImportedAction[],
  names: readonly string[] | null,
  own: OwnFacts | null,
): ActionOfKey {
  const noted = actions.flatMap(({ name, column }) =>
    Object.entries(own?.keys ?? {}).flatMap(([key, old]) => (old === names?.[column] ? [[key, name] as const] : [])),
  );
  const found = new Set(noted.map(([, name]) => name));
  if (actions.every(({ name }) => found.has(name))) return new Map(noted);
  const isStudys = actions.every(({ name }) => STUDY_ACTIONS.has(name));
  if (own === null && isStudys) {
    return new Map([...STUDY_LOG_KEYS].filter(([, action]) => actions.some(({ name }) => name === action)));
  }
  return new Map(actions.map(({ name }) => [name, name]));
}

/**
 * Whether a number means that the action is held.
 *
 * @param threshold null: only numbers that are 0 or 1 are taken
 * @throws UnderstudyError `dataset-invalid` for another number
 */
export function isHeld(value: number, { name }: ImportedAction, threshold: number | null): boolean {
  if (threshold !== null) return value > threshold;
  if (Math.abs(value) <= EXACTNESS) return false;
  if (Math.abs(value - 1) <= EXACTNESS) return true;
  throw invalid(
    `The action ${name} has the value ${Number(value.toFixed(4))}, and a key is down (1) or up (0): it is continuous.`,
    `Leave it out by naming the others (${OPTION}), or say from which value on it counts as held (--action-threshold 0.5).`,
  );
}

/** A name of a set's number as an action's: "left_stick.x" -> "left_stick-x". */
function actionName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '');
  return plain.slice(0, MOST_NAME);
}
