/** Processes that the proof starts, ended by their ids alone: also their children, and also on Ctrl-C. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from '../../../src/system/process-cost.js';

const own = new Set<ChildProcess>();
/** Children of ours whose parent was killed: they should end by themselves. */
const orphans = new Map<number, string>();

// before the temporary folders are removed: what still runs would write into them
process.prependOnceListener('exit', () => {
  for (const child of own) if (child.pid !== undefined) endTree(child.pid);
  for (const [pid, begun] of orphans) if (isSame(pid, begun)) kill(pid, 'SIGKILL');
  // the system ends them in a moment of its own
  if (own.size > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

/** Starts a program whose outputs go to the end of a file. Ctrl-C in a terminal does not reach it: we end it ourselves. */
export function startLogged(command: readonly string[], log: string): ChildProcess {
  const file = openSync(log, 'a');
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', file, file], detached: true });
  closeSync(file);
  return keep(child);
}

/** Has it ended with us. */
export function keep<T extends ChildProcess>(child: T): T {
  own.add(child);
  child.once('close', () => own.delete(child));
  return child;
}

/** Ends a process that we started, and waits until it is gone. */
export async function endOwn(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (!own.has(child)) return;
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}

/**
 * Kills a process at once. Its children, which end by themselves when it is gone, are killed with it where `whole`: as
 * when a machine is lost.
 */
export async function killOwn(child: ChildProcess, whole: boolean): Promise<void> {
  const children = descendantsOf(child.pid!);
  for (const pid of children) orphans.set(pid, beginOf(pid) ?? '');
  const ended = endOwn(child);
  if (whole) for (const pid of children) kill(pid, 'SIGKILL');
  await ended;
}

/** How many children outlived a killed parent by this long. */
export async function orphansAfter(seconds: number): Promise<number> {
  const alive = (): number => [...orphans].filter(([pid, begun]) => isSame(pid, begun)).length;
  for (let waited = 0; waited < seconds && alive() > 0; waited += 1) await sleep(1000);
  return alive();
}

/** A signal for one process, which may be gone. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

function endTree(pid: number): void {
  for (const child of descendantsOf(pid)) kill(child, 'SIGKILL');
  kill(pid, 'SIGKILL');
}

/** State, parent, ... of /proc/ID/stat; null where there is none. */
function fieldsOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** When it began, in the kernel's ticks: ids are used again, this with them is not. */
const beginOf = (pid: number): string | undefined => fieldsOf(pid)?.[19];

/** Whether it still runs, and is not only waited for. */
function isSame(pid: number, begun: string): boolean {
  const fields = fieldsOf(pid);
  return fields !== null && fields[0] !== 'Z' && fields[19] === begun;
}
