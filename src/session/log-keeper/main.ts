/**
 * The log keeper: takes a session's log lines from a pipe and appends them to its two files. A process of its own, so
 * that it may wait for a disk while the recorder does not, and so that what is in the pipe is written even when the
 * recorder was killed. Ends when the pipe does and by nothing else; prints nothing but its protocol.
 *
 *   node main.js <events file> <frames file>
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { LOG_LETTERS, type FromKeeper } from './protocol.js';

/** One file, of which every line is whole, a full disk or not. */
class LogFile {
  readonly #fd: number;
  #wholeBytes = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'wx');
  }

  /** @throws the file system's error; half a line that was written is cut off then */
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

function say(message: FromKeeper): void {
  try {
    writeSync(1, `${JSON.stringify(message)}\n`);
  } catch {
    // the recorder is gone; its lines are still to be written
  }
}

let failed = false;

function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!failed) {
      const { message, code } = error as NodeJS.ErrnoException;
      say({ type: 'failed', message, code: code ?? '' });
    }
    failed = true; // the pipe is read on, so that the recorder is never held up
  }
}

// a Ctrl-C, a hang-up or the end of a service is the recorder's to answer: it closes the pipe
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const [eventsPath, framesPath] = process.argv.slice(2);
const files: { readonly letter: string; readonly file: LogFile }[] = [];
attempt(() => {
  files.push({ letter: LOG_LETTERS.events, file: new LogFile(eventsPath) });
  files.push({ letter: LOG_LETTERS.frames, file: new LogFile(framesPath) });
  say({ type: 'ready' });
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
// half a line at the end is a recorder's that was killed within a write
process.stdin.on('close', () => {
  for (const { file } of files) attempt(() => file.close());
});
process.stdin.on('error', () => process.stdin.destroy());
