/**
 * The keys of a guard on its desktop: takes the right to press there, releases what earlier agents left down, opens what
 * presses and what watches, and keeps the note of the keys. Knows no platform and presses nothing by itself.
 */
import { monotonicMs } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Desktop, DesktopId } from '../../desktop/desktop.js';
import type { KeyInjector } from '../../desktop/key-injector.js';
import type { KeyObservation } from '../../desktop/key-watch.js';
import { readKeyNotes, removeKeyNote, writeKeyNote, type KeyNote } from '../key-notes.js';
import { releaseNotedKeys } from '../release-keys.js';
import type { SeenKey } from './hands.js';
import type { Hello } from './protocol.js';
import type { GuardWatch, GuardWatchListener } from './watched-hands.js';

export interface DesktopKeysOptions {
  /** The desktop that a hello names. */
  readonly openDesktop: (id: DesktopId) => Desktop;
  /** Who would be ended to free the desktop. */
  readonly agentPid: number;
  readonly guardPid: number;
}

/** A guard opens one desktop in its life, in this order: injector, watch, note. */
export class DesktopKeys {
  readonly #options: DesktopKeysOptions;
  #injector: KeyInjector | undefined;
  #note: KeyNote | null = null;

  constructor(options: DesktopKeysOptions) {
    this.#options = options;
  }

  /** @throws UnderstudyError as the desktop's `lock`, `releaseLeftovers` and `openInjector` */
  async openInjector({ desktop: id, sink, keys }: Hello): Promise<KeyInjector> {
    const desktop = this.#options.openDesktop(id);
    // where nothing says that no other agent presses here, what is down may be that agent's
    if (await desktop.lock(this.#options.agentPid)) await clearNotedKeys(desktop);
    this.#injector = await desktop.openInjector(sink, keys);
    return this.#injector;
  }

  /** @throws UnderstudyError where nothing can be watched */
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

  /** Writes down which keys may be down from now on. @returns what has to be done without, for people; null where nothing */
  noteKeys({ desktop: id, keys }: Hello): string | null {
    const { openDesktop, agentPid, guardPid } = this.#options;
    try {
      this.#note = writeKeyNote({ display: openDesktop(id).name, agentPid, guardPid, keys });
      return null;
    } catch (error) {
      return `after a double kill nobody would know of its keys: ${messageOf(error)}`;
    }
  }

  /** Removes the note, where there is one: no key is down any more. */
  removeNote(): void {
    if (this.#note !== null) removeKeyNote(this.#note);
  }
}

/** What an earlier agent of this desktop left down, under another key map too. The desktop is ours by now. */
async function clearNotedKeys(desktop: Desktop): Promise<void> {
  const notes = readKeyNotes(desktop);
  if (notes.length > 0) await releaseNotedKeys(desktop, notes);
}

/**
 * A key as the guard judges it; null for one that means nothing to it. A watch that cannot tell hands from programs has
 * numbers of its own for keys: of those, hot keys alone are known, by their names.
 */
function seenKey(
  { keycode, keysym, down, synthetic, device, atMs }: KeyObservation,
  hotKeys: NonNullable<Hello['watch']>['hotKeys'],
): SeenKey | null {
  const known = synthetic === null ? hotKeys.find((key) => key.name === keysym)?.keycode : keycode;
  const onPipeClockMs = monotonicMs() - (performance.now() - atMs);
  if (known === undefined) return null;
  return { keycode: known, down, synthetic: synthetic ?? true, device, atMs: onPipeClockMs };
}
