/** The questions of `game new` about the game's picture: the part that matters, and where each cue is. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { readGameFile, type GameFile } from '../../games/game-file.js';
import type { CueName, Region } from '../../games/game-file-schema.js';
import { GameWatcher } from '../../games/game-watcher.js';
import { halfBlocks } from '../../terminal/half-blocks.js';
import { withRulers, RULER_COLUMNS, RULER_ROWS } from '../../terminal/rulers.js';
import { writeImage, type BgraImage } from '../../vision/image-file.js';
import type { Interview } from './interview.js';
import { boxOf, enterCue, regionOf } from './take-cue.js';

/** Columns of the picture in the terminal, at most. */
const COLUMNS = 76;

/** Lines that a question and its answer need below the picture. */
const LINES_BELOW = 4;

/** A person who needs longer than this has left, s. */
const LONGEST_WAIT = 60;

const BRING = 'Show it and press Enter here; 5 looks in 5 s, - ';

/** What each cue is, for people. */
const SHOW: Readonly<Record<CueName, string>> = {
  fighting: 'what is on the screen during play and never in a menu, such as a score or a life bar',
  lost: 'what only the screen of a lost fight shows, such as GAME OVER',
  won: 'what only the screen of a won fight shows',
};

/** What each cue must not be seen in. */
const ELSEWHERE: Readonly<Record<CueName, string>> = {
  fighting: 'a menu or a title',
  lost: 'play',
  won: 'play',
};

export interface PictureQuestions {
  readonly interview: Interview;
  /** Of the game file. */
  readonly path: string;
  /** Where the whole picture is left to be looked at. */
  readonly folder: string;
  /** The game's window as it is now. */
  readonly look: () => Promise<BgraImage>;
  readonly signal: AbortSignal;
}

export async function askCrop(questions: PictureQuestions): Promise<Region | null> {
  const picture = await show(questions);
  const question = 'The part that matters for play, as left,top,width,height in pixels';
  return await questions.interview.askFor(question, 'all', (text) => {
    if (text === 'all') return null;
    return regionOf(boxOf(readRegion(text), picture), picture);
  });
}

/** Asks until a cue is entered that is not seen elsewhere, or it is left out. */
export async function askCue(questions: PictureQuestions, cue: CueName): Promise<void> {
  const { interview, path } = questions;
  interview.say(`\nThe cue '${cue}': ${SHOW[cue]}.`);
  for (;;) {
    if (!(await askForScreen(questions, `${BRING}leaves it out`))) return;
    const picture = await show(questions);
    const text = await interview.ask('Where is it, as left,top,width,height in pixels; empty: look again', '');
    if (text === '') continue;
    try {
      await enterCue(path, cue, picture, readRegion(text));
    } catch (error) {
      if (error instanceof UnderstudyError && error.kind === 'environment') throw error;
      interview.say(
        error instanceof UnderstudyError ? `  ${error.message}\n  ${error.next}` : `  expected ${messageOf(error)}`,
      );
      continue;
    }
    if (await isOnlyThere(questions, cue)) return;
  }
}

/** @returns false where the person leaves it out */
async function askForScreen({ interview, signal }: PictureQuestions, question: string): Promise<boolean> {
  const seconds = await interview.askFor(question, '0', (text) => {
    const value = Number(text);
    if (text === '-' || (value >= 0 && value <= LONGEST_WAIT)) return text === '-' ? null : value;
    throw new Error(`Enter, a number of seconds up to ${LONGEST_WAIT}, or -`);
  });
  if (seconds === null) return false;
  if (seconds > 0) interview.say(`  looking in ${seconds} s`);
  await delay(seconds * 1000, undefined, { signal });
  return true;
}

/** Looks at a screen that must not show the cue: a cue that is in the menus too would have them played. */
async function isOnlyThere(questions: PictureQuestions, cue: CueName): Promise<boolean> {
  const { interview, path, look } = questions;
  interview.say(`  Taken. Now ${ELSEWHERE[cue]}, where it must not be seen.`);
  if (!(await askForScreen(questions, `${BRING}skips this`))) return true;
  const game = readGameFile(path);
  const score = await scoreIn(game, cue, await look());
  const { atLeast } = game.cues[cue]!;
  const match = `its best match is ${score.toFixed(2)}, and it counts from ${atLeast}`;
  if (score < atLeast) {
    interview.say(`  Not seen there: ${match}.`);
    return true;
  }
  interview.say(`  Seen there too: ${match}. Choose a part that this screen does not have.`);
  return false;
}

async function scoreIn(game: GameFile, cue: CueName, picture: BgraImage): Promise<number> {
  const watcher = await GameWatcher.open({ path: game.path, cues: { [cue]: game.cues[cue] }, meters: {} });
  return watcher.look({ ...picture, capturedAtMs: 0 }).scores[cue]!;
}

/** Draws the picture in the terminal, with its pixels along its edges, and leaves it as a file. */
async function show({ interview, folder, look }: PictureQuestions): Promise<BgraImage> {
  const picture = await look();
  const path = join(folder, 'window.png');
  await writeImage(path, picture);
  const { columns, rows, pictureDepth: depth } = interview;
  if (depth !== null) {
    const lines = rows - LINES_BELOW - RULER_ROWS;
    const fitting = Math.floor((2 * lines * picture.width) / picture.height);
    const wide = Math.max(1, Math.min(COLUMNS, columns - RULER_COLUMNS, fitting));
    interview.draw(withRulers(halfBlocks(picture, wide, depth), wide, picture));
  }
  interview.say(`${picture.width}x${picture.height} pixels, also in ${path}`);
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
