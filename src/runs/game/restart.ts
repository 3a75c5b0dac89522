/**
 * Leads from one fight to the next: the taps and waits of a game file, through the guard. Runs between fights only, while
 * the loop does not; waits wherever a gate forbids keys, and leaves no key held.
 */
import { firstClosed, type Gate } from '../../agent/gate.js';
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { Clock } from '../../core/clock.js';
import type { KeySink } from '../../core/key-sink.js';
import type { RestartStep } from '../../games/game-file-schema.js';

/** How long a tap holds its key, and the least time to the next one, ms: three pictures of a game at 30 Hz. */
const TAP_MS = 100;
/** How often closed gates are asked again, ms. */
const ASK_EVERY_MS = 50;

export interface RestartParts {
  readonly sink: Pick<KeySink, 'apply' | 'releaseAll'>;
  /** Those of the run that forbid keys; what they judge is not a picture. */
  readonly gates: readonly Gate[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is held to tap a key. */
  readonly taps: ReadonlyMap<string, HeldActions>;
  /** Text for people: what a tap waits for. */
  readonly say: (text: string) => void;
  /** Looks at the game until a fight is on; false after that time. Presses nothing. */
  readonly untilFighting: (withinMs: number) => Promise<boolean>;
}

/**
 * Takes the steps up to the last `until`, which is left to the caller where nothing follows it.
 *
 * @returns how long the next fight may take to begin, ms; null where the file does not say. 'missed' where a fight did
 *   not begin in time before the steps were over
 */
export async function restart(steps: readonly RestartStep[], parts: RestartParts): Promise<number | null | 'missed'> {
  const { clock, signal } = parts;
  for (const [index, step] of steps.entries()) {
    if (signal.aborted) return null;
    if ('waitMs' in step) await clock.sleepUntil(clock.nowMs() + step.waitMs, signal);
    else if ('tap' in step) await tap(step.tap, parts);
    else if (index === steps.length - 1) return step.withinMs;
    else if (!(await parts.untilFighting(step.withinMs))) return 'missed';
  }
  return null;
}

async function tap(key: string, { sink, gates, clock, signal, taps, say }: RestartParts): Promise<void> {
  let waited: string | null = null;
  for (let closed = firstClosed(gates, null); closed !== null && !signal.aborted; closed = firstClosed(gates, null)) {
    if (closed.text !== waited) say(`the restart waits: ${closed.text}`);
    waited = closed.text;
    await clock.sleepUntil(clock.nowMs() + ASK_EVERY_MS, signal);
  }
  if (signal.aborted) return;
  try {
    sink.apply(taps.get(key) ?? NONE_HELD);
    await clock.sleepUntil(clock.nowMs() + TAP_MS, signal);
  } finally {
    sink.releaseAll('end');
  }
  await clock.sleepUntil(clock.nowMs() + TAP_MS, signal);
}
