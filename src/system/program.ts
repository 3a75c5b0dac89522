/**
 * Runs a program that a game file names: in the folder of the file, without a shell, as a process group of its own that
 * is ended as a whole. Only for runs that were given `--allow-launch`; never ends a process that it did not start.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** A game may save its state at SIGTERM; what has not ended by then is killed, ms. */
const END_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 25;

/** Kept of each output, characters. */
const KEPT_OUTPUT = 64 * 1024;

/** Of a file that keeps its output. */
const MOST_LOG_BYTES = 16 * 1024 * 1024;

/** What is run. */
export interface ProgramCommand {
  /** The program's name, and its arguments. */
  readonly command: readonly string[];
}

export interface ProgramPlace {
  /** Where the command is run, and where a relative path in it starts. */
  readonly folder: string;
  /** Besides this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input and output are {@link Program.talk}; default: no input, and its output is kept for people. */
  readonly talks?: boolean;
  /** A file that all its output is added to. Default: only the end of it is kept, in memory. */
  readonly log?: string | undefined;
}

export class Program implements AsyncDisposable {
  /** Resolves when the program itself has ended or could not be started, with how it did as the rest of a sentence. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #killAtExit = (): void => void this.#signal('SIGKILL');
  #how: string | null = null;
  #isFailed = false;
  #stdout = '';
  #stderr = '';

  constructor({ command: [file, ...args] }: ProgramCommand, { folder, env = {}, talks = false, log }: ProgramPlace) {
    // detached: a group of its own; a Ctrl-C meant for this process does not reach it
    this.#child = spawn(file, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      detached: true,
      stdio: [talks ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    this.#child.stdin?.on('error', () => undefined); // it has ended: its output says so
    if (!talks) {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.#stdout = (this.#stdout + text).slice(-KEPT_OUTPUT);
      });
    }
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_OUTPUT);
    });
    if (log !== undefined) keepOutput(this.#child, log);
    process.on('exit', this.#killAtExit); // also where this process ends without disposing of it
    this.ended = new Promise((resolve) => {
      const end = (how: string, isFailed: boolean): void => {
        this.#how ??= how;
        this.#isFailed ||= isFailed;
        resolve(this.#how);
      };
      this.#child.once('error', (error) => end(`could not be run: ${error.message}`, true));
      // after 'exit' its output may still be on the way: 'close' waits for it, and for children that hold it open
      this.#child.once('exit', (code, signal) => {
        const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
        const finish = (): void => end(how, code !== 0);
        this.#child.once('close', finish);
        setTimeout(finish, LOOK_EVERY_MS * 4);
      });
    });
  }

  /** How it ended, as the rest of a sentence; null while it runs. */
  get how(): string | null {
    return this.#how;
  }

  /** True where there is no process: the command names nothing that can be run. */
  get isAbsent(): boolean {
    return this.#child.pid === undefined;
  }

  /** True once it has ended otherwise than with code 0. */
  get isFailed(): boolean {
    return this.#isFailed;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** The process, which leads its group; null where it could not be run. */
  get id(): number | null {
    return this.#child.pid ?? null;
  }

  /** Of a program that talks; null where it could not be run. */
  get talk(): { readonly input: Writable; readonly output: Readable } | null {
    const { stdin, stdout, pid } = this.#child;
    return stdin && stdout && pid !== undefined ? { input: stdin, output: stdout } : null;
  }

  /** The last lines that it printed, standard error after standard output, for people; empty where it said nothing. */
  lastLines(most = 5): string {
    const lines = `${this.#stdout.trimEnd()}\n${this.#stderr.trimEnd()}`.split('\n').filter((line) => line !== '');
    return lines.slice(-most).join('\n');
  }

  /** Ends its whole group: asks first, then kills. */
  async [Symbol.asyncDispose](): Promise<void> {
    const untilMs = performance.now() + END_WITHIN_MS;
    this.#signal('SIGTERM');
    while (this.#signal(0) && performance.now() < untilMs) await delay(LOOK_EVERY_MS);
    this.#signal('SIGKILL');
    process.off('exit', this.#killAtExit);
  }

  /** @returns whether any process of the group is left */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#child.pid === undefined) return false;
    try {
      return process.kill(-this.#child.pid, signal);
    } catch {
      return false;
    }
  }
}

/** A full disk must not end a game, and a game must not fill the disk: in both cases the file ends early. */
function keepOutput({ stdout, stderr }: ChildProcess, path: string): void {
  const file = createWriteStream(path, { flags: 'a' }).on('error', () => undefined);
  let left = MOST_LOG_BYTES;
  const keep = (text: string | Buffer): void => {
    if (left > 0) file.write(text);
    left -= Buffer.byteLength(text);
  };
  for (const output of [stdout, stderr]) output?.on('data', keep);
}
