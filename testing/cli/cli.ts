/** Runs the real program as a child process, as a shell would. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, found upwards from the compiled test. */
export const PROJECT_ROOT = findRoot();

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output, parsed: what --json prints. */
  json(): unknown;
}

/** A run of the program that has not ended yet. */
export interface RunningCli {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves once standard error contains `text`; rejects when the program ends without it. */
  untilSaid(text: string): Promise<void>;
  readonly result: Promise<CliResult>;
}

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Folder of the checkout whose program is run. Default: this one. */
  readonly root?: string;
  /** A command to run it through: `['sh', '-c', 'ulimit -f 2; exec "$@"', 'sh']`. */
  readonly through?: readonly string[];
}

/** process.env without a display. */
export function withoutDisplay(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env.DISPLAY;
  delete env.WAYLAND_DISPLAY;
  return env;
}

export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const [program, ...before] = [...(options.through ?? []), process.execPath];
  const child = spawn(program, [...before, join(options.root ?? PROJECT_ROOT, 'bin', 'understudy.js'), ...args], {
    env: options.env ?? process.env,
    cwd: options.cwd ?? PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const check of waiting) check();
  });
  const result = once(child, 'close').then(([code, signal]: unknown[]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
    json: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown,
  }));
  return {
    child,
    result,
    untilSaid: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!stderr.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        void result.then(() => reject(new Error(`the program ended without saying '${text}':\n${stderr}`)));
        check();
      }),
  };
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}
