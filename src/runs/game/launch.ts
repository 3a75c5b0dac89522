/** Starts the game of a game file and waits for its window. Never runs a command without the user's permission. */
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../../core/errors.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { findWindow, type FindOptions } from '../../desktop/find-window.js';
import type { GameFile } from '../../games/game-file.js';
import { activate, findChosenWindow } from '../chosen-window.js';
import type { RunEnvironment } from '../environment.js';
import type { WindowRequest } from '../request.js';
import { Program } from '../../system/program.js';

/** How long a game that was just started may take to open its window, ms, where the request does not say. */
const WINDOW_WITHIN_MS = 30_000;

/** A window is taken for the game's only after so long, ms, where any will do: the first may be a splash screen. */
const SETTLED_AFTER_MS = 1000;

/** How long two windows may be there before it is an error, ms, where any will do. */
const TWO_WINDOWS_MS = 10_000;

/** How often it is looked whether a launcher has left a game behind, ms. */
const LOOK_EVERY_MS = 250;

/** How long after its window the end of a program is waited for, ms. */
const END_KNOWN_WITHIN_MS = 500;

/** The part of a game file that says how it is started. */
export type LaunchedGame = Pick<GameFile, 'name' | 'folder' | 'launch' | 'path'>;

export interface GameWindowRequest {
  readonly window: WindowRequest;
  /** The game to start; null: that of the request, or its window must be there, or open within the wait of the request. */
  readonly game: LaunchedGame | null;
}

/** What is started: by a game file, or by the command line. */
interface Started {
  readonly name: string;
  readonly folder: string;
  readonly launch: NonNullable<LaunchedGame['launch']>;
  /** What to do where it fails. */
  readonly advice: string;
}

/** A game's window, and the program where this process started it. Disposal closes the first and ends the second. */
export interface OpenedGame extends AsyncDisposable {
  readonly window: DesktopWindow;
  readonly program: Program | null;
}

/** What {@link openGame} needs of a run's environment. */
type GameEnvironment = Pick<RunEnvironment, 'signals' | 'say' | 'screen'>;

/**
 * Finds the window of a game, which is started first where the request names one that can be. On a private screen the
 * window gets the focus: nothing else there would give it.
 *
 * @throws UnderstudyError `launch-failed` where the program fails or ends, opens no window in time, or a window that fits
 *   was there before; as findWindow
 */
export async function openGame(
  { window: asked, game }: GameWindowRequest,
  environment: GameEnvironment,
): Promise<OpenedGame> {
  const started = startedBy(asked.command, game, environment.screen !== undefined);
  if (started === null) {
    const window = await findChosenWindow(asked, environment);
    return opened(window, null, environment.say);
  }
  const { say, screen } = environment;
  const { name, folder, launch } = started;
  await refuseSecond(started, asked);
  say(`starting ${name}: ${launch.command.join(' ')}`);
  const env = { ...launch.env, ...screen?.gameEnvironment }; // its display, whatever the file says
  const program = new Program(launch, { folder, env, log: screen?.gameLog });
  try {
    const game = opened(await windowOf(program, started, asked, environment), program, say);
    try {
      if (screen !== undefined) await activate(game.window, say);
      return game;
    } catch (error) {
      game.window[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

function startedBy(
  command: readonly string[] | undefined,
  game: LaunchedGame | null,
  isOnPrivateScreen: boolean,
): Started | null {
  // the windows of a private screen are gone with it
  const looking = isOnPrivateScreen ? '' : ', and check its window with `understudy windows`';
  if (command !== undefined) {
    const advice = `Run it by hand in a terminal of a desktop${looking}.`;
    return { name: command[0], folder: process.cwd(), launch: { command, env: {} }, advice };
  }
  if (game === null || game.launch === null) return null;
  const { name, folder, launch, path } = game;
  const advice = `Run the command of ${path} by hand in ${folder}${looking}.`;
  return { name, folder, launch, advice };
}

function opened(window: DesktopWindow, program: Program | null, say: GameEnvironment['say']): OpenedGame {
  return {
    window,
    program,
    [Symbol.asyncDispose]: async () => {
      try {
        // a program that crashed takes its window along a moment before its end is known
        if (program?.how === null && !isThere(window)) await Promise.race([program.ended, delay(END_KNOWN_WITHIN_MS)]);
        window[Symbol.dispose]();
      } finally {
        if (program?.isFailed) say(`the game ${program.how}${saidLast(program)}`);
        await program?.[Symbol.asyncDispose]();
      }
    },
  };
}

/** False also where its display is gone. */
function isThere(window: DesktopWindow): boolean {
  try {
    return window.isAlive();
  } catch {
    return false;
  }
}

/** Waits for the window, or for the end of the program: a launcher that ends well may have left the game behind. */
async function windowOf(
  program: Program,
  game: Started,
  { query, waitMs }: WindowRequest,
  { signals: { signal }, screen }: GameEnvironment,
): Promise<DesktopWindow> {
  const withinMs = waitMs > 0 ? waitMs : WINDOW_WITHIN_MS;
  const failed = new AbortController();
  using settled = new Settled();
  const ready = settled.signal;
  void program.ended.then(async () => {
    // on a private screen it is known whether the launcher has left a game behind
    while (!program.isFailed && screen?.hasGame() !== false && !ready.aborted) await delay(LOOK_EVERY_MS);
    if (!ready.aborted) failed.abort();
  });
  try {
    const find = { ...query, waitMs: withinMs, signal: AbortSignal.any([signal, failed.signal]) };
    return query.any === true ? await settledWindow(find) : await findWindow(find);
  } catch (error) {
    signal.throwIfAborted();
    const before = program.isAbsent ? '' : ' before its window was there';
    const left = program.isFailed ? '' : ', and nothing of it is left';
    if (failed.signal.aborted) throw launchFailed(game, `it ${program.how}${before}${left}`, program);
    if (!(error instanceof UnderstudyError) || error.code !== 'window-not-found') throw error;
    const end = program.how === null ? 'it runs, but' : `it ${program.how}, and`;
    const late = `${end} no window that fits opened within ${withinMs / 1000} s (--wait gives it longer)`;
    throw launchFailed(game, `${late}${othersThere(error)}`, program, error);
  }
}

/** Aborts as the wait for the window is over, however it ends. */
class Settled implements Disposable {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}

/** What findWindow lists besides, as the rest of a sentence. */
function othersThere({ message }: UnderstudyError): string {
  const list = /There are:[^]*$/.exec(message)?.[0];
  return list === undefined ? '' : `; ${list.replace('There are:', 'there are:')}`;
}

/**
 * The one window that is there, and still the only one a moment later: a splash screen may stand beside the game for a while.
 *
 * @throws as findWindow
 */
async function settledWindow(find: FindOptions & { readonly waitMs: number }): Promise<DesktopWindow> {
  const untilMs = performance.now() + find.waitMs;
  const twoUntilMs = performance.now() + Math.min(find.waitMs, TWO_WINDOWS_MS);
  let last: number | null = null;
  for (;;) {
    try {
      const window = await findWindow({ ...find, waitMs: Math.max(0, untilMs - performance.now()) });
      if (window.info.id === last) return window;
      last = window.info.id;
      window[Symbol.dispose]();
    } catch (error) {
      const isSplash = error instanceof UnderstudyError && error.code === 'window-ambiguous';
      if (!isSplash || performance.now() > twoUntilMs) throw error;
      last = null;
    }
    await delay(SETTLED_AFTER_MS, undefined, find.signal ? { signal: find.signal } : {});
  }
}

/** With two games that fit, keys would go to one and fights be followed in the other. */
async function refuseSecond(game: Started, { query }: WindowRequest): Promise<void> {
  let there: DesktopWindow;
  try {
    there = await findWindow(query);
  } catch (error) {
    if (error instanceof UnderstudyError && error.code === 'window-not-found') return;
    throw error;
  }
  const { title, app } = there.info;
  there[Symbol.dispose]();
  throw new UnderstudyError({
    kind: 'environment',
    code: 'launch-failed',
    message: `The game ${game.name} was not started: a window that fits is there already ('${title || app}').`,
    next: 'Close it, or leave --allow-launch out to play that one.',
  });
}

function launchFailed(game: Started, what: string, program: Program, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'launch-failed',
    message: `The game ${game.name} could not be started: ${what}${saidLast(program)}`,
    next: game.advice,
    cause,
  });
}

/** The end of a sentence about it, and what it printed. */
function saidLast(program: Program): string {
  const said = program.lastLines();
  return said === '' ? '. It printed nothing.' : `. It printed last:\n${said}`;
}
