/** The game window that options or a game file name, waited for as long as they say. */
import { findWindow } from '../desktop/find-window.js';
import type { DesktopWindow } from '../desktop/desktop.js';
import type { GameFile } from '../games/game-file.js';
import type { WindowChoiceOptions } from '../cli/options/window.js';

interface ChosenWindowContext {
  readonly options: WindowChoiceOptions;
  readonly signals: { readonly signal: AbortSignal };
  /** Text for people. */
  readonly say: (text: string) => void;
}

/** The caller closes it. @throws as findWindow does */
export async function findChosenWindow(
  { options, signals, say }: ChosenWindowContext,
  game: GameFile | null,
): Promise<DesktopWindow> {
  if (options.wait > 0) say(`waiting up to ${options.wait} s for the window`);
  return await findWindow({
    window: options.window ?? game?.window.title,
    app: options.app ?? game?.window.app,
    pid: options.pid,
    windowId: options.windowId,
    waitMs: options.wait * 1000,
    signal: signals.signal,
  });
}
