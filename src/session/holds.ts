/** Presses as a person makes them: from a key's press to its release, whatever the frames saw of it. */
import type { ActionName } from '../core/actions.js';
import type { Session } from './session.js';

/** One press of a key. */
export interface Hold {
  readonly key: string;
  readonly action: ActionName;
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
  const down = new Map<string, { action: ActionName; from: number }>();
  const holds: Hold[] = [];
  const unpaired: Unpaired[] = [];
  for (const { key, action, t, down: pressed } of session.events) {
    const open = down.get(key);
    if (pressed === (open !== undefined)) {
      unpaired.push({ kind: pressed ? 'press' : 'release', key, t });
    } else if (open === undefined) {
      down.set(key, { action, from: t });
    } else {
      holds.push({ key, action, from: open.from, to: t, released: true });
      down.delete(key);
    }
  }
  const lastTime = session.frames.times[session.frames.count - 1];
  for (const [key, { action, from }] of down) {
    holds.push({ key, action, from, to: Math.max(from, lastTime), released: false });
  }
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
