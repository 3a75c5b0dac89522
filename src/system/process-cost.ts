/** CPU time and memory of this process and of others, from /proc: Linux only; elsewhere everything is 0. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc/<pid>/stat a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process so far, s; 0 once it has ended. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = statFields(pid);
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Resident memory of a process, MB (10^6 bytes); 0 once it has ended. */
export function residentMb(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (Number(kb) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/** Running processes that a process started, and those that they started in turn. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of processIds()) {
    const parent = parentOf(entry);
    children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const found: number[] = [];
  for (const next = [pid]; next.length > 0;) {
    const below = children.get(next.pop()!) ?? [];
    found.push(...below);
    next.push(...below);
  }
  return found;
}

/** The process that started this one, the one that started that, and so on; the nearest first, without process 1. */
export function ancestorsOf(pid: number): number[] {
  const found: number[] = [];
  for (let above = parentOf(pid); above > 1; above = parentOf(above)) found.push(above);
  return found;
}

/** Every process that runs now; empty where there is no /proc. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Fields of /proc/<pid>/stat from number 3 on (proc(5)): after the name, whose parentheses may hold spaces. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid: number): number {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return 0; // it ended since it was listed
  }
}
