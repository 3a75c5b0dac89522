/**
 * `game new`: asks for everything that a game file says, beside the running game, and writes it. Presses no key: what
 * it learns of keys, it learns from a person who presses them in the game's window.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ActionSet } from '../../core/action-set.js';
import { badOption, messageOf, UnderstudyError } from '../../core/errors.js';
import { STUDY_ACTIONS } from '../../core/study-actions.js';
import { parseGameKey } from '../../core/game-key.js';
import { UNMAPPED } from '../../keyboard/key-map.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { thisDesktop } from '../../desktop/choose.js';
import type { Desktop } from '../../desktop/desktop.js';
import { ownWindows } from '../../desktop/own-windows.js';
import { shortTitle } from '../../desktop/window-query.js';
import { CUE_NAMES, type CueName, type GameDocument, type Region } from '../../games/game-file-schema.js';
import { halfBlocks } from '../../terminal/half-blocks.js';
import { writeImage, type BgraImage } from '../../vision/image-file.js';
import type { RunEnvironment } from '../environment.js';
import { writeGameDocument } from './game-document.js';
import { Interview } from './interview.js';
import { onePicture } from './pictures.js';
import { boxOf, enterCue, regionOf } from './take-cue.js';
import { nextKeyIn } from './next-key.js';

type Environment = Pick<RunEnvironment, 'signals' | 'say'>;
type Actions = NonNullable<GameDocument['actions']>;

/** Columns of the picture in the terminal. */
const COLUMNS = 76;

/** What each cue is, for people. */
const SHOW: Readonly<Record<CueName, string>> = {
  fighting: 'what is on the screen during play and never in a menu, such as a score or a life bar',
  lost: 'what only the screen of a lost fight shows, such as GAME OVER',
  won: 'what only the screen of a won fight shows',
};

/** Pairs that are proposed as opposing, where both are there. */
const USUAL_PAIRS = STUDY_ACTIONS.rules().opposing;

/**
 * Asks, and writes `<folder>/game.json` with its pictures.
 *
 * @param interview default: on this terminal
 * @returns the path of the game file
 * @throws UnderstudyError `no-terminal`, `window-not-found`, `write-failed`; as onePicture; the signal's reason
 */
export async function newGame(
  { out }: { readonly out: string | null },
  environment: Environment,
  interview = Interview.onTerminal(environment),
): Promise<string> {
  using asking = interview;
  const desktop = thisDesktop();
  const info = await chooseWindow(asking, desktop);
  const name = await asking.ask('What is the game called?', shortTitle(info.title || info.app).slice(0, 100));
  const folder = out ?? (await asking.ask('Folder for the game file and its pictures', slug(name)));
  const path = join(folder, 'game.json');
  if (existsSync(path) && !(await asking.confirm(`${path} is there already. Replace it?`))) {
    throw badOption(`${path} is there already, and was left as it is.`, 'Name another folder with --out.');
  }
  const look = (): Promise<BgraImage> => lookAt(info, environment);
  const actions = await askActions(asking, desktop, info);
  const opposing = await askOpposing(asking, actions);
  const document: GameDocument = {
    name,
    window: windowOf(info, desktop),
    actions,
    ...(opposing.length === 0 ? {} : { opposing }),
    rateHz: await asking.askFor('Ticks a second', '10', readRate),
  };
  writeGameDocument(path, document);
  const crop = await askCrop(asking, await show(asking, folder, await look()));
  if (crop !== null) writeGameDocument(path, { ...document, crop });
  for (const cue of CUE_NAMES) await askCue(asking, path, cue, async () => await show(asking, folder, await look()));
  asking.say(`Wrote ${path}.`);
  return path;
}

async function chooseWindow(interview: Interview, desktop: Desktop): Promise<WindowInfo> {
  const isOwn = ownWindows();
  const windows = desktop.listWindows().filter((window) => window.visible && !window.minimised && !isOwn(window));
  if (windows.length === 0) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'window-not-found',
      message: 'No window is open beside this terminal.',
      next: 'Start the game, then `understudy game new` again.',
    });
  }
  for (const [index, { title, app, bounds }] of windows.entries()) {
    interview.say(`  ${index + 1}  ${shortTitle(title) || '-'} (${app || '-'}), ${bounds.width}x${bounds.height}`);
  }
  const index = await interview.askFor('Which window is the game?', windows.length === 1 ? '1' : '', (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= windows.length) return number - 1;
    throw new Error(`a number from 1 to ${windows.length}`);
  });
  return windows[index];
}

/** How the window is found later: by its application, and by its title where several have that. */
function windowOf({ app, title }: WindowInfo, desktop: Desktop): GameDocument['window'] {
  const same = desktop.listWindows().filter((window) => window.app === app).length;
  if (app === '') return { title };
  return same > 1 && title !== '' ? { app, title } : { app };
}

async function askActions(interview: Interview, desktop: Desktop, info: WindowInfo): Promise<Actions> {
  interview.say('The actions of the game, one by one: a name, then its key. An empty name ends the list.');
  interview.say(
    'For the key, click into the game and press it there; or type its name here: z, code:KeyX, mouse:left.',
  );
  const actions: Actions = [];
  for (;;) {
    const name = await interview.askFor(`Name of action ${actions.length + 1}`, null, (text) => {
      if (text === '' && actions.length === 0) throw new Error('at least one action');
      if (text !== '') new ActionSet({ names: [...actions.map((action) => action.name), text] });
      return text;
    });
    if (name === '') return actions;
    const key = await askKey(interview, desktop, info, name, actions);
    interview.say(`  ${name}: ${key}`);
    actions.push({ name, key });
  }
}

async function askKey(
  interview: Interview,
  desktop: Desktop,
  info: WindowInfo,
  name: string,
  taken: Actions,
): Promise<string> {
  for (;;) {
    using pressed = await nextKeyIn(desktop, info);
    const key = await interview.askOr(`Key of ${name}`, pressed.key);
    try {
      parseGameKey(key);
      const owner = taken.find((action) => action.key === key && key !== UNMAPPED);
      if (owner === undefined) return key;
      interview.say(`  ${key} is the key of ${owner.name} already`);
    } catch (error) {
      interview.say(`  ${messageOf(error)}`);
    }
  }
}

async function askOpposing(interview: Interview, actions: Actions): Promise<[string, string][]> {
  const find = (text: string): string | undefined =>
    actions.find((action) => action.name.toUpperCase() === text.toUpperCase())?.name;
  const usual = USUAL_PAIRS.filter((pair) => pair.every(find)).map((pair) => pair.map(find).join('/'));
  return await interview.askFor('Pairs that are never held together, as LEFT/RIGHT UP/DOWN', usual.join(' '), (text) =>
    text
      .split(/[\s,]+/)
      .filter((pair) => pair !== '' && pair !== '-')
      .map((pair) => {
        const [one, other, ...more] = pair.split('/').map(find);
        if (one !== undefined && other !== undefined && more.length === 0) return [one, other];
        throw new Error(
          `two of ${actions.map((action) => action.name).join(', ')} with a / between them, or - for none`,
        );
      }),
  );
}

async function askCrop(interview: Interview, picture: BgraImage): Promise<Region | null> {
  const question = 'The part that matters for play, as left,top,width,height in pixels';
  return await interview.askFor(question, 'all', (text) => {
    if (text === 'all') return null;
    return regionOf(boxOf(readRegion(text), picture), picture);
  });
}

async function askCue(interview: Interview, path: string, cue: CueName, look: () => Promise<BgraImage>): Promise<void> {
  interview.say(`The cue '${cue}': ${SHOW[cue]}.`);
  for (;;) {
    const answer = await interview.ask('Bring it on the screen and press Enter here; - leaves it out', 'look');
    if (answer === '-') return;
    const picture = await look();
    const text = await interview.ask('Where is it, as left,top,width,height in pixels; empty: look again', '');
    if (text === '') continue;
    try {
      await enterCue(path, cue, picture, readRegion(text));
      return;
    } catch (error) {
      if (error instanceof UnderstudyError && error.kind === 'environment') throw error;
      interview.say(`  ${messageOf(error)}`);
    }
  }
}

async function lookAt(info: WindowInfo, environment: Environment): Promise<BgraImage> {
  const window = { query: { windowId: info.id }, waitMs: 0, activate: false };
  return await onePicture({ from: 'window', window, capture: 'auto' }, 0, environment);
}

/** Draws the picture in the terminal and leaves it as a file, where its pixels can be read off. */
async function show(interview: Interview, folder: string, picture: BgraImage): Promise<BgraImage> {
  const path = join(folder, 'window.png');
  await writeImage(path, picture);
  const columns = Math.min(COLUMNS, interview.columns);
  const depth = interview.pictureDepth;
  if (depth !== null) interview.draw(halfBlocks(picture, columns, depth));
  const cell = (picture.width / columns).toFixed(1);
  interview.say(`${picture.width}x${picture.height} pixels, in ${path}; a column here is ${cell} of them.`);
  return picture;
}

/** @throws Error (plain): what was expected */
function readRegion(text: string): readonly [number, number, number, number] {
  const values = text.split(',').map(Number);
  const [left, top, width, height] = values;
  if (values.length === 4 && values.every((value) => Number.isFinite(value) && value >= 0)) {
    return [left, top, width, height];
  }
  throw new Error('left,top,width,height, as in 220,180,200,60');
}

/** @throws Error (plain): what was expected */
function readRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 240) return rate;
  throw new Error('a number above 0, at most 240');
}

/** A folder's name: lower case, with dashes. */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['game'];
  return words.join('-').slice(0, 40);
}
