/**
 * The questions of `game new` about keys: the actions of the game, the key of each, and pairs that exclude each other.
 * Keys are heard in the game's window or typed; none is pressed.
 */
import { ActionSet, MOST_ACTIONS } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import { STUDY_ACTIONS } from '../../core/study-actions.js';
import type { WindowInfo } from '../../capture/game-window.js';
import type { Desktop } from '../../desktop/desktop.js';
import type { GameDocument } from '../../games/game-file-schema.js';
import { NO_KEYCODE } from '../../desktop/key-injector.js';
import { keycodeOf, UNMAPPED } from '../../keyboard/key-map.js';
import type { Interview } from './interview.js';
import { nextKeyIn } from './next-key.js';

export type Actions = NonNullable<GameDocument['actions']>;

/** Pairs that are proposed as opposing, where both are there. */
const USUAL_PAIRS = STUDY_ACTIONS.rules().opposing;

/** Takes the last action back. */
const BACK = '-';

/** @throws UnderstudyError `window-closed`; the signal's reason */
export async function askActions(interview: Interview, desktop: Desktop, info: WindowInfo): Promise<Actions> {
  interview.say(`The actions of the game, one by one: a name, then its key. Enter alone ends the list,
${BACK} takes the last one back. For the key, click into the game and press it there;
or type its name here: z, space, Up; code:KeyX for a place; mouse:left for a button.`);
  const actions: Actions = [];
  for (;;) {
    const name = await interview.askFor(`Name of action ${actions.length + 1}`, null, (text) => {
      if (text === '' && actions.length === 0) throw new Error('at least one action');
      if (text !== '' && text !== BACK) requireName([...actions.map((action) => action.name), text]);
      return text;
    });
    if (name === '') return actions;
    if (name === BACK) {
      const last = actions.pop();
      interview.say(last === undefined ? '  there is none to take back' : `  ${last.name} is taken back`);
      continue;
    }
    const key = await askKey(interview, { desktop, info, name, taken: actions });
    interview.say(`  ${name}: ${key}`);
    actions.push({ name, key });
  }
}

/** @throws Error (plain): what was expected of the last name */
function requireName(names: readonly string[]): void {
  try {
    new ActionSet({ names });
  } catch (error) {
    if (names.length > MOST_ACTIONS) throw new Error(`Enter: ${MOST_ACTIONS} actions are the most`, { cause: error });
    const rule = 'a letter, then letters, digits, _ or -, 24 at most; and another name than those above';
    throw new Error(rule, { cause: error });
  }
}

interface KeyQuestion {
  readonly desktop: Desktop;
  readonly info: WindowInfo;
  /** Of the action. */
  readonly name: string;
  readonly taken: Actions;
}

/** Asks until the key is one of this keyboard and no other action's. */
async function askKey(interview: Interview, { desktop, info, name, taken }: KeyQuestion): Promise<string> {
  using layout = desktop.openLayout();
  const placeOf = (key: string): number => {
    if (key === UNMAPPED) return NO_KEYCODE;
    return keycodeOf(key, { what: `the key of ${name}`, option: (other) => other }, layout);
  };
  for (;;) {
    using pressed = await nextKeyIn(desktop, info);
    const key = await interview.askOr(`Key of ${name}`, pressed.key);
    if (key === '') continue;
    try {
      const place = placeOf(key);
      const owner = taken.find((action) => place !== NO_KEYCODE && placeOf(action.key) === place);
      if (owner === undefined) return key;
      interview.say(`  ${key} is the key of ${owner.name} already`);
    } catch (error) {
      if (!(error instanceof UnderstudyError)) throw error;
      const what = error.code === 'unknown-key' ? `'${key}' is not the name of a key` : error.message;
      interview.say(`  ${what}. ${error.next}`);
    }
  }
}

export async function askOpposing(interview: Interview, actions: Actions): Promise<[string, string][]> {
  const find = (text: string): string | undefined =>
    actions.find((action) => action.name.toUpperCase() === text.toUpperCase())?.name;
  const usual = USUAL_PAIRS.filter((pair) => pair.every(find)).map((pair) => pair.map(find).join('/'));
  return await interview.askFor('Pairs that are never held together, as LEFT/RIGHT UP/DOWN', usual.join(' '), (text) =>
    text
      .split(/[\s,]+/)
      .filter((pair) => pair !== '' && pair !== '-')
      .map((pair) => {
        const [one, other, ...more] = pair.split('/').map(find);
        if (one !== undefined && other !== undefined && one !== other && more.length === 0) return [one, other];
        throw new Error(
          `two of ${actions.map((action) => action.name).join(', ')} with a / between them, or - for none`,
        );
      }),
  );
}
