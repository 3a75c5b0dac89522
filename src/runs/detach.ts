/**
 * `play --detach`: starts the same command line again as a daemon in a separate process session, and waits until the
 * daemon answers over its socket, or has failed. The daemon's output goes to a file, which moves into its run folder.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { EXIT_CODES, messageOf, UnderstudyError } from '../core/errors.js';
import { adviceToWrite } from '../core/write-advice.js';
import type { RunEnvironment } from './environment.js';

/** Names the file that the daemon's output goes to; set for the daemon alone. */
const OUTPUT_VARIABLE = 'UNDERSTUDY_DETACHED_OUTPUT';
/** How much of a failed daemon's output is shown, characters. */
const SHOWN_OUTPUT = 8000;
/** Largest output file of a daemon, and how often its size is checked: enough for years of a healthy run's messages. */
const OUTPUT_BYTES = 4 * 1024 * 1024;
const MEASURE_EVERY_MS = 60_000;
const STANDARD_OUTPUT = 1;

const upSchema = z.strictObject({ runDir: z.string(), socket: z.string(), pid: z.number() });

/** A daemon that is up. */
export type Daemon = z.infer<typeof upSchema>;

/** The same command line in the foreground and without a view; what follows `--` belongs to a game. */
export function undetached(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const own = words.slice(0, end).filter((word) => word !== '--detach');
  return [...own, '--view', 'none', ...words.slice(end)];
}

/** For people. */
export function daemonText({ pid, runDir, socket }: Daemon): string {
  const next = 'understudy status, pause, resume, arm, disarm and stop reach it';
  return `playing in the background: process ${pid}\n  run folder  ${runDir}\n  socket      ${socket}\n  ${next}`;
}

/**
 * Starts the daemon.
 *
 * @param args the command line's words, without `--detach`
 * @param runs where run folders go
 * @param signal ends the wait, and the daemon with it
 * @returns the daemon; or, where it ended before it was up, its exit code and what it printed
 * @throws UnderstudyError `write-failed`; the signal's reason
 */
export async function startDaemon(
  args: readonly string[],
  runs: string,
  signal: AbortSignal,
): Promise<Daemon | { readonly exitCode: number; readonly output: string }> {
  const output = join(resolve(runs), `.starting-${process.pid}-${Date.now()}.log`);
  const child = spawnDaemon(args, output);
  const abort = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', abort);
  try {
    const daemon = await new Promise<Daemon | number>((settle, reject) => {
      child.once('message', (message) => {
        const up = upSchema.safeParse(message);
        if (up.success) settle(up.data);
        else reject(up.error);
      });
      child.once('error', (error) => reject(notStarted(output, error)));
      // a message that is still in the pipe is delivered first: the channel closes after it
      child.once('exit', (code) => {
        const ended = (): void => settle(code ?? EXIT_CODES.fault);
        if (child.connected) child.once('disconnect', ended);
        else setImmediate(ended);
      });
    });
    if (typeof daemon !== 'number') {
      child.disconnect();
      child.unref();
      return daemon;
    }
    signal.throwIfAborted();
    return { exitCode: daemon, output: readFileSync(output, 'utf8').slice(-SHOWN_OUTPUT).trimEnd() };
  } finally {
    signal.removeEventListener('abort', abort);
    rmSync(output, { force: true }); // a daemon that is up has already moved it into its run folder
  }
}

function spawnDaemon(args: readonly string[], output: string): ChildProcess {
  try {
    mkdirSync(join(output, '..'), { recursive: true });
    const file = openSync(output, 'ax', 0o600);
    try {
      return spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], {
        detached: true, // a separate session: it outlives the terminal, and Ctrl-C in the terminal does not reach it
        stdio: ['ignore', file, file, 'ipc'],
        env: { ...process.env, [OUTPUT_VARIABLE]: output },
      });
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw notStarted(output, error);
  }
}

function notStarted(output: string, cause: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'write-failed',
    message: `The daemon could not be started with its output in ${output}: ${messageOf(cause)}.`,
    next: adviceToWrite(cause, '--runs'),
    cause,
  });
}

/**
 * In the daemon: notifies the process that started it that it is up, and moves its output into the run folder. Null in
 * a process that was started by hand.
 */
export function daemonsReport(): NonNullable<RunEnvironment['onServing']> | null {
  const output = process.env[OUTPUT_VARIABLE];
  if (output === undefined || process.send === undefined) return null;
  delete process.env[OUTPUT_VARIABLE]; // programs that the daemon starts must not inherit it
  let isReported = false;
  return ({ runDir, socket }) => {
    if (isReported) return;
    isReported = true;
    setInterval(() => startAgainWhenLong(STANDARD_OUTPUT), MEASURE_EVERY_MS).unref();
    try {
      if (basename(output).startsWith('.starting-')) renameSync(output, join(runDir, 'output.log'));
    } catch {
      // the process that started it has already removed it
    }
    const up: Daemon = { runDir: resolve(runDir), socket: socket.path, pid: process.pid };
    process.send?.(up, () => {
      if (process.connected) process.disconnect();
    });
  };
}

/**
 * Empties a log that has grown too long, so that a run of months cannot fill the disk.
 *
 * @param file open for appending: the next write goes to the beginning
 */
export function startAgainWhenLong(file: number, mostBytes = OUTPUT_BYTES): void {
  try {
    if (fstatSync(file).size > mostBytes) ftruncateSync(file, 0);
  } catch {
    // there is no file, or the disk is gone: the run continues
  }
}
