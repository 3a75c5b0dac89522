/** `play --window`: any window, through capture and the key guard, until it closes, time is up or somebody stops it. */
import { UnderstudyError } from '../../core/errors.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { AgentRun } from '../agent-run.js';
import { gameFileOf } from '../../cli/options/window.js';
import { checkGameKeys } from '../game-keyboard.js';
import { findChosenWindow } from '../chosen-window.js';
import { openCast } from './window-parts.js';
import type { PlayContext } from '../../cli/options/play.js';
import type { RunSummary } from '../summary.js';

export async function playWindow(context: PlayContext): Promise<RunSummary> {
  const { options, say } = context;
  const game = gameFileOf(options);
  checkGameKeys(options, game);
  using window = await findChosenWindow(context, game);
  await using cast = await openCast({ context, window, game, mode: 'window', health: () => null });
  if (options.activate) await activate(window, say);
  const endsAtSeconds = options.seconds ?? Number.POSITIVE_INFINITY;
  const outcome = await playUntilClosed(cast.run, window, () => cast.run.seconds >= endsAtSeconds);
  return cast.run.conclude(outcome, [], await cast.settle());
}

/** Raises the window; says so when it did not get the focus, since every tick is then gated. */
export async function activate(window: GameWindow, say: (text: string) => void): Promise<void> {
  if (!(await window.activate())) say('the window did not take the focus: click it to let the agent act');
}

/**
 * Plays until `isOver`, a signal, or the window is closed, which is an ordinary end: nothing is held, and there is
 * nothing left to play. The window is asked each tick, since a gated tick does not look at its picture.
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
