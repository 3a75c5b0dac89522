/**
 * The log keeper: takes a session's log lines from a pipe and appends them to its two files. It is a separate process, so
 * that it may wait for a disk while the recorder does not, and so that the lines in the pipe are written even when the
 * recorder was killed. Only the end of the pipe ends it; it prints nothing but its protocol.
 *
 *   node main.js <events file> <frames file>
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { LOG_LETTERS, type FromKeeper } from './protocol.js';

/** One file, in which every line is whole, even on a full disk. */
class LogFile {
  readonly #fd: number;
  #wholeBytes = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'wx');
  }

  /** @throws the file system's error, after it has cut off a line that was written in part */
  append(lines: string): void {
    const bytes = Buffer.from(lines);
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.#wholeBytes += bytes.subarray(0, at).lastIndexOf('\n') + 1;
      ftruncateSync(this.#fd, this.#wholeBytes);
      throw error;
    }
    this.#wholeBytes += bytes.length;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function send(message: FromKeeper): void {
  try {
    writeSync(1, `${JSON.stringify(message)}\n`);
  } catch {
    // the recorder has ended; its lines must still be written
  }
}

let failed = false;

function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!failed) {
      const { message, code } = error as NodeJS.ErrnoException;
      send({ type: 'failed', message, code: code ?? '' });
    }
    failed = true; // reading the pipe continues, so that the recorder never has to wait
  }
}

// the recorder reacts to Ctrl-C, a hang-up or the end of a service: it closes the pipe
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const [eventsPath, framesPath] = process.argv.slice(2);
const files: { readonly letter: string; readonly file: LogFile }[] = [];
attempt(() => {
  files.push({ letter: LOG_LETTERS.events, file: new LogFile(eventsPath) });
  files.push({ letter: LOG_LETTERS.frames, file: new LogFile(framesPath) });
  send({ type: 'ready' });
});

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  if (failed) return;
  for (const { letter, file } of files) {
    const own = lines.filter((line) => line.startsWith(letter)).map((line) => `${line.slice(1)}\n`);
    attempt(() => file.append(own.join('')));
  }
});
// part of a line at the end comes from a recorder that was killed within a write: it is dropped
process.stdin.on('close', () => {
  for (const { file } of files) attempt(() => file.close());
});
process.stdin.on('error', () => process.stdin.destroy());
