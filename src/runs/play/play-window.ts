/** `play --window`: any window, through capture and the key guard, until it closes, time is up or the user stops it. */
import { UnderstudyError } from '../../core/errors.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { AgentRun } from '../agent-run.js';
import { checkGameKeys } from '../game-keyboard.js';
import { activate } from '../chosen-window.js';
import { openGame } from '../game/launch.js';
import type { WatchedEnvironment } from '../environment.js';
import type { WindowPlay } from '../request.js';
import { openWindowRun } from './window-parts.js';
import type { RunSummary } from '../summary.js';

export async function playWindow(request: WindowPlay, environment: WatchedEnvironment): Promise<RunSummary> {
  const { pace } = request;
  checkGameKeys(request);
  await using game = await openGame({ window: request.window, game: null }, environment);
  const { window } = game;
  await using opened = await openWindowRun({ request, environment, window, mode: 'window', health: () => null });
  if (request.window.activate) await activate(window, environment.say);
  const outcome = await playUntilClosed(opened.run, window, () => opened.run.seconds >= pace.seconds);
  return opened.run.conclude(outcome, [], await opened.settle());
}

/**
 * Plays until `isOver`, a signal, or the window is closed, which is an ordinary end: nothing is held, and there is
 * nothing left to play. The window is checked each tick, since a gated tick does not grab a picture.
 */
export async function playUntilClosed(
  run: AgentRun,
  window: GameWindow,
  isOver: () => boolean,
): Promise<'ended' | 'stopped'> {
  let closed = false;
  try {
    await run.play(() => (closed = !window.isAlive()) || isOver());
  } catch (error) {
    if (!(error instanceof UnderstudyError && error.code === 'window-closed')) throw error;
    closed = true;
  }
  return closed ? 'ended' : 'stopped';
}
