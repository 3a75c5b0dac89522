/** The options that say where `game cue` and `game check` look. */
import type { Command } from 'commander';
import { CAPTURE_CHOICES, type CaptureChoice } from '../../capture/backend-names.js';
import { badOption } from '../../core/errors.js';
import { findGameFile, readGameDocument } from '../../games/game-file.js';
import type { PictureSource } from '../../runs/describe/pictures.js';
import { parseWindowId, whole, number, choice } from './values.js';

/** The sides that a bar may fill from. */
export const GAME_SIDES = ['left', 'right', 'top', 'bottom'] as const;

export interface LookOptions {
  readonly session?: string;
  readonly window?: string;
  readonly app?: string;
  readonly pid?: number;
  readonly windowId?: number;
  readonly wait: number;
  readonly capture: CaptureChoice;
}

export function addLookOptions(command: Command): Command {
  return command
    .option('--session <name>', "look at a recorded session's video")
    .option('--window <text>', "look at this window: part of its title, or /a regular expression/; default: the file's")
    .option('--app <text>', 'the application that owns it (WM_CLASS on X11)')
    .addOption(whole('--pid <n>', 'its process', 1, 2 ** 31))
    .option('--window-id <id>', 'its id, as `understudy windows` lists it', parseWindowId)
    .addOption(number('--wait <s>', 'how long to wait for the window', 0, 86_400, 0))
    .addOption(choice('--capture <adapter>', CAPTURE_CHOICES.join(', '), CAPTURE_CHOICES, 'auto'));
}

/**
 * The session, the window that the options name, or that of the game file.
 *
 * @throws UnderstudyError `bad-option` for both; as findGameFile and readGameDocument where the file's is needed
 */
export function pictureSource(options: LookOptions, file: string): PictureSource {
  const { session, window, app, pid, windowId, wait, capture } = options;
  const isNamed = [window, app, pid, windowId].some((part) => part !== undefined);
  if (session !== undefined) {
    if (!isNamed) return { from: 'session', session };
    throw badOption('A session and a window are named.', 'Look at one of them: leave --session or the window out.');
  }
  const own = isNamed ? undefined : readGameDocument(findGameFile(file)).window;
  const query = { window: window ?? own?.title, app: app ?? own?.app, pid, windowId };
  return { from: 'window', window: { query, waitMs: wait * 1000, activate: false }, capture };
}
