/**
 * Releases keys of an X display from outside the guard: what a dead guard left down, or everything that is down. Only
 * releases, and the server has handled the releases when a function here returns.
 */
import type { Desktop, ReleaseResult } from '../desktop.js';
import type { NamedKey } from '../key-injector.js';
import { buttonNameOf } from './buttons.js';
import type { XConnection } from './connection.js';
import { keysymName, keysymOf, x11Layout } from './keysyms.js';
import { guardOnDisplay } from './lock.js';
import { heldBy, requireXInput2 } from './xinput2.js';
import { keysAndButtonsDown, keysDown, requireXTest, sendKey } from './xtest.js';

/** As {@link Desktop.releaseLeftovers}: what programs hold down through XTEST. */
export function releaseInjected(connection: XConnection, keys: readonly NamedKey[]): ReadonlySet<number> {
  requireXTest(connection);
  requireXInput2(connection);
  const held = heldBy(connection, 'program');
  const hands = heldBy(connection, 'person');
  const keycodes = keys.map(({ keycode }) => keycode);
  const left = new Set(keycodes.filter((keycode) => held.has(keycode) && !hands.has(keycode)));
  for (const keycode of left) sendKey(connection, keycode, false);
  keysDown(connection); // a round trip: the releases have been handled
  return left;
}

/** As {@link Desktop.releaseDown}. */
export function releaseDown(connection: XConnection, choose: Parameters<Desktop['releaseDown']>[0]): ReleaseResult {
  requireXTest(connection);
  const before = keysAndButtonsDown(connection);
  const keycodes = choose({ layout: x11Layout(connection), lockOwner: guardOnDisplay(connection) });
  const wanted = keycodes === 'all' ? [...before] : keycodes;
  requireXInput2(connection);
  // also the keys that are down on the XTEST device alone: it would swallow their next press
  const injected = heldBy(connection, 'program');
  const hands = keycodes === 'all' ? new Set<number>() : heldBy(connection, 'person');
  const toRelease = new Set(wanted.filter((key) => (before.has(key) || injected.has(key)) && !hands.has(key)));
  if (keycodes === 'all') for (const keycode of injected) toRelease.add(keycode);
  for (const keycode of toRelease) sendKey(connection, keycode, false);
  const after = keysAndButtonsDown(connection);
  const inHand = wanted.filter((key) => hands.has(key));
  const name = (keycode: number) =>
    buttonNameOf(keycode) ?? keysymName(keysymOf(connection, keycode)) ?? `keycode ${keycode}`;
  return {
    released: [...toRelease].filter((keycode) => !after.has(keycode)).map(name),
    stillDown: [...new Set([...toRelease, ...inHand])].filter((keycode) => after.has(keycode)).map(name),
  };
}
