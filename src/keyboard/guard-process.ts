/**
 * The guard's process as the daemon uses it: starts it, exchanges messages with it, and reports its end. Never waits
 * inside a write, and decides nothing about keys (guarded-key-sink.ts does).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { UnderstudyError } from '../core/errors.js';
import type { Desktop } from '../desktop/desktop.js';
import { encodeMessage, messageReader, type FromGuard, type Hello, type ToGuard } from './guard/protocol.js';

/** A cold start of Node with nut-js' trial run takes about a second; on a starved machine many times that. ms. */
const READY_WITHIN_MS = 20_000;

/** Kept of what the guard prints when it crashes, characters. */
const KEPT_STDERR = 4000;

export interface GuardListener {
  onMessage(message: FromGuard): void;
  /** Called once, when the process has ended for any reason; all its messages have been delivered by then. */
  onGone(how: string): void;
}

export class GuardProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #toGuard: Writable;
  #listener: GuardListener;
  #gone: string | null = null;
  #stderr = '';

  private constructor(child: ChildProcess, listener: GuardListener) {
    this.#child = child;
    this.#listener = listener;
    this.pid = child.pid ?? 0;
    this.#toGuard = child.stdio[0] as Writable;
    this.#toGuard.on('error', () => undefined); // a dead guard: its end is reported by onGone
    const fromGuard = child.stdio[3] as Readable;
    const read = messageReader<FromGuard>((message) => this.#listener.onMessage(message));
    fromGuard.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        if (!(error instanceof UnderstudyError)) throw error; // the listener threw it
        this.kill(); // its output is not the protocol's; its end is noticed, and the keys are released
      }
    });
    fromGuard.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-KEPT_STDERR);
    });
    child.on('error', (error) => this.#end(`could not be started: ${error.message}`));
    // 'close', not 'exit': the last answers have been read by then
    child.on('close', (code, signal) => this.#end(signal === null ? `ended with code ${code}` : `died of ${signal}`));
  }

  /**
   * Starts a guard and waits until it can press.
   *
   * @param environment what it needs to be on the desktop of its hello
   * @param signal ends the wait, and the guard with it
   * @returns the guard and its answer, which counts the edges that released what was left down
   * @throws UnderstudyError `keyboard-busy` where another agent's guard has the display, naming its processes;
   *   `guard-failed` with the guard's own words; the signal's reason (an AbortError) when it is aborted during the
   *   start
   */
  static async start(
    hello: Hello,
    environment: Desktop['environment'],
    listener: GuardListener,
    signal?: AbortSignal,
  ): Promise<{ guard: GuardProcess; ready: Extract<FromGuard, { type: 'ready' }> }> {
    signal?.throwIfAborted();
    const early: FromGuard[] = [];
    let wake = () => {};
    const guard = new GuardProcess(spawnGuard(environment), {
      onMessage: (message) => {
        early.push(message);
        wake();
      },
      onGone: () => wake(),
    });
    guard.send(hello);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, READY_WITHIN_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal?.addEventListener('abort', wake);
      if (guard.#gone !== null) wake();
    });
    signal?.removeEventListener('abort', wake);
    if (signal?.aborted) guard.kill(); // it holds nothing yet
    signal?.throwIfAborted();
    const [answer] = early;
    if (answer?.type !== 'ready') {
      guard.kill();
      throw notStarted(answer, guard);
    }
    guard.#listener = listener;
    for (const message of early.slice(1)) listener.onMessage(message); // the same chunk may have held more messages
    guard.#unref();
    return { guard, ready: answer };
  }

  /** How the process ended, as the rest of a sentence; null while it runs. */
  get gone(): string | null {
    return this.#gone;
  }

  /** The last 4,000 characters that it printed on standard error. */
  get stderr(): string {
    return this.#stderr.trim();
  }

  /** Queues one message; it is in the pipe when this returns, unless the pipe is full. Never blocks, never throws. */
  send(message: ToGuard): void {
    if (this.#gone === null && this.#toGuard.writable) this.#toGuard.write(encodeMessage(message));
  }

  /** Closes the pipe: the guard releases everything and ends. */
  closePipe(): void {
    this.#toGuard.end();
  }

  /** Ends it at once. What it held stays down: the caller releases it. */
  kill(): void {
    if (this.#gone === null) this.#child.kill('SIGKILL');
  }

  /** A guard must not keep a daemon running that has nothing else to do. */
  #unref(): void {
    this.#child.unref();
    for (const stream of this.#child.stdio) (stream as Socket | null)?.unref();
  }

  #end(how: string): void {
    if (this.#gone !== null) return;
    this.#gone = how;
    this.#listener.onGone(how);
  }
}

function spawnGuard(environment: Desktop['environment']): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  delete env.NODE_OPTIONS; // a debugger or loader of the daemon must not start in the guard
  return spawn(process.execPath, [fileURLToPath(new URL('./guard/main.js', import.meta.url))], {
    detached: true, // a separate session: no Ctrl-C, no SIGHUP of the terminal
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'], // Node opens its ends close-on-exec: no other child inherits them
    env,
  });
}

function notStarted(answer: FromGuard | undefined, guard: GuardProcess): UnderstudyError {
  if (answer?.type === 'failed' && answer.code !== undefined) {
    return new UnderstudyError({ kind: 'environment', code: answer.code, message: answer.message, next: answer.next });
  }
  const said = guard.stderr.split('\n').find((line) => line.includes('Error')) ?? guard.stderr.split('\n')[0] ?? '';
  const how =
    answer?.type === 'failed'
      ? answer.message
      : `it ${guard.gone ?? `did not answer within ${READY_WITHIN_MS / 1000} s`}${said === '' ? '' : ` (${said})`}`;
  return new UnderstudyError({
    kind: 'environment',
    code: 'guard-failed',
    message: `The key guard could not start: ${how}`,
    next: answer?.type === 'failed' ? answer.next : 'Run `understudy doctor`, or use --dry-run.',
  });
}
