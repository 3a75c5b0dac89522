/**
 * The processes of a private screen's game: those with the screen's mark in their environment, which every process that
 * a game starts inherits, also one that has left its group and its parent. Ends no other process.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Set for the game alone, to a word that no other screen has. */
const MARK = 'UNDERSTUDY_SCREEN';

const LOOK_EVERY_MS = 25;

/** What to add to a game's environment. */
export function markOf(word: string): Readonly<Record<string, string>> {
  return { [MARK]: word };
}

/** Process ids. Those of other users cannot be read and are none of ours. */
export function markedProcesses(word: string): number[] {
  const entry = `${MARK}=${word}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environmentOf(pid).split('\0').includes(entry))
    .map(Number);
}

/** Asks them to end, waits so long, and ends those that are left at once. */
export async function endMarked(word: string, withinMs: number): Promise<void> {
  for (const pid of markedProcesses(word)) signal(pid, 'SIGTERM');
  const untilMs = performance.now() + withinMs;
  while (performance.now() < untilMs) {
    if (markedProcesses(word).length === 0) return;
    await delay(LOOK_EVERY_MS);
  }
  for (const pid of markedProcesses(word)) signal(pid, 'SIGKILL');
}

/** Empty where it has just ended, or belongs to another user. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended by itself
  }
}
