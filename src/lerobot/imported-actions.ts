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
    return names.map((name, column) => ({ name: actionName(name), column }));
  }
  const pairs = splitActionValues(asked, { option: OPTION, example: EXAMPLE, code: 'unknown-action' });
  return [...pairs].map(([name, value]) => {
    const byName = names?.indexOf(value) ?? -1;
    const column = byName !== -1 ? byName : /^\d+$/.test(value) ? Number(value) : -1;
    if (column >= 0 && column < count) return { name, column };
    const there = names === null ? `places 0 to ${count - 1}` : names.join(', ');
    throw badOption(`${OPTION}: the set has no action '${value}'.`, `It has ${there}.`);
  });
}

/** The set of the session: with the rules that our own export noted, where the names are the same. */
export function importedSet(actions: readonly ImportedAction[], own: OwnFacts | null): ActionSet {
  const names = actions.map(({ name }) => name);
  const { names: ownNames, ...rules } = own?.actions ?? { names: [] };
  if (ownNames.join() === names.join()) return actionSetOf(names, rules);
  return actionSetOf(names);
}

/** Log names of keys: our own export's, the study's, or the actions' names where a set does not say which keys they were. */
export function importedKeys(actions: ActionSet, own: OwnFacts | null): ActionOfKey {
  const known = own === null ? [] : Object.entries(own.keys).filter(([, action]) => actions.has(action));
  if (new Set(known.map(([, action]) => action)).size === actions.count) return new Map(known);
  const isStudys = actions.names.every((name) => STUDY_ACTIONS.has(name));
  if (isStudys) return new Map([...STUDY_LOG_KEYS].filter(([, action]) => actions.has(action)));
  return new Map(actions.names.map((name) => [name, name]));
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
  return plain.slice(0, 24);
}
