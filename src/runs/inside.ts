/** Runs on a screen of their own: `--inside`. The screen is opened before anything looks at a desktop, and ends last. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { badOption, messageOf, UnderstudyError, type ErrorCode } from '../core/errors.js';
import { makeFolders } from '../core/make-folders.js';
import { adviceToWrite } from '../core/write-advice.js';
import { screenFailed, SERVERS, type ScreenChoice, type ScreenSize } from '../screen/kinds.js';
import { lastLines, PrivateScreen } from '../screen/private-screen.js';
import type { RunEnvironment } from './environment.js';

/** As a command line or a program says it. */
export interface InsideOptions {
  readonly inside?: ScreenChoice;
  /** px */
  readonly insideSize?: ScreenSize;
  /** The program to start there, and its arguments. */
  readonly command?: readonly string[];
}

/** What `--inside` asks for. */
export interface InsideRequest {
  readonly kind: ScreenChoice;
  /** px; null: the default. */
  readonly size: ScreenSize | null;
  /** Parent of the folder with the logs of server and game. */
  readonly runs: string;
}

/** Where run folders go by default. */
const RUNS = 'runs';

/** Folders of logs that are kept; only those named like ours are ever removed. */
const LOGS_KEPT = 50;
const LOGS_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

const OF_DISPLAY: ReadonlySet<ErrorCode> = new Set([
  'x11-failed',
  'no-display',
  'window-closed',
  'window-not-found',
  'capture-failed',
  'guard-failed',
  'keyboard-failed',
  'browser-failed',
]);

/** How long a lost screen may take to be noticed after what it broke, ms. */
const NOTICED_WITHIN_MS = 2000;

/**
 * The screen that is asked for, or null.
 *
 * @param opensItself true where the run itself opens its window there: the arena's page, or the launch of a game file
 * @throws UnderstudyError `bad-option` where nothing would open a window there, or a command has no screen
 */
export function insideRequest(
  { inside: kind, insideSize, command }: InsideOptions,
  opensItself: boolean,
  runs = RUNS,
): InsideRequest | null {
  if (kind === undefined) {
    if (insideSize === undefined && command === undefined) return null;
    const what = command === undefined ? '--inside-size' : `The command '${command.join(' ')}'`;
    throw badOption(
      `${what} has no use without --inside, which makes the screen.`,
      'Add --inside auto, or leave it out.',
    );
  }
  if (command === undefined && !opensItself) {
    throw badOption(
      `--inside ${kind} needs a game to start: its screen is empty.`,
      'End the line with the command, as in --inside auto -- xjump, or give a game file that has one, with --allow-launch.',
    );
  }
  return { kind, size: insideSize ?? null, runs };
}

/**
 * Runs `play` on a private screen, or where none is asked for on the desktop of this session.
 *
 * @throws UnderstudyError `screen-failed` where the screen cannot be had, or ends before the run; as `play`
 */
export async function inside<Environment extends RunEnvironment, Result>(
  request: InsideRequest | null,
  environment: Environment,
  play: (environment: Environment) => Promise<Result>,
): Promise<Result> {
  if (request === null) return await play(environment);
  const { signals, say } = environment;
  const logs = makeLogFolder(request.runs);
  await using screen = await PrivateScreen.open({ ...request, logs }, signals.signal);
  const { program } = SERVERS[screen.chosen.kind];
  say(`on a screen of its own: ${program} at ${screen.display} (${screen.chosen.why}); logs in ${logs}`);
  let lost: string | null = null;
  let isOver = false;
  const end = screen.ended.then((how) => {
    if (isOver) return;
    lost = how;
    signals.stop(); // the loop releases what is held, and ends
  });
  const failure = (): Error =>
    screenFailed(
      `The private screen was lost: ${program} ${lost}, and the game with it.`,
      `Look into ${join(logs, 'server.log')}${lastLines(screen.gameLog) === '' ? '' : ` and ${screen.gameLog}`}; a window of it that is closed ends it too.`,
    );
  try {
    const result = await play({ ...environment, screen });
    if (lost !== null) throw failure();
    return result;
  } catch (error) {
    // the window and the display are gone a moment before the end of the server is known
    if (lost === null && isOfDisplay(error)) await Promise.race([end, delay(NOTICED_WITHIN_MS)]);
    throw lost === null ? error : failure();
  } finally {
    isOver = true;
  }
}

/** True where a display that is gone may be the cause. */
function isOfDisplay(error: unknown): boolean {
  return error instanceof UnderstudyError && OF_DISPLAY.has(error.code);
}

/** Makes a folder of logs, named after the time; of the older ones the newest stay. @throws UnderstudyError `write-failed` */
function makeLogFolder(runs: string): string {
  const parent = join(runs, 'screens');
  const path = join(parent, new Date().toISOString().replace(/[:.]/g, '-'));
  try {
    makeFolders(path);
    const old = readdirSync(parent).filter((name) => LOGS_NAME.test(name));
    for (const name of old.sort().slice(0, -LOGS_KEPT)) rmSync(join(parent, name), { recursive: true, force: true });
    return path;
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The folder of logs ${path} cannot be made: ${messageOf(error)}.`,
      next: adviceToWrite(error, '--runs'),
      cause: error,
    });
  }
}
