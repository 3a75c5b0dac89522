/** Faults that come from outside: what each does to the processes, the window or the display of a live run. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { CuttableDisplay } from './cuttable-display.js';
import type { Victim } from './victim.js';

/** What a fault can lay hands on. */
export interface Scene {
  readonly victim: Victim;
  readonly blur: () => void;
  readonly destroyWindow: () => void;
  readonly cuttable: CuttableDisplay | null;
}

/** A stopped agent is continued after this long: longer than any lease. */
const STOPPED_MS = 900;
const BUSY_LOOPS = 6;

/** @returns what remains to be done once it was seen what became of the keys */
export function strike(name: string, scene: Scene): () => void {
  const { victim } = scene;
  const { pid } = victim;
  const nothing = (): void => undefined;
  switch (name) {
    case 'SIGKILL':
    case 'SIGTERM':
      victim.signal(pid, name);
      return nothing;
    case 'SIGSTOP, then SIGCONT':
      victim.signal(pid, 'SIGSTOP');
      setTimeout(() => victim.signal(pid, 'SIGCONT'), STOPPED_MS).unref();
      return nothing;
    case 'SIGSTOP, then SIGKILL':
      victim.signal(pid, 'SIGSTOP');
      setTimeout(() => victim.signal(pid, 'SIGKILL'), STOPPED_MS / 8).unref();
      return nothing;
    case 'SIGINT to the group':
      victim.signal(-pid, 'SIGINT');
      return nothing;
    case 'SIGKILL to the group':
      victim.signal(-pid, 'SIGKILL');
      return nothing;
    case 'guard: SIGKILL':
      victim.signal(victim.guardPid, 'SIGKILL');
      return nothing;
    case 'guard: SIGSTOP':
      victim.signal(victim.guardPid, 'SIGSTOP');
      return () => victim.signal(victim.guardPid, 'SIGKILL');
    case 'both: SIGKILL':
      victim.signal(victim.guardPid, 'SIGKILL');
      victim.signal(pid, 'SIGKILL');
      return nothing;
    case 'focus lost':
      scene.blur();
      return nothing;
    case 'window destroyed':
      scene.destroyWindow();
      return nothing;
    case 'every X connection cut':
      scene.cuttable!.cut();
      return nothing;
    default:
      throw new Error(`'${name}' is no fault from outside`);
  }
}

/** Keeps every processor busy, and the run's processes behind all others. @returns ends it */
export async function starve(victim: Victim): Promise<() => Promise<void>> {
  const busy: ChildProcess[] = [];
  for (let i = 0; i < BUSY_LOOPS; i += 1) {
    busy.push(spawn('nice', ['-n', '10', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }));
  }
  spawnSync('renice', ['-n', '19', '-p', String(victim.pid), String(victim.guardPid)], { stdio: 'ignore' });
  await delay(100); // the scheduler has moved the loops to every processor by then
  return async () => {
    for (const loop of busy) loop.kill('SIGKILL');
    for (const loop of busy) if (loop.exitCode === null && loop.signalCode === null) await once(loop, 'exit');
  };
}
