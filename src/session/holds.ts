/** Presses as a person makes them: from a key's press to its release, whatever the frames saw of it. */
import type { PlayedBy } from './played-by.js';
import type { Session } from './session.js';

/** One press of a key. */
export interface Hold {
  readonly key: string;
  readonly action: string;
  /** Whose hand; null where the log does not say. Two hands on one key are two holds. */
  readonly source: PlayedBy | null;
  /** Unix seconds. */
  readonly from: number;
  /** Unix seconds; the last frame's time where the key never came up. */
  readonly to: number;
  /** False where the log ends with the key down. */
  readonly released: boolean;
}

/** What does not pair up: presses of a key that is down, releases of one that is up. */
export interface Unpaired {
  readonly kind: 'press' | 'release';
  readonly key: string;
  /** Unix seconds. */
  readonly t: number;
}

/** Pairs presses with releases; holds by their start, events that do not pair beside them. */
export function pairHolds(session: Session): {
  readonly holds: readonly Hold[];
  readonly unpaired: readonly Unpaired[];
} {
  const down = new Map<string, Pick<Hold, 'key' | 'action' | 'source' | 'from'>>();
  const holds: Hold[] = [];
  const unpaired: Unpaired[] = [];
  for (const { key, action, source, t, down: pressed } of session.events) {
    const hand = `${source ?? ''} ${key}`;
    const open = down.get(hand);
    if (pressed === (open !== undefined)) {
      unpaired.push({ kind: pressed ? 'press' : 'release', key, t });
    } else if (open === undefined) {
      down.set(hand, { key, action, source, from: t });
    } else {
      holds.push({ ...open, to: t, released: true });
      down.delete(hand);
    }
  }
  const lastTime = session.frames.times[session.frames.count - 1];
  for (const open of down.values()) holds.push({ ...open, to: Math.max(open.from, lastTime), released: false });
  holds.sort((a, b) => a.from - b.from);
  return { holds, unpaired };
}

/** True where no frame lies in [from, to): at the frame rate the press cannot be seen. */
export function isBetweenFrames(hold: Hold, times: Float64Array): boolean {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < hold.from) low = middle + 1;
    else high = middle;
  }
  return low === times.length || times[low] >= hold.to;
}
