/**
 * Releasing keys from outside the guard: what a dead guard left down, and `understudy release`. Releases only; knows which
 * keys, and leaves to the desktop how.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { Desktop, ReleaseResult } from '../desktop/desktop.js';
import { bindKeys, type KeyBindings, type KeysymOfAction } from './key-map.js';
import { readKeyNotes, removeKeyNote, type KeyNote } from './key-notes.js';

/**
 * Releases what is still down of the keys that notes name, hands left alone, and removes the notes. Only for who knows
 * that no agent presses them any more.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
 */
export async function releaseNotedKeys(
  desktop: Pick<Desktop, 'releaseLeftovers'>,
  notes: readonly KeyNote[],
): Promise<void> {
  await desktop.releaseLeftovers(notes.flatMap(({ keys }) => keys));
  for (const note of notes) removeKeyNote(note);
}

/**
 * Releases the bound keys in place of a guard that is lost: on X11 before this returns.
 *
 * @param released notified of the actions whose keys went up
 * @param failed notified of why they could not
 * @returns resolves once one of them was notified; never rejects
 */
export function releaseWithoutGuard(
  desktop: Pick<Desktop, 'releaseLeftovers'>,
  bindings: KeyBindings,
  released: (held: HeldActions) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  const tell = (keycodes: ReadonlySet<number>): void => released(actionsOf(keycodes, bindings));
  try {
    const up = desktop.releaseLeftovers(bindings);
    if (up instanceof Promise) return up.then(tell, failed);
    tell(up);
  } catch (error) {
    failed(error);
  }
  return Promise.resolve();
}

function actionsOf(keycodes: ReadonlySet<number>, bindings: KeyBindings): HeldActions {
  return bindings.reduce((held, { keycode }, index) => (keycodes.has(keycode) ? held | (1 << index) : held), NONE_HELD);
}

/**
 * Releases the mapped keys and those that dead agents noted on this desktop, or with 'all' every key that it shows down.
 * A mapped key in a person's hand is left there.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`, and what {@link bindKeys} throws
 */
export function releaseEveryKey(
  desktop: Pick<Desktop, 'isNamed' | 'releaseDown'>,
  keys: KeysymOfAction | 'all',
): ReleaseResult {
  let ofTheDead: readonly KeyNote[] = [];
  const result = desktop.releaseDown(({ layout, lockOwner }) => {
    ofTheDead = readKeyNotes(desktop).filter((note) => note.guardPid !== lockOwner);
    if (keys === 'all') return 'all';
    const mapped = bindKeys(keys, layout).map(({ keycode }) => keycode);
    return [...mapped, ...ofTheDead.flatMap((note) => note.keys.map(({ keycode }) => keycode))];
  });
  for (const note of ofTheDead) removeKeyNote(note);
  return result;
}
