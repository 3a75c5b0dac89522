/** Chooses what watches the keyboard during a recording, and which keys are recorded, under their log names. */
import { bindKeys, type KeysymOfAction } from '../../keyboard/key-map.js';
import { UnderstudyError } from '../../core/errors.js';
import { realKeys } from '../../desktop/key-injector.js';
import type { Desktop } from '../../desktop/desktop.js';
import { ofAnotherPlatform } from '../../desktop/of-another-platform.js';
import { isButtonName, placeOf } from '../../desktop/key-layout.js';
import type { KeySourceKind, KeyWatch, KeyWatchListener, PhysicalKey } from '../../desktop/key-watch.js';
import { logNameOf, type RecordedKeys } from './log-names.js';

/** The ways to watch the keyboard; `auto` is the best one of the platform. */
export const KEY_SOURCES = ['auto', 'xi2', 'windows-hook', 'uiohook'] as const;
export type KeySourceChoice = (typeof KEY_SOURCES)[number];

export interface KeySource {
  readonly kind: KeySourceKind;
  /** The log name of a game key or hot key; null for every other key. */
  nameOf(key: PhysicalKey): string | null;
  /** Starts watching: earlier keys are not seen. */
  watch(listener: KeyWatchListener): Promise<KeyWatch>;
}

/**
 * Looks the keys up and chooses what will watch them.
 *
 * @param desktop of the game window
 * @throws UnderstudyError as bindKeys does; `bad-option` for a source of another platform
 */
export function chooseKeySource(
  choice: KeySourceChoice,
  desktop: Desktop,
  keys: KeysymOfAction,
  recorded: Pick<RecordedKeys, 'keysyms'>,
): KeySource {
  const kind = choice === 'auto' ? desktop.keySources[0] : choice;
  const watch = (listener: KeyWatchListener): Promise<KeyWatch> => desktop.watchKeys({ ...listener, from: kind });
  if (kind === 'uiohook') {
    refuseUnseenByHook(recorded.keysyms);
    const names = new Set(recorded.keysyms);
    return {
      kind,
      nameOf: ({ keysym }) => (keysym !== null && names.has(keysym) ? logNameOf(keysym) : null),
      watch,
    };
  }
  if (!desktop.keySources.includes(kind)) {
    throw ofAnotherPlatform('--keys-from', kind);
  }
  const names = namesByKeycode(desktop, keys, recorded);
  return {
    kind,
    nameOf: ({ keycode }) => names.get(keycode) ?? null,
    watch,
  };
}

/** The hook reports keysyms of a US keyboard, and its watch takes no mouse buttons. */
function refuseUnseenByHook(names: readonly string[]): void {
  const unseen = names.find((name) => isButtonName(name) || placeOf(name) !== null);
  if (unseen === undefined) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'key-unreachable',
    message: `'${unseen}' cannot be recorded through uiohook: mouse buttons and keys by their place need X Input 2.`,
    next: 'Record on X11 without --keys-from, or give the action a key by its keysym name with --keys.',
  });
}

/** By keycode: a key is the same one with Shift held, and a keysym may have several names. */
function namesByKeycode(
  desktop: Desktop,
  keys: KeysymOfAction,
  recorded: Pick<RecordedKeys, 'keysyms'>,
): Map<number, string> {
  using layout = desktop.openLayout();
  const names = new Map(realKeys(bindKeys(keys, layout)).map(({ name, keycode }) => [keycode, logNameOf(name)]));
  for (const hotKey of recorded.keysyms.slice(names.size)) {
    let place = layout.find(hotKey);
    // on a French layout the key of '1' gives '&' without a modifier; it is still that key
    if (place.found === 'with-modifier' && place.plainName !== null) place = layout.find(place.plainName);
    if (place.found !== 'plain') {
      throw new UnderstudyError({
        kind: place.found === 'unknown' ? 'usage' : 'environment',
        code: place.found === 'unknown' ? 'unknown-key' : 'key-unreachable',
        message: `The hot key '${hotKey}' is ${place.found === 'unknown' ? 'no key name' : `on no key of ${layout.title}`}.`,
        next: 'Choose others with --hot-keys, by their keysym names: --hot-keys F1,F8,F9.',
      });
    }
    names.set(place.keycode, logNameOf(hotKey));
  }
  return names;
}
