/** Runs on a screen of their own: `--inside`. The screen is opened before anything looks at a desktop, and ends last. */
import { join } from 'node:path';
import { screenFailed, SERVERS, type ScreenChoice, type ScreenSize } from '../private-screen/kinds.js';
import { lastLines, PrivateScreen } from '../private-screen/private-screen.js';
import type { RunEnvironment } from './environment.js';

/** What `--inside` asks for. */
export interface InsideRequest {
  readonly kind: ScreenChoice;
  /** px; null: the default. */
  readonly size: ScreenSize | null;
  /** Parent of the folder with the logs of server and game. */
  readonly runs: string;
}

/** How long a lost screen may take to be noticed after what it broke, ms. */
const NOTICED_WITHIN_MS = 2000;

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
  const logs = join(request.runs, 'screens', new Date().toISOString().replace(/[:.]/g, '-'));
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
