/** The log of a run: JSON lines by pino in the run folder. Events only; a line a tick at level debug alone. */
import { join } from 'node:path';
import { pino, destination, type Logger } from 'pino';
import type { TickObserver, TickReport } from '../../core/report.js';

export type LogLevel = 'debug' | 'info';

export class RunLog implements TickObserver, Disposable {
  readonly #logger: Logger;
  readonly #file: ReturnType<typeof destination>;

  constructor(folder: string, level: LogLevel) {
    this.#file = destination({ dest: join(folder, 'agent.log'), sync: false });
    // A full disk must not end the run: the summary says that the log is short.
    this.#file.on('error', () => undefined);
    this.#logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, this.#file);
  }

  /** Something that a reader of the log wants to find: a release, a gate, a fault. */
  event(message: string, fields: object = {}): void {
    this.#logger.info(fields, message);
  }

  onTick(report: TickReport): void {
    const { tick, outcome, latenessMs, latencyMs } = report;
    this.#logger.debug({ tick, outcome, latenessMs, latencyMs }, 'tick');
  }

  [Symbol.dispose](): void {
    this.#file.flushSync();
    this.#file.end();
  }
}
