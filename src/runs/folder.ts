/**
 * The folder of one run: `runs/<time>/` with ticks.jsonl, summary.json and the log. Lines are appended as they
 * happen, so that a run killed at any moment leaves a record; their size and the number of folders are bounded.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UnderstudyError } from '../core/errors.js';
import type { ActionSet } from '../core/action-set.js';
import { adviceToWrite } from '../core/write-advice.js';
import type { MeterValues } from '../core/seen-game.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';
import { BoundedFile } from './bounded-file.js';
import { TickCounter } from '../agent/tick-counts.js';
import { tickLine } from '../agent/tick-line.js';
import { writeWholeFile } from '../core/whole-file.js';
import { makeTimedFolder } from './timed-folder.js';

/** Most bytes of lines that wait in memory for a stalled disk; further ticks are dropped and counted. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** 64 MiB are an hour at 60 Hz and six at 10 Hz; as much again is kept of what came before. */
const MAX_TICKS_BYTES = 64 * 1024 * 1024;

interface RunFolderOptions {
  /** Asked at each tick: values of the game's meters. Default: it has none. */
  readonly meters?: () => MeterValues | null;
  /** Names the folder. Default: the time. */
  readonly now?: Date;
}

export class RunFolder implements TickObserver, AsyncDisposable {
  readonly isEssential = true;
  readonly path: string;
  readonly #actions: ActionSet;
  readonly #meters: () => MeterValues | null;
  readonly #ticks: BoundedFile;
  readonly #counter = new TickCounter();
  #dropped = 0;

  private constructor(path: string, actions: ActionSet, meters: () => MeterValues | null) {
    this.path = path;
    this.#actions = actions;
    this.#meters = meters;
    this.#ticks = new BoundedFile(join(path, 'ticks.jsonl'), {
      maxBytes: MAX_TICKS_BYTES,
      maxWaitingBytes: MAX_WAITING_BYTES,
    });
  }

  /**
   * Creates `<parent>/<time>/`.
   *
   * @param actions the actions of the ticks' held sets
   * @throws UnderstudyError 'write-failed'
   */
  static create(
    parent: string,
    actions: ActionSet,
    { meters = () => null, now = new Date() }: RunFolderOptions = {},
  ): RunFolder {
    try {
      return new RunFolder(makeTimedFolder(parent, { isLive, now }), actions, meters);
    } catch (error) {
      throw new UnderstudyError({
        kind: 'environment',
        code: 'write-failed',
        message: `The run folder could not be created under ${parent}: ${messageOf(error)}.`,
        next: adviceToWrite(error, '--runs'),
        cause: error,
      });
    }
  }

  /** Ticks that were not written because the disk did not keep up. */
  get droppedTicks(): number {
    return this.#dropped;
  }

  /** Why ticks are no longer written, or null. */
  get failure(): Error | null {
    return this.#ticks.failure;
  }

  onTick(report: TickReport): void {
    this.#counter.count(report);
    const line = tickLine(report, this.#counter.slot, this.#actions, this.#meters());
    if (!this.#ticks.write(line)) this.#dropped += 1;
  }

  /** Writes summary.json whole or not at all. @returns why it could not be written, or null */
  writeSummary(summary: unknown): string | null {
    const path = join(this.path, 'summary.json');
    try {
      writeWholeFile(path, `${JSON.stringify(summary, null, 2)}\n`, 'Free some space.', { makeFolder: false });
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Flushes the ticks. A full disk is reported by {@link failure}, not thrown: the run itself matters more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ticks.close(CLOSE_WITHIN_MS);
  }
}

/** How long closing waits for a disk that hangs; ticks that are not written by then count as missing. */
const CLOSE_WITHIN_MS = 5000;
/** A run without a line for so long is dead, or paused and left. */
const LIVE_WITHIN_MS = 60 * 60_000;

/** True for a run that still writes ticks: one in the background may keep running while fifty others start and end. */
function isLive(path: string): boolean {
  try {
    if (existsSync(join(path, 'summary.json'))) return false;
    return Date.now() - statSync(join(path, 'ticks.jsonl')).mtimeMs < LIVE_WITHIN_MS;
  } catch {
    return false;
  }
}
