/**
 * Letting go of keys from outside the guard: what a dead guard left down, and `understudy release`. Releases only;
 * opens a connection of its own and closes it again.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import { XConnection } from '../desktop/x11/connection.js';
import { keysymName, keysymOf } from '../desktop/x11/keysyms.js';
import { isX11Platform } from '../desktop/platform.js';
import { inputDevices, keysDownOn, requireXInput2 } from '../desktop/x11/xinput2.js';
import { keysDown, requireXTest, sendKey } from '../desktop/x11/xtest.js';
import { heldByHand } from './human-keys.js';
import { bindKeys, type KeyBindings, type KeysymOfAction } from './key-map.js';
import { guardOnDisplay } from './guard/display-lock.js';
import { readKeyNotes, removeKeyNote, type KeyNote } from './key-notes.js';
import { x11Layout } from './x11-layout.js';

/** What a release came to. */
export interface ReleaseResult {
  /** Names of the keys that were down and are up now. */
  readonly released: readonly string[];
  /** Names of the keys that are still down: a person, or another device than XTEST's, holds them. */
  readonly stillDown: readonly string[];
}

/**
 * Releases the keys that programs hold down through XTEST, among the bound ones. A key that is in a person's hand too is
 * left to the hand.
 *
 * @returns the actions whose keys were released
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
 */
export function releaseInjectedKeys(display: string | null, bindings: KeyBindings): HeldActions {
  using connection = XConnection.open(display ?? undefined);
  requireXTest(connection);
  const held = heldThroughXTest(connection);
  const hands = heldByHand(connection);
  let released = NONE_HELD;
  for (const [index, { keycode }] of bindings.entries()) {
    if (!held.has(keycode) || hands.has(keycode)) continue;
    sendKey(connection, keycode, false);
    released |= 1 << index;
  }
  keysDown(connection); // a round trip: the releases have been handled
  return released;
}

/**
 * Releases what is still down of the keys that notes tell of, hands left alone, and removes the notes. Only for who
 * knows that nobody presses them any more.
 *
 * @returns names of the keys that were released
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
 */
export function releaseNotedKeys(display: string | null, notes: readonly KeyNote[]): readonly string[] {
  const keys = new Map(notes.flatMap((note) => note.keys.map(({ name, keycode }) => [keycode, name])));
  using connection = XConnection.open(display ?? undefined);
  requireXTest(connection);
  const held = heldThroughXTest(connection);
  const hands = heldByHand(connection);
  const left = [...keys].filter(([keycode]) => held.has(keycode) && !hands.has(keycode));
  for (const [keycode] of left) sendKey(connection, keycode, false);
  keysDown(connection); // a round trip: the releases have been handled
  for (const note of notes) removeKeyNote(note);
  return left.map(([, name]) => name);
}

/**
 * Lets go of the bound keys in place of a guard that is lost: on X11 before this returns.
 *
 * @param released told which actions' keys went up
 * @param failed told why they could not
 * @returns resolves once one of them was told; never rejects
 */
export function releaseWithoutGuard(
  display: string | null,
  bindings: KeyBindings,
  released: (held: HeldActions) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  if (!isX11Platform()) return releaseThroughNutJs(bindings).then(released, failed);
  try {
    released(releaseInjectedKeys(display, bindings));
  } catch (error) {
    failed(error);
  }
  return Promise.resolve();
}

/** Releases every bound key through nut-js, which cannot say what is down: a release of a key that is up is nothing. */
async function releaseThroughNutJs(bindings: KeyBindings): Promise<HeldActions> {
  const { openNutJs } = await import('./guard/nut-js.js');
  const injector = await openNutJs({ display: null, keys: bindings });
  for (const index of bindings.keys()) injector.send(index, false);
  await injector.settle();
  return (1 << bindings.length) - 1;
}

/**
 * Lets go of the mapped keys and of those that dead agents noted on this display, or with 'all' of every key that the
 * server shows down. A mapped key in a person's hand is left there.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`, and what {@link bindKeys} throws
 */
export function releaseEveryKey(display: string | null, keys: KeysymOfAction | 'all'): ReleaseResult {
  using connection = XConnection.open(display ?? undefined);
  requireXTest(connection);
  const before = keysDown(connection);
  const living = guardOnDisplay(connection);
  const notes = readKeyNotes(connection.name).filter((note) => note.guardPid !== living);
  const noted = notes.flatMap((note) => note.keys.map((key) => key.keycode));
  const mapped = keys === 'all' ? [] : bindKeys(keys, x11Layout(connection)).map((binding) => binding.keycode);
  const wanted = keys === 'all' ? [...before] : [...mapped, ...noted];
  // those that only XTEST knows to be down too: they would swallow the next press
  const injected = heldThroughXTest(connection);
  const hands = keys === 'all' ? new Set<number>() : heldByHand(connection);
  const toRelease = new Set(wanted.filter((key) => (before.has(key) || injected.has(key)) && !hands.has(key)));
  if (keys === 'all') for (const keycode of injected) toRelease.add(keycode);
  for (const keycode of toRelease) sendKey(connection, keycode, false);
  const after = keysDown(connection);
  for (const note of notes) removeKeyNote(note);
  const inHand = wanted.filter((key) => hands.has(key));
  const name = (keycode: number) => keysymName(keysymOf(connection, keycode)) ?? `keycode ${keycode}`;
  return {
    released: [...toRelease].filter((keycode) => !after.has(keycode)).map(name),
    stillDown: [...new Set([...toRelease, ...inHand])].filter((keycode) => after.has(keycode)).map(name),
  };
}

function heldThroughXTest(connection: XConnection): Set<number> {
  requireXInput2(connection);
  const devices = inputDevices(connection).filter((device) => device.synthetic && device.use === 'keyboard');
  return new Set(devices.flatMap((device) => [...(keysDownOn(connection, device.id) ?? [])]));
}
