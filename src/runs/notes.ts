/** The releases and refused presses of a run: for its log, its summary, and for a few seconds its status line. */
import type { ActionSet } from '../core/action-set.js';
import type { GuardEvent } from '../keyboard/guard-events.js';
import type { RefusalCount, ReleaseEvent, RunSummary } from './summary.js';

/** Releases kept for the summary; the log has them all. */
const RELEASES_KEPT = 1000;
/** How long the status line shows one, ms. */
const NOTICE_MS = 3000;

export class RunNotes {
  readonly #actions: ActionSet;
  readonly #log: (message: string, fields: object) => void;
  readonly #releases: ReleaseEvent[] = [];
  readonly #refusals = new Map<string, RefusalCount>();
  #releaseCount = 0;
  #last: ReleaseEvent | null = null;
  #notice: { readonly text: string; readonly atMs: number } | null = null;

  /** @param actions the actions of the guard's held sets */
  constructor(actions: ActionSet, log: (message: string, fields: object) => void) {
    this.#actions = actions;
    this.#log = log;
  }

  /** All that were noted. */
  get releaseCount(): number {
    return this.#releaseCount;
  }

  get lastRelease(): ReleaseEvent | null {
    return this.#last;
  }

  /** Notes that keys were released. */
  release({ reason, afterMs, by, actions, gate }: Omit<ReleaseEvent, 'gate'> & { gate?: string | null }): void {
    const event = { reason, afterMs: Number(afterMs.toFixed(1)), by, actions, ...(gate ? { gate } : {}) };
    this.#releaseCount += 1;
    this.#last = event;
    if (this.#releases.length < RELEASES_KEPT) this.#releases.push(event);
    this.#log('released', event);
    this.#show(actions, 'released', reason);
  }

  /** Notes a release by the guard, or by the agent in its place. */
  releaseByGuard(event: Extract<GuardEvent, { kind: 'released' }>): void {
    const { by, reason, afterMs, held } = event;
    // a release that the daemon asked for is noted by the part that asked
    if (by !== 'daemon') this.release({ by, reason, afterMs, actions: this.#actions.heldNames(held) });
  }

  /** Notes that a limit prevented presses. */
  refusal(reason: string, keys: readonly string[]): void {
    const key = `${reason} ${keys.join(' ')}`;
    this.#refusals.set(key, { reason, keys, times: (this.#refusals.get(key)?.times ?? 0) + 1 });
    this.#log('refused', { reason, keys });
    this.#show(keys, 'refused', reason);
  }

  /** "JUMP released: takeover" for a few seconds, then null. */
  recent(): string | null {
    return this.#notice !== null && performance.now() - this.#notice.atMs < NOTICE_MS ? this.#notice.text : null;
  }

  summary(): Pick<RunSummary, 'releases' | 'releaseCount' | 'refusals'> {
    return {
      releases: this.#releases,
      releaseCount: this.#releaseCount,
      refusals: [...this.#refusals.values()],
    };
  }

  #show(keys: readonly string[], what: string, reason: string): void {
    this.#notice = { text: `${keys.join('+')} ${what}: ${reason}`, atMs: performance.now() };
  }
}
