/** The options of the live page, shared by every verb that runs the loop. */
import type { Command } from 'commander';
import type { LiveWatch } from '../../watch/live-watch.js';
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

const parsePort = integerBetween('--watch-port', 1, 65_535);

/** The page, where it was asked for. @throws UnderstudyError `port-taken`, `package-missing` */
export async function openWatch(
  { watch = false, watchControl = false, watchPort }: WatchOptions,
  say: (text: string) => void,
): Promise<LiveWatch | null> {
  if (!watch && !watchControl && watchPort === undefined) return null;
  const { LiveWatch } = await import('../../watch/live-watch.js');
  return await LiveWatch.open({ port: watchPort ?? 0, control: watchControl, say });
}
