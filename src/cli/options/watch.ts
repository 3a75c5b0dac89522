/** The options of the live page, shared by every verb that runs the loop. */
import type { Command } from 'commander';
import type { WatchRequest } from '../../runs/request.js';
import { integerBetween } from './values.js';

export interface WatchOptions {
  readonly watch?: boolean;
  /** Orders are taken from the page; implies `watch`. */
  readonly watchControl?: boolean;
  /** Implies `watch`; absent: any that is free. */
  readonly watchPort?: number;
}

export function addWatchOptions(command: Command): Command {
  return command
    .option('--watch', 'serve a live page of the run on this machine and print its address')
    .option('--watch-control', 'as --watch, and the page may arm, pause and stop the agent')
    .option('--watch-port <n>', 'as --watch, on this port; default: any that is free', parsePort);
}

/** The page of a recording, whose buttons press nothing in the game. */
export function addRecordingWatch(command: Command): Command {
  return command
    .option('--watch', 'serve a live page with the buttons of the recorder on this machine and print its address')
    .option('--watch-port <n>', 'as --watch, on this port; default: any that is free', parsePort);
}

const parsePort = integerBetween('--watch-port', 1, 65_535);

/** The page that is asked for; null: none. */
export function watchRequest({ watch = false, watchControl = false, watchPort }: WatchOptions): WatchRequest | null {
  if (!watch && !watchControl && watchPort === undefined) return null;
  return { port: watchPort ?? 0, control: watchControl };
}
