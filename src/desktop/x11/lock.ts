/**
 * One guard for each display: the owner of the selection `_UNDERSTUDY_KEYS` may press there, and may release what an
 * earlier guard left down. The server removes the owner when its connection ends, for whatever reason, so a lock is
 * never stale, and two names of one display (":7", "unix:7.0") are one lock. Presses nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../../core/errors.js';
import { XConnection } from './connection.js';
import { readNumbers } from './properties.js';
import { whileServedAlone } from './server-grab.js';
import { xlib, type XId } from './xlib.js';

const SELECTION = '_UNDERSTUDY_KEYS';

/** Property of the owner's window: process ids of the agent and of its guard. */
const OWNER_PIDS = '_UNDERSTUDY_PIDS';

/** The atom CARDINAL, X11/Xatom.h. */
const CARDINAL = 6;

/** How long to wait for the display, ms: a guard whose agent was just killed ends within milliseconds. */
const FREE_WITHIN_MS = 1000;
const LOOK_EVERY_MS = 20;

/**
 * Locks the display for this process, until the process ends or the returned connection is closed.
 *
 * @param display ":7"
 * @param agentPid the process that a person would end to free the display
 * @throws UnderstudyError `keyboard-busy`, naming the processes of the guard that holds it; `no-display`, `x11-failed`
 */
export async function lockDisplay(display: string, agentPid: number): Promise<XConnection> {
  const connection = XConnection.open(display);
  try {
    const window = ownerWindow(connection, [agentPid, process.pid]);
    const untilMs = performance.now() + FREE_WITHIN_MS;
    for (;;) {
      const owner = takeIfFree(connection, window);
      if (owner === null) return connection;
      const pids = readNumbers(connection, owner, OWNER_PIDS);
      if (performance.now() >= untilMs) throw busy(connection.name, pids);
      await delay(LOOK_EVERY_MS);
    }
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The process id of the guard that holds the display of this connection; null where none does. */
export function guardOnDisplay(connection: XConnection): number | null {
  const selection = connection.atom(SELECTION);
  const owner = connection.trapReply(() => xlib().selectionOwner(connection.display, selection));
  return owner === 0 ? null : (readNumbers(connection, owner, OWNER_PIDS)?.[1] ?? null);
}

/** A window that is never shown: a selection needs one as its owner. */
function ownerWindow(connection: XConnection, pids: readonly number[]): XId {
  const x = xlib();
  const property = connection.atom(OWNER_PIDS);
  const items = BigUint64Array.from(pids, BigInt); // format 32 is C longs
  return connection.trap(() => {
    const window = x.createSimpleWindow(connection.display, connection.root, -1, -1, 1, 1, 0, 0, 0);
    x.changeProperty(connection.display, window, property, CARDINAL, 32, 0, items, items.length);
    return window;
  });
}

/**
 * Becomes the owner where there is none. X lets any client take a selection from its owner, so no other client is
 * served between the check and the take.
 *
 * @returns the window that owns it; null when it is ours now
 */
function takeIfFree(connection: XConnection, window: XId): XId | null {
  const x = xlib();
  const selection = connection.atom(SELECTION);
  const currentTime = 0;
  return connection.trap(() =>
    whileServedAlone(connection, () => {
      const owner = x.selectionOwner(connection.display, selection);
      if (owner !== 0) return owner;
      x.setSelectionOwner(connection.display, selection, window, currentTime);
      return null;
    }),
  );
}

function busy(display: string, pids: readonly number[] | null): UnderstudyError {
  const [agentPid, guardPid] = pids ?? [];
  const who = agentPid === undefined ? '' : ` (process ${agentPid}, its key guard ${guardPid ?? 'unknown'})`;
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-busy',
    message: `Another agent${who} presses keys on the display '${display}'; two would release each other's keys.`,
    next: 'End that one first, run on another display, or press nothing with --dry-run.',
  });
}
