/**
 * `game new`: asks for everything that a game file says, beside the running game, and writes it. Presses no key: what
 * it learns of keys, it learns from a person who presses them in the game's window.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badOption, UnderstudyError } from '../../core/errors.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { thisDesktop } from '../../desktop/choose.js';
import type { Desktop } from '../../desktop/desktop.js';
import { ownWindows } from '../../desktop/own-windows.js';
import { shortTitle } from '../../desktop/window-query.js';
import { CUE_NAMES, type GameDocument } from '../../games/game-file-schema.js';
import type { BgraImage } from '../../vision/image-file.js';
import type { RunEnvironment } from '../environment.js';
import { askActions, askOpposing } from './ask-actions.js';
import { askCrop, askCue } from './ask-pictures.js';
import { writeGameDocument } from './game-document.js';
import { Interview } from './interview.js';
import { onePicture } from './pictures.js';

type Environment = Pick<RunEnvironment, 'signals' | 'say'>;

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
  const name = await asking.askFor('What is the game called?', shortTitle(info.title || info.app), readName);
  const folder = out ?? (await asking.ask('Folder for the game file and its pictures', slug(name)));
  const path = join(folder, 'game.json');
  if (existsSync(path) && !(await asking.confirm(`${path} is there already. Replace it?`))) {
    throw badOption(`${path} is there already, and was left as it is.`, 'Name another folder with --out.');
  }
  const look = (): Promise<BgraImage> => lookAt(info, environment);
  const pictures = { interview: asking, path, folder, look, signal: environment.signals.signal };
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
  const crop = await askCrop(pictures);
  if (crop !== null) writeGameDocument(path, { ...document, crop });
  for (const cue of CUE_NAMES) await askCue(pictures, cue);
  asking.say(`Wrote ${path}.`);
  return path;
}

async function chooseWindow(interview: Interview, desktop: Desktop): Promise<WindowInfo> {
  const isOwn = ownWindows();
  const windows = desktop.listWindows().filter((window) => {
    const isNamed = window.title !== '' || window.app !== ''; // without both it could not be found again
    return window.visible && !window.minimised && isNamed && !isOwn(window);
  });
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

async function lookAt(info: WindowInfo, environment: Environment): Promise<BgraImage> {
  const window = { query: { windowId: info.id }, waitMs: 0, activate: false };
  return await onePicture({ from: 'window', window, capture: 'auto' }, 0, environment);
}

/** As the game file's schema has it. @throws Error (plain): what was expected */
function readName(name: string): string {
  if (name !== '' && name.length <= 100) return name;
  throw new Error('a name of 100 letters at most');
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
