/**
 * The logs of a person's recording, kept by a process of their own. A line is in that process' pipe when it was
 * appended: no stalled disk makes the recorder wait, and no kill of the recorder loses what the pipe has taken (some 280
 * lines of a disk that stands still; without a stall the keeper takes each within milliseconds). Never blocks.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { jsonLine } from '../core/json-lines.js';
import { LOG_LETTERS, type FromKeeper } from './log-keeper/protocol.js';
import type { OpenLogs, SessionLogs } from './session-logs.js';

/** What the pipe does not take waits here: a disk that takes nothing for 4 MiB, most of an hour, has failed. */
const LONGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

/** An error with the system's code, as the file system throws it. */
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

  constructor(child: ChildProcess, said: AsyncIterable<string>, onFailure: (error: unknown) => void) {
    this.#child = child;
    this.#pipe = child.stdin!;
    this.#onFailure = onFailure;
    this.#gone = new Promise((resolve) => child.once('close', resolve));
    this.#pipe.on('error', () => undefined); // its end is told below
    child.on('close', (code, signal) => {
      if (!this.#closing) this.#fail(errorOf(`the process that writes them ended (${signal ?? code})`, ''));
    });
    void this.#hear(said);
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

  async #hear(said: AsyncIterable<string>): Promise<void> {
    for await (const line of said) {
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

/** Logs that a process of their own writes. It costs 40 MB and a start of some 50 ms. */
export const openKeptLogs: OpenLogs = async (files, onFailure) => {
  const env = { ...process.env };
  delete env.NODE_OPTIONS; // a debugger or loader of the recorder's is not the keeper's
  const program = fileURLToPath(new URL('./log-keeper/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, files.events, files.frames], {
    detached: true, // a session of its own: no Ctrl-C, no SIGHUP of the terminal
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
    env,
  });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
  });
  const first = await Promise.race([said.next(), ended]);
  const message = first.done === true ? null : (JSON.parse(first.value) as FromKeeper);
  if (message?.type !== 'ready') {
    child.stdin.end();
    throw message === null
      ? errorOf('the process that writes them did not start', '')
      : errorOf(message.message, message.code);
  }
  child.unref();
  for (const stream of child.stdio) (stream as (Readable & Partial<Socket>) | null)?.unref?.();
  return new KeptLogs(child, { [Symbol.asyncIterator]: () => said }, onFailure);
};
