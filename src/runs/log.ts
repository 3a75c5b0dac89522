/**
 * The log of a run: JSON lines by pino in the run folder. Events only; a line for each tick at level debug. With a slow
 * or full disk lines are lost, but the run is not held up: nothing here waits for the disk.
 */
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { visibleJson } from '../core/visible-text.js';
import { BoundedFile } from './bounded-file.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';

export type LogLevel = 'debug' | 'info';

/** Most bytes of lines that wait in memory for a stalled disk; further lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Events are some hundred bytes each; only level debug, or a gate that opens and closes for days, reaches this. */
const MAX_BYTES = 16 * 1024 * 1024;
/** How long the end of a run waits until the last lines are written. */
const CLOSE_WITHIN_MS = 1000;

export class RunLog implements TickObserver, AsyncDisposable {
  readonly #logger: Logger;
  readonly #file: BoundedFile;

  constructor(folder: string, level: LogLevel) {
    this.#file = new BoundedFile(join(folder, 'agent.log'), {
      maxBytes: MAX_BYTES,
      maxWaitingBytes: MAX_WAITING_BYTES,
    });
    const lines = { write: (line: string): void => void this.#file.write(visibleJson(line)) };
    this.#logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, lines);
  }

  /** Logs what a reader wants to find: a release, a gate, a fault. Has no effect after disposal. */
  event(message: string, fields: object = {}): void {
    this.#logger.info(fields, message);
  }

  onTick(report: TickReport): void {
    const { tick, outcome, latenessMs, latencyMs } = report;
    this.#logger.debug({ tick, outcome, latenessMs, latencyMs }, 'tick');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close(CLOSE_WITHIN_MS);
  }
}
