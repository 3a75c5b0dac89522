/** The loop on a virtual clock, where no time passes while it decides: nothing is late, stale or gated. */
import type { LoopOptions } from './loop.js';

export const UNTIMED = {
  gates: [],
  observers: [],
  budgetMs: Number.POSITIVE_INFINITY,
  leaseMs: Number.POSITIVE_INFINITY,
  maxLateInRow: 0,
  onRelease: () => undefined,
  onObserverTrouble: () => undefined,
} as const satisfies Partial<LoopOptions>;
