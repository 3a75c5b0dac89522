/** Faults that come from outside: what each does to the processes, the window or the display of a live run. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { CuttableDisplay } from './cuttable-display.js';
import type { SignalStrike, Strike } from './faults.js';
import type { Victim } from './victim.js';

/** What a fault can act on. */
export interface Scene {
  readonly victim: Victim;
  readonly blur: () => void;
  readonly destroyWindow: () => void;
  readonly cuttable: CuttableDisplay | null;
}

const BUSY_LOOPS = 6;

/** @returns what remains to be done once the keys were watched */
export function strike(act: Strike, scene: Scene): () => void {
  switch (act.kind) {
    case 'signal':
      return sendSignals(act, scene.victim);
    case 'blur':
      scene.blur();
      break;
    case 'destroy-window':
      scene.destroyWindow();
      break;
    case 'cut-display':
      scene.cuttable!.cut();
      break;
  }
  return () => undefined;
}

function sendSignals({ to, signal, then, last }: SignalStrike, victim: Victim): () => void {
  const pids = pidsOf(to, victim);
  const send = (what: NodeJS.Signals): void => {
    for (const pid of pids) victim.signal(pid, what);
  };
  send(signal);
  if (then !== undefined) setTimeout(() => send(then.signal), then.afterMs).unref();
  return () => {
    if (last !== undefined) send(last);
  };
}

/** In the order in which they are signalled; a negative number is a process group. */
function pidsOf(to: SignalStrike['to'], victim: Victim): readonly number[] {
  switch (to) {
    case 'agent':
      return [victim.pid];
    case 'group':
      return [-victim.pid];
    case 'guard':
      return [victim.guardPid];
    case 'both':
      return [victim.guardPid, victim.pid];
  }
}

/** Keeps every processor busy and gives the run's processes the lowest priority. @returns ends it */
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
