/**
 * One guard for each session of Windows: the owner of a named mutex may press there. Windows frees it when its process
 * ends, for whatever reason, so a lock is never stale. A named piece of memory beside it says who the owner is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../../core/errors.js';
import { copyMemory, writeMemory } from '../../system/ffi.js';
import { systemCalls, wide } from './win32.js';

/** Local: of this session, as keys are. */
const MUTEX = 'Local\\understudy-keys';
const OWNER = 'Local\\understudy-keys-owner';

/** WaitForSingleObject's answers WAIT_OBJECT_0 and WAIT_ABANDONED: the last owner ended without giving it back. */
const TAKEN = [0, 0x80];
const READ_WRITE = 4;
const MAP_WRITE = 2;
const MAP_READ = 4;
const NO_FILE = 0xffff_ffff_ffff_ffffn;
const OWNER_BYTES = 8;

/** How long to wait for it, ms: a guard whose agent was just killed ends within milliseconds. */
const FREE_WITHIN_MS = 1000;
const LOOK_EVERY_MS = 20;

/**
 * Locks the keys for this process until it ends.
 *
 * @param agentPid the process that a person would end to free them
 * @throws UnderstudyError `keyboard-busy`, naming the processes of the guard that holds it
 */
export async function lockKeys(agentPid: number): Promise<void> {
  const calls = systemCalls();
  const mutex = calls.createMutex(null, 0, wide(MUTEX));
  const untilMs = performance.now() + FREE_WITHIN_MS;
  while (mutex === null || !TAKEN.includes(calls.waitFor(mutex, 0))) {
    if (performance.now() >= untilMs) throw busy(lockOwner());
    await delay(LOOK_EVERY_MS);
  }
  noteOwner(agentPid);
}

/** Both stay open until the process ends. */
function noteOwner(agentPid: number): void {
  const calls = systemCalls();
  const mapping = calls.createMapping(NO_FILE, null, READ_WRITE, 0, OWNER_BYTES, wide(OWNER));
  const view = mapping === null ? null : calls.mapView(mapping, MAP_WRITE, 0, 0, OWNER_BYTES);
  if (view === null) return; // only the message of another start is poorer
  const pids = Buffer.alloc(OWNER_BYTES);
  pids.writeUInt32LE(agentPid, 0);
  pids.writeUInt32LE(process.pid, 4);
  writeMemory(view, pids);
}

/** The process ids of the agent and of the guard that hold the lock; null where none does. */
export function lockOwner(): { readonly agentPid: number; readonly guardPid: number } | null {
  const calls = systemCalls();
  const mapping = calls.openMapping(MAP_READ, 0, wide(OWNER));
  if (mapping === null) return null;
  const view = calls.mapView(mapping, MAP_READ, 0, 0, OWNER_BYTES);
  try {
    if (view === null) return null;
    const pids = copyMemory(view, OWNER_BYTES);
    return { agentPid: pids.readUInt32LE(0), guardPid: pids.readUInt32LE(4) };
  } finally {
    if (view !== null) calls.unmapView(view);
    calls.close(mapping);
  }
}

function busy(owner: ReturnType<typeof lockOwner>): UnderstudyError {
  const who = owner === null ? '' : ` (process ${owner.agentPid}, its key guard ${owner.guardPid})`;
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-busy',
    message: `Another agent${who} presses keys in this session of Windows; two would release each other's keys.`,
    next: 'End that one first, or press nothing with --dry-run.',
  });
}
