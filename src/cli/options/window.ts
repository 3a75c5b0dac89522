/** The options that choose a game window, how it is captured and its keys. Shared by every verb that needs one. */
import type { Command } from 'commander';
import { CAPTURE_CHOICES, type CaptureChoice } from '../../capture/backend-names.js';
import type { InsideOptions } from '../../runs/inside.js';
import { addInsideCommand } from './inside.js';
import { parseWindowId, whole, number, choice } from './values.js';
import { badOption } from '../../core/errors.js';
import { readGameFile, type GameFile } from '../../games/game-file.js';
import type { PressedScreenRequest, WindowRequest } from '../../runs/request.js';

const SINKS = ['auto', 'xtest', 'send-input', 'nut-js'] as const;

/** Which window, how it is captured, and what its keys mean. */
export interface WindowChoiceOptions extends InsideOptions {
  readonly window?: string;
  readonly app?: string;
  readonly pid?: number;
  readonly windowId?: number;
  readonly wait: number;
  readonly game?: string;
  readonly capture: CaptureChoice;
  readonly keys?: string;
  readonly activate?: boolean;
}

/** The options that name a window, for the table of a verb with several modes: its mode `window` takes them. */
export const WINDOW_NAMING_TAKEN_BY = {
  window: ['window'],
  app: ['window'],
  pid: ['window'],
  windowId: ['window'],
  wait: ['window'],
  game: ['window'],
} as const satisfies Partial<Record<keyof WindowChoiceOptions, readonly ['window']>>;

/** The same, and how its keys are pressed. */
export interface WindowOptions extends WindowChoiceOptions {
  readonly sink: (typeof SINKS)[number];
  readonly dryRun?: boolean;
}

export function addWindowOptions(command: Command): void {
  addWindowChoice(command);
  command
    .addOption(choice('--sink <adapter>', SINKS.join(', '), SINKS, 'auto'))
    .option('--dry-run', 'decide, but press nothing');
}

export function addWindowChoice(command: Command): void {
  addWindowNaming(addInsideCommand(command), "the game's window: part of its title, or /a regular expression/").option(
    '--game <file>',
    'a game file, or the name of one that ships: window, keys, crop, rate',
  );
  addCapture(command)
    .option('--keys <list>', 'keys of this game, as in JUMP=z,DASH=none (keysym names; none: no key)')
    .option('--activate', 'raise the window and give it the focus at the start');
}

/** What names a window, and how long it is waited for. @param words of `--window` */
export function addWindowNaming(command: Command, words: string): Command {
  return command
    .option('--window <text>', words)
    .option('--app <text>', 'the application that owns it (WM_CLASS on X11)')
    .addOption(whole('--pid <n>', 'its process', 1, 2 ** 31))
    .option('--window-id <id>', 'its id, as `understudy windows` lists it', parseWindowId)
    .addOption(number('--wait <s>', 'how long to wait for the window', 0, 86_400, 0));
}

export function addCapture(command: Command): Command {
  return command.addOption(choice('--capture <adapter>', CAPTURE_CHOICES.join(', '), CAPTURE_CHOICES, 'auto'));
}

/** True where the options name a window, or the program that opens it. */
export function namesWindow({ window, app, pid, windowId, game, command }: WindowChoiceOptions): boolean {
  return [window, app, pid, windowId, game, command].some((part) => part !== undefined);
}

/** The game file that was named, or null. */
export function gameFileOf(options: { readonly game?: string }): GameFile | null {
  return options.game === undefined ? null : readGameFile(options.game);
}

/** `--allow-launch`, for the verbs that may start a game. */
export function addAllowLaunch(command: Command): Command {
  return command.option(
    '--allow-launch',
    "run the game file's commands: the game, and the program that tells outcomes",
  );
}

/** The window that the options name, or the game file where they do not. */
export function windowRequest(options: WindowChoiceOptions, game: GameFile | null): WindowRequest {
  const { command, ...naming } = options;
  return {
    query: {
      window: options.window ?? game?.window.title,
      app: options.app ?? game?.window.app,
      pid: options.pid,
      windowId: options.windowId,
      any: command !== undefined && !namesWindow(naming),
    },
    command,
    waitMs: options.wait * 1000,
    activate: options.activate ?? false,
  };
}

/** The sink of its keys. @throws UnderstudyError `bad-option` for a dry run with a named sink */
export function sinkOf({ sink, dryRun = false }: WindowOptions): PressedScreenRequest['sink'] {
  if (!dryRun) return sink;
  if (sink === 'auto') return 'dry-run';
  throw badOption(`--dry-run presses nothing, but --sink ${sink} was asked for.`, 'Leave one of the two out.');
}
