/**
 * The guard's access to the keys of its desktop: takes the right to press there, releases keys that earlier agents left
 * down, opens the injector and the watch, and keeps the note of the keys. Does not depend on a platform and presses
 * nothing by itself.
 */
import { monotonicMs } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Desktop, DesktopId } from '../../desktop/desktop.js';
import { realKeys, type KeyInjector } from '../../desktop/key-injector.js';
import type { KeyObservation } from '../../desktop/key-watch.js';
import { removeKeyNote, writeKeyNote, type KeyNote } from '../key-notes.js';
import { releaseNotedKeys } from '../release-keys.js';
import type { SeenKey } from './hands.js';
import type { Hello, HotKey } from './protocol.js';
import type { GuardWatch, GuardWatchListener } from './watched-hands.js';

export interface DesktopKeysOptions {
  /** The desktop that a hello names. */
  readonly openDesktop: (id: DesktopId) => Desktop;
  /** The process that the user would end to free the desktop. */
  readonly agentPid: number;
  readonly guardPid: number;
}

/** A guard opens one desktop in its lifetime, in this sequence: injector, watch, note. */
export class DesktopKeys {
  readonly #options: DesktopKeysOptions;
  #injector: KeyInjector | undefined;
  #note: KeyNote | null = null;

  constructor(options: DesktopKeysOptions) {
    this.#options = options;
  }

  /** @throws UnderstudyError as the desktop's `lock`, `releaseLeftovers` and `openInjector` */
  async openInjector({ desktop: id, sink, keys, gameWindow }: Hello): Promise<KeyInjector> {
    const desktop = this.#options.openDesktop(id);
    // without the lock, another agent may press here, and a key that is down may be its key
    if (await desktop.lock(this.#options.agentPid)) await releaseNotedKeys(desktop);
    this.#injector = await desktop.openInjector(sink, keys, gameWindow);
    return this.#injector;
  }

  /** @throws UnderstudyError where keys cannot be watched */
  async openWatch({ desktop: id, watch }: Hello, { onKey, onLost }: GuardWatchListener): Promise<GuardWatch> {
    const hotKeys = watch?.hotKeys ?? [];
    return await this.#options.openDesktop(id).watchKeys({
      beside: this.#injector,
      onKey: (key) => {
        const seen = seenKey(key, hotKeys);
        if (seen !== null) onKey(seen);
      },
      onLost,
    });
  }

  /** Writes a note of the keys that may be down from now on. @returns a warning for the user where it could not; or null */
  noteKeys({ desktop: id, keys }: Hello): string | null {
    const { openDesktop, agentPid, guardPid } = this.#options;
    try {
      this.#note = writeKeyNote({ display: openDesktop(id).name, agentPid, guardPid, keys: realKeys(keys) });
      return null;
    } catch (error) {
      return `after a double kill nothing would know which keys may be down: ${messageOf(error)}`;
    }
  }

  /** Removes the note, if any: no key is down any more. */
  removeNote(): void {
    if (this.#note !== null) removeKeyNote(this.#note);
  }
}

/**
 * A key as the guard uses it; null for a key that it has no use for. A watch that cannot distinguish a person's keys
 * from a program's has its own key numbers: there, only hot keys are known, by their names.
 */
function seenKey(
  { keycode, keysym, down, synthetic, device, atMs }: KeyObservation,
  hotKeys: readonly HotKey[],
): SeenKey | null {
  const known = synthetic === null ? hotKeys.find((key) => key.name === keysym)?.keycode : keycode;
  const onPipeClockMs = monotonicMs() - (performance.now() - atMs);
  if (known === undefined) return null;
  return { keycode: known, down, synthetic: synthetic ?? true, device, atMs: onPipeClockMs };
}
