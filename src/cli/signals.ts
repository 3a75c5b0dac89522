/**
 * SIGINT, SIGTERM and SIGHUP shut a run down cleanly, and set the exit code. A second one ends the process at once; the
 * key guard then releases the keys. On Windows they are Ctrl-C, none, and the closing of the console (which leaves ten
 * seconds); Ctrl-Break comes as SIGBREAK.
 */
import { EXIT_CODES } from '../core/errors.js';

/** 128 + 1, by the shell's convention. */
const HANGUP_EXIT_CODE = 129;

const EXIT_CODE_OF = {
  SIGINT: EXIT_CODES.interrupted,
  SIGTERM: EXIT_CODES.terminated,
  SIGHUP: HANGUP_EXIT_CODE,
  SIGBREAK: EXIT_CODES.interrupted,
} as const;

export class Signals implements Disposable {
  readonly #controller = new AbortController();
  readonly #handlers = new Map<NodeJS.Signals, () => void>();
  #exitCode: number | null = null;

  constructor() {
    for (const name of Object.keys(EXIT_CODE_OF) as (keyof typeof EXIT_CODE_OF)[]) {
      const handler = (): void => this.#onSignal(EXIT_CODE_OF[name]);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 130, 143 or 129 after a signal, null before. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Aborts without an exit code: the run was asked to end, and shuts down cleanly. */
  stop(): void {
    this.#controller.abort();
  }

  [Symbol.dispose](): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  #onSignal(exitCode: number): void {
    if (this.#exitCode !== null) process.exit(exitCode);
    this.#exitCode = exitCode;
    process.exitCode = exitCode;
    this.#controller.abort();
  }
}
