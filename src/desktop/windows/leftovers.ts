/**
 * Releases keys from outside the guard. Windows has one state for each key and does not say what pressed it: a key that a
 * person holds goes up too, and down again when the keyboard repeats it. Only releases.
 */
import type { Desktop, ReleaseResult } from '../desktop.js';
import type { NamedKey } from '../key-injector.js';
import { refusedByWindows, sendKey } from './injector.js';
import { allDown, isDown } from './key-state.js';
import { currentLayout, nameOfKey, virtualKeyOf, windowsLayout, type LayoutHandle } from './layout.js';
import { lockOwner } from './lock.js';

/** As {@link Desktop.releaseLeftovers}. @throws UnderstudyError `keyboard-failed` where Windows refuses one; all were tried */
export function releaseKeys(keys: readonly NamedKey[]): ReadonlySet<number> {
  const layout = currentLayout();
  const down = keys.map(({ keycode }) => keycode).filter((keycode) => isDown(keycode, layout));
  const refused = down.filter((keycode) => !release(keycode, layout));
  if (refused.length > 0) throw refusedByWindows(refused.map((keycode) => nameOf(keycode, layout)).join(', '), false);
  return new Set(down);
}

/** As {@link Desktop.releaseDown}. */
export function releaseDown(choose: Parameters<Desktop['releaseDown']>[0]): ReleaseResult {
  const layout = currentLayout();
  const wanted = choose({ layout: windowsLayout(layout), lockOwner: lockOwner()?.guardPid ?? null });
  const toRelease =
    wanted === 'all' ? allDown(layout) : [...new Set(wanted)].filter((keycode) => isDown(keycode, layout));
  for (const keycode of toRelease) release(keycode, layout);
  const name = (keycode: number) => nameOf(keycode, layout);
  return {
    released: toRelease.filter((keycode) => !isDown(keycode, layout)).map(name),
    stillDown: toRelease.filter((keycode) => isDown(keycode, layout)).map(name),
  };
}

/** @returns false where Windows refuses it */
function release(keycode: number, layout: LayoutHandle): boolean {
  return sendKey(keycode, virtualKeyOf(keycode, layout), false);
}

const nameOf = (keycode: number, layout: LayoutHandle): string => nameOfKey(keycode, layout) ?? `keycode ${keycode}`;
