/** Finds the game window that a request names, waits for it as long as the request allows, and gives it the focus. */
import type { GameWindow } from '../capture/game-window.js';
import { findWindow } from '../desktop/find-window.js';
import type { DesktopWindow } from '../desktop/desktop.js';
import type { RunEnvironment } from './environment.js';
import type { WindowRequest } from './request.js';

/** The caller closes it. @throws as findWindow does */
export async function findChosenWindow(
  { query, waitMs }: WindowRequest,
  { signals, say }: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<DesktopWindow> {
  if (waitMs > 0) say(`waiting up to ${Number((waitMs / 1000).toFixed(3))} s for the window`);
  return await findWindow({ ...query, waitMs, signal: signals.signal });
}

/** Raises the window; reports when it did not get the focus, since every tick is then gated. */
export async function activate(window: GameWindow, say: (text: string) => void): Promise<void> {
  if (!(await window.activate())) say('the window did not take the focus: click it to let the agent act');
}
