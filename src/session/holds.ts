/** Holds of keys, each from its press to its release, also those that no frame shows. */
import type { PlayedBy } from './format/event-lines.js';
import { firstAt } from './frame-log.js';
import type { Session } from './session.js';

/** One press of a key. */
export interface Hold {
  readonly key: string;
  readonly action: string;
  /** Who pressed it; null where the log does not say. The agent and a person on one key are two holds. */
  readonly source: PlayedBy | null;
  /** Unix seconds. */
  readonly from: number;
  /** Unix seconds; the last frame's time where the log has no release. */
  readonly to: number;
  /** False where the log ends with the key down. */
  readonly released: boolean;
}

/** An event without a partner: the press of a key that is down, or the release of a key that is up. */
export interface Unpaired {
  readonly kind: 'press' | 'release';
  readonly key: string;
  /** Unix seconds. */
  readonly t: number;
}

/** Pairs presses with releases: the holds, by their start, and the events without a partner. */
export function pairHolds(session: Session): {
  readonly holds: readonly Hold[];
  readonly unpaired: readonly Unpaired[];
} {
  const down = new Map<string, Pick<Hold, 'key' | 'action' | 'source' | 'from'>>();
  const holds: Hold[] = [];
  const unpaired: Unpaired[] = [];
  for (const { key, action, source, t, down: pressed } of session.events) {
    const id = `${source ?? ''} ${key}`;
    const open = down.get(id);
    if (pressed === (open !== undefined)) {
      unpaired.push({ kind: pressed ? 'press' : 'release', key, t });
    } else if (open === undefined) {
      down.set(id, { key, action, source, from: t });
    } else {
      holds.push({ ...open, to: t, released: true });
      down.delete(id);
    }
  }
  const lastTime = session.frames.times[session.frames.count - 1];
  for (const open of down.values()) holds.push({ ...open, to: Math.max(open.from, lastTime), released: false });
  holds.sort((a, b) => a.from - b.from);
  return { holds, unpaired };
}

/** True where no frame lies in [from, to): no frame shows the press. */
export function isBetweenFrames(hold: Hold, times: Float64Array): boolean {
  const next = firstAt(times, hold.from);
  return next === times.length || times[next] >= hold.to;
}
