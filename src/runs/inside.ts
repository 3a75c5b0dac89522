/** Runs on a screen of their own: `--inside`. The screen is opened before anything looks at a desktop, and ends last. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { badOption } from '../core/errors.js';
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
  const logs = logFolder(join(request.runs, 'screens'));
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
    // the window and the display are gone a moment before the server's process is
    if (lost === null) await Promise.race([end, new Promise((resolve) => setTimeout(resolve, NOTICED_WITHIN_MS))]);
    throw lost === null ? error : failure();
  } finally {
    isOver = true;
  }
}

/** A new folder of logs, named after the time; of those before it the newest stay. */
function logFolder(parent: string): string {
  const old = existsSync(parent) ? readdirSync(parent).filter((name) => LOGS_NAME.test(name)) : [];
  for (const name of old.sort().slice(0, -LOGS_KEPT)) rmSync(join(parent, name), { recursive: true, force: true });
  return join(parent, new Date().toISOString().replace(/[:.]/g, '-'));
}
