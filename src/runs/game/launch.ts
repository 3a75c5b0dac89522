/** Starts the game of a game file and waits for its window. Never runs a command without the user's permission. */
import { UnderstudyError } from '../../core/errors.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { findWindow } from '../../desktop/find-window.js';
import type { GameFile } from '../../games/game-file.js';
import { findChosenWindow } from '../chosen-window.js';
import type { RunEnvironment } from '../environment.js';
import type { WindowRequest } from '../request.js';
import { Program } from '../../system/program.js';

/** How long a game that was just started may take to open its window, ms, where the request does not say. */
const WINDOW_WITHIN_MS = 30_000;

/** The part of a game file that says how it is started. */
export type LaunchedGame = Pick<GameFile, 'name' | 'folder' | 'launch' | 'path'>;

export interface GameWindowRequest {
  readonly window: WindowRequest;
  /** The game to start; null: its window must be there, or open within the wait of the request. */
  readonly game: LaunchedGame | null;
}

/** A game's window, and the program where this process started it. Disposal closes the first and ends the second. */
export interface OpenedGame extends AsyncDisposable {
  readonly window: DesktopWindow;
  readonly program: Program | null;
}

/**
 * Finds the window of a game, which is started first where the request names one that can be.
 *
 * @throws UnderstudyError `launch-failed` where the program fails or ends, opens no window in time, or a window that fits
 *   was there before; as findWindow
 */
export async function openGame(
  { window: asked, game }: GameWindowRequest,
  environment: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<OpenedGame> {
  const launch = game?.launch ?? null;
  if (game === null || launch === null) {
    const window = await findChosenWindow(asked, environment);
    return opened(window, null);
  }
  const { signals, say } = environment;
  await refuseSecond(game, asked);
  say(`starting ${game.name}: ${launch.command.join(' ')}`);
  const program = new Program(launch, { folder: game.folder, env: launch.env });
  try {
    return opened(await windowOf(program, game, asked, signals.signal), program);
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

function opened(window: DesktopWindow, program: Program | null): OpenedGame {
  return {
    window,
    program,
    [Symbol.asyncDispose]: async () => {
      window[Symbol.dispose]();
      await program?.[Symbol.asyncDispose]();
    },
  };
}

/** Waits for the window, or for the end of the program: a launcher that ends well may have left the game behind. */
async function windowOf(
  program: Program,
  game: LaunchedGame,
  { query, waitMs }: WindowRequest,
  signal: AbortSignal,
): Promise<DesktopWindow> {
  const withinMs = waitMs > 0 ? waitMs : WINDOW_WITHIN_MS;
  const failed = new AbortController();
  void program.ended.then(() => program.isFailed && failed.abort());
  try {
    return await findWindow({ ...query, waitMs: withinMs, signal: AbortSignal.any([signal, failed.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    const before = program.isAbsent ? '' : ' before its window was there';
    if (failed.signal.aborted) throw launchFailed(game, `it ${program.how}${before}`, program);
    if (!(error instanceof UnderstudyError) || error.code !== 'window-not-found') throw error;
    const end = program.how === null ? 'it runs, but' : `it ${program.how}, and`;
    const late = `${end} no window that fits opened within ${withinMs / 1000} s (--wait gives it longer)`;
    throw launchFailed(game, late, program, error);
  }
}

/** With two games that fit, keys would go to one and fights be followed in the other. */
async function refuseSecond(game: LaunchedGame, { query }: WindowRequest): Promise<void> {
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

function launchFailed(game: LaunchedGame, what: string, program: Program, cause?: unknown): UnderstudyError {
  const said = program.lastLines();
  return new UnderstudyError({
    kind: 'environment',
    code: 'launch-failed',
    message: `The game ${game.name} could not be started: ${what}.${said === '' ? ' It printed nothing.' : ` It printed last:\n${said}`}`,
    next: `Run the command of ${game.path} by hand in ${game.folder}, and check its window with \`understudy windows\`.`,
    cause,
  });
}
