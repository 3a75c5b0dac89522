/** Runs on a screen of their own: `--inside`. The screen is opened before anything looks at a desktop, and ends last. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { badOption, messageOf, UnderstudyError, type ErrorCode } from '../core/errors.js';
import { isRunning } from '../core/is-running.js';
import { adviceToWrite } from '../core/write-advice.js';
import {
  chooseKind,
  screenFailed,
  SERVERS,
  type ScreenChoice,
  type ScreenKind,
  type ScreenSize,
} from '../screen/kinds.js';
import { lastLines, PrivateScreen } from '../screen/private-screen.js';
import type { RunEnvironment } from './environment.js';
import { makeTimedFolder } from './timed-folder.js';

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
  /** Where the logs of server and game go, and the option that names another place. */
  readonly logs: { readonly parent: string; readonly option: string };
  /** A person is to play there: a screen that is not shown is refused. */
  readonly forPerson: boolean;
}

/** Of a verb that has run folders. */
export const logsIn = (runs: string): InsideRequest['logs'] => ({ parent: runs, option: '--runs' });

/** What a verb can start on a private screen, for {@link insideRequest}. */
export interface InsideVerb {
  /** The run itself opens its window there: the arena's page, or the launch of a game file. */
  readonly opensItself: boolean;
  /** What it takes to start a game: a command after `--`, a game file's launch, or either. */
  readonly takes: 'command' | 'launch' | 'either';
  readonly forPerson?: boolean;
  readonly logs: InsideRequest['logs'];
}

const STARTED_BY: Readonly<Record<InsideVerb['takes'], string>> = {
  command: 'End the line with the command, as in --inside auto -- xjump.',
  launch: 'Give a game file with `launch`, and --allow-launch.',
  either:
    'End the line with the command, as in --inside auto -- xjump, or give a game file with `launch`, and --allow-launch.',
};

/** In a folder of logs: the process whose they are. */
const OWNER_FILE = 'pid';

const OF_DISPLAY: ReadonlySet<ErrorCode> = new Set([
  'x11-failed',
  'no-display',
  'window-closed',
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
 * @throws UnderstudyError `bad-option` where nothing would open a window there, or a command has no screen
 */
export function insideRequest(
  { inside: kind, insideSize, command }: InsideOptions,
  { opensItself, takes, forPerson = false, logs }: InsideVerb,
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
    throw badOption(`--inside ${kind} needs a game to start: its screen is empty.`, STARTED_BY[takes]);
  }
  return { kind, size: insideSize ?? null, logs, forPerson };
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
  if (request.forPerson) requireShown(chooseKind(request.kind).kind);
  const logs = makeLogFolder(request.logs);
  await using screen = await PrivateScreen.open({ ...request, logs }, signals.signal);
  const { program } = SERVERS[screen.chosen.kind];
  say(`on a screen of its own: ${program} at ${screen.display} (${screen.chosen.why}); logs in ${logs}`);
  const closing = SERVERS[screen.chosen.kind].shownIn === null ? '' : '; closing its window ends it too';
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
      `Look into ${join(logs, 'server.log')}${lastLines(screen.gameLog) === '' ? '' : ` and ${screen.gameLog}`}${closing}.`,
    );
  try {
    const result = await play({ ...environment, screen });
    if (lost !== null) throw failure();
    return result;
  } catch (error) {
    // the window and the display are gone a moment before the end of the server is known
    if (lost === null && isOfDisplay(error))
      await Promise.race([end, delay(NOTICED_WITHIN_MS, undefined, { ref: false })]);
    throw lost === null ? error : failure();
  } finally {
    isOver = true;
  }
}

/** @throws UnderstudyError `screen-failed` */
function requireShown(kind: ScreenKind): void {
  if (SERVERS[kind].shownIn !== null) return;
  throw screenFailed(
    `No one can play on ${SERVERS[kind].program}: it is not shown, and has no keyboard.`,
    'In a desktop session, use --inside xwayland or xephyr.',
  );
}

/** True where a display that is gone may be the cause. */
function isOfDisplay(error: unknown): boolean {
  return error instanceof UnderstudyError && OF_DISPLAY.has(error.code);
}

/** A folder of logs that says whose it is. @throws UnderstudyError `write-failed` */
function makeLogFolder({ parent: runs, option }: InsideRequest['logs']): string {
  const parent = join(runs, 'screens');
  try {
    const path = makeTimedFolder(parent, { isLive });
    writeFileSync(join(path, OWNER_FILE), String(process.pid));
    return path;
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The folder of logs under ${parent} cannot be made: ${messageOf(error)}.`,
      next: adviceToWrite(error, option),
      cause: error,
    });
  }
}

function isLive(path: string): boolean {
  try {
    return isRunning(Number(readFileSync(join(path, OWNER_FILE), 'utf8')));
  } catch {
    return false; // an older version wrote no owner
  }
}
