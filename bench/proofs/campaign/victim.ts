/** One live run of the agent that a fault will strike: its processes, and what can be done to them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { descendantsOf } from '../../../src/system/process-cost.js';
import { PROJECT_ROOT } from '../../../testing/cli/cli.js';

export class Victim {
  readonly child: ChildProcess;
  readonly #runs: string;
  #guardPid: number | null = null;
  #stderr = '';

  /**
   * Starts the real program in its own process group, as a shell does.
   *
   * @param runs an empty folder of this run's own
   */
  constructor(args: readonly string[], runs: string, env: NodeJS.ProcessEnv) {
    this.#runs = runs;
    this.child = spawn(
      process.execPath,
      [join(PROJECT_ROOT, 'bin', 'understudy.js'), 'play', '--runs', runs, '--view', 'none', ...args],
      { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    this.child.stderr!.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-2000)));
  }

  get pid(): number {
    return this.child.pid!;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The end of its output. */
  get stderr(): string {
    return this.#stderr.trim();
  }

  /** True once it has said that it lost its key guard: it holds nothing and stays disarmed. */
  get lostGuard(): boolean {
    return this.#stderr.includes('disarmed: the key guard was lost');
  }

  get hasGuard(): boolean {
    return this.#guardPid !== null || descendantsOf(this.pid).some(isGuard);
  }

  /** The key guard's process; it must be running. */
  get guardPid(): number {
    this.#guardPid ??= descendantsOf(this.pid).find(isGuard) ?? null;
    if (this.#guardPid === null) throw new Error(`process ${this.pid} has no key guard`);
    return this.#guardPid;
  }

  /** When the fault that it was given with --fault began, ms on the machine's monotonic clock; null before. */
  faultBeganAtMs(): number | null {
    for (const run of readdirSync(this.#runs)) {
      const log = readText(join(this.#runs, run, 'agent.log'));
      const line = log.split('\n').find((text) => text.includes('"msg":"fault began"'));
      if (line !== undefined) return (JSON.parse(line) as { atMs: number }).atMs;
    }
    return null;
  }

  /** Signals a process that may be gone. */
  signal(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Shuts the agent down cleanly; kills it where it does not end within 5 s. @returns how it ended, for people */
  async end(): Promise<string> {
    if (!this.ended) {
      const exited = once(this.child, 'exit');
      this.signal(this.pid, 'SIGCONT');
      this.signal(this.pid, 'SIGTERM');
      const inOrder = await Promise.race([exited.then(() => true), delay(5000, false)]);
      if (!inOrder) this.signal(this.pid, 'SIGKILL');
      await exited;
    }
    return this.child.signalCode ?? `exit ${this.child.exitCode}`;
  }
}

/** How long a process waited for a processor so far, ms; null once it is gone. */
export function waitedForCpuMs(pid: number): number | null {
  const [, waitedNs] = readText(`/proc/${pid}/schedstat`).split(' ');
  return waitedNs === undefined ? null : Number(waitedNs) / 1e6;
}

/** False once it has ended, collected by its parent or not. */
export function isRunning(pid: number): boolean {
  const status = readText(`/proc/${pid}/status`);
  return status !== '' && !/^State:\s+[ZX]/m.test(status);
}

function isGuard(pid: number): boolean {
  return /understudy-guard|keyboard\/guard\/main\.js/.test(readText(`/proc/${pid}/cmdline`));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
