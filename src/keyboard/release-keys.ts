/**
 * Releases keys from outside the guard: what a dead guard left down, and `understudy release`. Only releases. Decides
 * which keys; the desktop knows how.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { Desktop, ReleaseResult } from '../desktop/desktop.js';
import { realKeys } from '../desktop/key-injector.js';
import { bindKeys, type KeyBindings, type KeysymOfAction } from './key-map.js';
import { readKeyNotes, removeKeyNote, type KeyNote } from './key-notes.js';

/**
 * Releases what earlier agents left down on a desktop, even with another key map, except keys in a person's hand, and
 * removes their notes. Only for callers that know that no agent presses there: the guard that holds the desktop's lock.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
 */
export async function releaseNotedKeys(desktop: Desktop): Promise<void> {
  const notes = readKeyNotes(desktop);
  if (notes.length > 0) await desktop.releaseLeftovers(notes.flatMap(({ keys }) => keys));
  for (const note of notes) removeKeyNote(note);
}

/**
 * Releases the bound keys in place of a lost guard: on X11 before this returns.
 *
 * @param released called with the actions whose keys went up
 * @param failed called with the reason where they could not be released
 * @returns resolves once one of the two was called; never rejects
 */
export function releaseWithoutGuard(
  desktop: Pick<Desktop, 'releaseLeftovers'>,
  bindings: KeyBindings,
  released: (held: HeldActions) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  const report = (keycodes: ReadonlySet<number>): void => released(actionsOf(keycodes, bindings));
  try {
    const up = desktop.releaseLeftovers(realKeys(bindings));
    if (up instanceof Promise) return up.then(report, failed);
    report(up);
  } catch (error) {
    failed(error);
  }
  return Promise.resolve();
}

function actionsOf(keycodes: ReadonlySet<number>, bindings: KeyBindings): HeldActions {
  return bindings.reduce((held, { keycode }, index) => (keycodes.has(keycode) ? held | (1 << index) : held), NONE_HELD);
}

/**
 * Releases the mapped keys and those in the notes of dead agents on this desktop, or with 'all' every key that is down.
 * A mapped key in a person's hand stays down.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`, and what {@link bindKeys} throws
 */
export function releaseEveryKey(
  desktop: Pick<Desktop, 'isNamed' | 'releaseDown'>,
  keys: KeysymOfAction | 'all',
): ReleaseResult {
  let deadNotes: readonly KeyNote[] = [];
  const result = desktop.releaseDown(({ layout, lockOwner }) => {
    deadNotes = readKeyNotes(desktop).filter((note) => note.guardPid !== lockOwner);
    if (keys === 'all') return 'all';
    const mapped = realKeys(bindKeys(keys, layout)).map(({ keycode }) => keycode);
    return [...mapped, ...deadNotes.flatMap((note) => note.keys.map(({ keycode }) => keycode))];
  });
  for (const note of deadNotes) removeKeyNote(note);
  return result;
}
