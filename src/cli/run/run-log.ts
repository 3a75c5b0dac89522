/**
 * The log of a run: JSON lines by pino in the run folder. Events only; a line a tick at level debug alone. A disk that is
 * full or slow costs lines, never the run: nothing here waits for it.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { pino, type Logger } from 'pino';
import type { TickObserver, TickReport } from '../../core/report.js';

export type LogLevel = 'debug' | 'info';

/** Bytes waiting for a stalled disk; beyond that lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** How long the end of a run waits for the last lines. */
const CLOSE_WITHIN_MS = 1000;

export class RunLog implements TickObserver, AsyncDisposable {
  readonly #logger: Logger;
  readonly #file: WriteStream;
  #writable = true;

  constructor(folder: string, level: LogLevel) {
    this.#file = createWriteStream(join(folder, 'agent.log'));
    this.#file.on('error', () => (this.#writable = false));
    const lines = {
      write: (line: string): void => {
        if (this.#writable && this.#file.writableLength < MAX_WAITING_BYTES) this.#file.write(line);
      },
    };
    this.#logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, lines);
  }

  /** Something that a reader of the log wants to find: a release, a gate, a fault. Nothing after disposal. */
  event(message: string, fields: object = {}): void {
    this.#logger.info(fields, message);
  }

  onTick(report: TickReport): void {
    const { tick, outcome, latenessMs, latencyMs } = report;
    this.#logger.debug({ tick, outcome, latenessMs, latencyMs }, 'tick');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writable = false;
    this.#file.end();
    await finished(this.#file, { signal: AbortSignal.timeout(CLOSE_WITHIN_MS) }).catch(() => this.#file.destroy());
  }
}
