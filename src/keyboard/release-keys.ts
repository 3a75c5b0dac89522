/**
 * Letting go of keys from outside the guard: what a dead guard left down, and `understudy release`. Releases only;
 * opens a connection of its own and closes it again.
 */
import { NONE_HELD, type HeldActions } from '../core/actions.js';
import { XConnection } from '../x11/connection.js';
import { keysymName, keysymOf } from '../x11/keysyms.js';
import { inputDevices, keysDownOn, requireXInput2 } from '../x11/xinput2.js';
import { keysDown, requireXTest, sendKey } from '../x11/xtest.js';
import { bindKeys, type KeyBindings, type KeyMap } from './key-map.js';
import { x11Layout } from './x11-layout.js';

/** What a release came to. */
export interface ReleaseResult {
  /** Names of the keys that were down and are up now. */
  readonly released: readonly string[];
  /** Names of the keys that are still down: a person, or another device than XTEST's, holds them. */
  readonly stillDown: readonly string[];
}

/**
 * Releases the keys that programs hold down through XTEST, among the bound ones. A key in a person's hand is left
 * alone.
 *
 * @returns the actions whose keys were released
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
 */
export function releaseInjectedKeys(display: string | null, bindings: KeyBindings): HeldActions {
  using connection = XConnection.open(display ?? undefined);
  requireXTest(connection);
  const held = heldThroughXTest(connection);
  let released = NONE_HELD;
  for (const [index, { keycode }] of bindings.entries()) {
    if (!held.has(keycode)) continue;
    sendKey(connection, keycode, false);
    released |= 1 << index;
  }
  keysDown(connection); // a round trip: the releases have been handled
  return released;
}

/** Releases every bound key through nut-js, which cannot say what is down: a release of a key that is up is nothing. */
export async function releaseThroughNutJs(bindings: KeyBindings): Promise<HeldActions> {
  const { openNutJs } = await import('./guard/nut-js.js');
  const injector = await openNutJs({ display: null, keys: bindings });
  for (const index of bindings.keys()) injector.send(index, false);
  await injector.settle();
  return (1 << bindings.length) - 1;
}

/**
 * Lets go of the mapped keys, or with 'all' of every key that the server shows down.
 *
 * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`, and what {@link bindKeys} throws
 */
export function releaseEveryKey(display: string | null, keys: KeyMap | 'all'): ReleaseResult {
  using connection = XConnection.open(display ?? undefined);
  requireXTest(connection);
  const before = keysDown(connection);
  const wanted = keys === 'all' ? [...before] : bindKeys(keys, x11Layout(connection)).map((binding) => binding.keycode);
  // those that only XTEST knows to be down too: they would swallow the next press
  const injected = heldThroughXTest(connection);
  const toRelease = new Set([...wanted.filter((key) => before.has(key) || injected.has(key))]);
  if (keys === 'all') for (const keycode of injected) toRelease.add(keycode);
  for (const keycode of toRelease) sendKey(connection, keycode, false);
  const after = keysDown(connection);
  const name = (keycode: number) => keysymName(keysymOf(connection, keycode)) ?? `keycode ${keycode}`;
  return {
    released: [...toRelease].filter((keycode) => !after.has(keycode)).map(name),
    stillDown: [...toRelease].filter((keycode) => after.has(keycode)).map(name),
  };
}

function heldThroughXTest(connection: XConnection): Set<number> {
  requireXInput2(connection);
  const devices = inputDevices(connection).filter((device) => device.synthetic && device.use === 'keyboard');
  return new Set(devices.flatMap((device) => [...(keysDownOn(connection, device.id) ?? [])]));
}
