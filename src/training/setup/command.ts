/** Runs one program to its end for the engine's set-up. Never uses a shell; an aborted signal kills the program. */
import { spawn } from 'node:child_process';
import { messageOf } from '../../core/errors.js';
import { given } from '../../core/given.js';

export interface CommandResult {
  /** Exit status; null when it could not be started or was ended by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  /** The end of both outputs, for an error message: at most 2,000 characters. */
  readonly tail: string;
}

/** Resolves when the program has ended; rejects only where `signal` aborts. */
export async function runCommand(
  program: string,
  args: readonly string[],
  {
    cwd,
    env = process.env,
    signal,
  }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal | undefined } = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  let stdout = '';
  let tail = '';
  const status = await new Promise<number | null>((resolve) => {
    const child = spawn(program, args, {
      ...given({ cwd }),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // its own process group, so that what it starts (a compiler's stages) ends with it
      detached: process.platform !== 'win32',
    });
    const abort = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // it has just ended by itself
      }
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      tail = (tail + text).slice(-2000);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2000);
    });
    child.once('error', (error) => {
      tail = messageOf(error);
      resolve(null);
    });
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      resolve(code);
    });
  });
  signal?.throwIfAborted();
  return { status, stdout, tail: tail.trim() };
}

/** True where the program can be run with these arguments. */
export async function canRun(program: string, ...args: readonly string[]): Promise<boolean> {
  return (await runCommand(program, args)).status === 0;
}
