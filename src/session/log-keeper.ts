/**
 * The logs of a person's recording, written by a separate process: the log keeper. An appended line is in the pipe to
 * that process at once: a stalled disk never makes the recorder wait, and a kill of the recorder loses nothing that the
 * pipe has taken (about 280 lines while the disk stalls; otherwise the keeper takes each line within milliseconds).
 * Never blocks.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { jsonLine } from '../core/json-lines.js';
import { LOG_LETTERS, type FromKeeper } from './log-keeper/protocol.js';
import type { OpenLogs, SessionLogs } from './session-logs.js';

/** Lines that the pipe does not take wait in memory. After 4 MiB, most of an hour, the disk counts as failed. */
const LONGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

/** An error with the system's code, in the form in which the file system throws it. */
function errorOf(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

class KeptLogs implements SessionLogs {
  readonly #child: ChildProcess;
  readonly #pipe: Writable;
  readonly #onFailure: (error: unknown) => void;
  readonly #gone: Promise<unknown>;
  #failed = false;
  #closing = false;

  constructor(child: ChildProcess, replies: AsyncIterable<string>, onFailure: (error: unknown) => void) {
    this.#child = child;
    this.#pipe = child.stdin!;
    this.#onFailure = onFailure;
    this.#gone = new Promise((resolve) => child.once('close', resolve));
    this.#pipe.on('error', () => undefined); // the end of the process is reported below
    child.on('close', (code, signal) => {
      if (!this.#closing) this.#fail(errorOf(`the process that writes them ended (${signal ?? code})`, ''));
    });
    void this.#readReplies(replies);
  }

  event(line: Readonly<Record<string, unknown>>): void {
    this.#append(LOG_LETTERS.events, line);
  }

  frame(line: Readonly<Record<string, unknown>>): void {
    this.#append(LOG_LETTERS.frames, line);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#child.ref();
    this.#pipe.end();
    await this.#gone;
  }

  #append(letter: string, line: Readonly<Record<string, unknown>>): void {
    if (this.#failed || this.#closing) return;
    // Node writes to a pipe at once, within this call, unless the pipe is full
    this.#pipe.write(`${letter}${jsonLine(line)}`);
    const waiting = this.#pipe.writableLength;
    if (waiting > LONGEST_BACKLOG_BYTES) {
      this.#fail(errorOf(`the disk has taken nothing of the last ${waiting} bytes`, ''));
    }
  }

  async #readReplies(replies: AsyncIterable<string>): Promise<void> {
    for await (const line of replies) {
      const message = JSON.parse(line) as FromKeeper;
      if (message.type === 'failed') this.#fail(errorOf(message.message, message.code));
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure(error);
  }
}

/** Opens logs that a separate process writes. It costs 40 MB of memory and about 50 ms at the start. */
export const openKeptLogs: OpenLogs = async (files, onFailure) => {
  const env = { ...process.env };
  delete env.NODE_OPTIONS; // the keeper must not start the recorder's debugger or loader
  const program = fileURLToPath(new URL('./log-keeper/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, files.events, files.frames], {
    detached: true, // in its own process session it gets neither Ctrl-C nor SIGHUP of the terminal
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
    env,
  });
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
  });
  const first = await Promise.race([replies.next(), ended]);
  const message = first.done === true ? null : (JSON.parse(first.value) as FromKeeper);
  if (message?.type !== 'ready') {
    child.stdin.end();
    throw message === null
      ? errorOf('the process that writes them did not start', '')
      : errorOf(message.message, message.code);
  }
  child.unref();
  for (const stream of child.stdio) (stream as (Readable & Partial<Socket>) | null)?.unref?.();
  return new KeptLogs(child, { [Symbol.asyncIterator]: () => replies }, onFailure);
};
