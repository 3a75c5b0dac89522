/** Where `game cue` and `game check` are asked to look, and for how long. */
import type { CaptureChoice } from '../../capture/backend-names.js';
import { badOption } from '../../core/errors.js';
import { findGameFile, readGameDocument, readGameFile } from '../../games/game-file.js';
import type { CheckRequest } from './check-game.js';
import type { PictureSource } from './pictures.js';

/** Pictures a second of a window, where neither the user nor the game file says it. */
const RATE_HZ = 10;

/** How long a window is looked at, where the user does not say it; a session is looked at whole. */
const SECONDS = 10;

export interface AskedSource {
  readonly session?: string;
  readonly window?: string;
  readonly app?: string;
  readonly pid?: number;
  readonly windowId?: number;
  /** s */
  readonly wait: number;
  readonly capture: CaptureChoice;
}

/**
 * The session, the window that the options name, or that of the game file.
 *
 * @throws UnderstudyError `bad-option` for both; as findGameFile and readGameDocument where the file's is needed
 */
export function pictureSource(asked: AskedSource, file: string): PictureSource {
  const { session, window, app, pid, windowId, wait, capture } = asked;
  const isNamed = [window, app, pid, windowId].some((part) => part !== undefined);
  if (session !== undefined) {
    if (!isNamed) return { from: 'session', session };
    throw badOption('A session and a window are named.', 'Look at one of them: leave --session or the window out.');
  }
  const own = isNamed ? undefined : readGameDocument(findGameFile(file)).window;
  const query = { window: window ?? own?.title, app: app ?? own?.app, pid, windowId };
  return { from: 'window', window: { query, waitMs: wait * 1000, activate: false }, capture };
}

export interface AskedCheck extends AskedSource {
  readonly seconds?: number;
  readonly rate?: number;
  readonly out?: string;
}

/** @param file the game file @throws UnderstudyError as readGameFile and {@link pictureSource} */
export function checkRequest(file: string, asked: AskedCheck): CheckRequest {
  const game = readGameFile(file);
  const source = pictureSource(asked, file);
  const seconds = asked.seconds ?? (source.from === 'session' ? Number.POSITIVE_INFINITY : SECONDS);
  return { game, source, rateHz: asked.rate ?? game.rateHz ?? RATE_HZ, seconds, out: asked.out ?? null };
}
