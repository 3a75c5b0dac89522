/**
 * The loop: at each deadline it applies what is due, grabs a frame, decides, and queues the decision. One loop serves
 * every mode; modes differ in the source, the sink and the gates that they pass in, never here.
 *
 * While the agent may not act, its pictures still go into the policy's window, so that it is ready when it may.
 *
 * It must never leave a key held on any way out, never burst, and never act on a frame that is not fresh.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Decision, Policy } from '../core/policy.js';
import type { Frame, FrameSource } from '../core/frame.js';
import type { KeySink, ReleaseReason } from '../core/key-sink.js';
import type { TickStep, TickObserver, TickReport } from '../core/tick-report.js';
import { Cadence, type Schedule, type ScheduledTick } from '../core/cadence.js';
import { DelayLine } from './delay-line.js';
import { firstClosed, type Closed, type Gate, type PictureGate } from './gate.js';
import { ObserverGroup, type ObserverTrouble } from './observers.js';
import { requireSound } from './sound-decision.js';

export interface LoopOptions {
  readonly clock: Clock;
  readonly source: FrameSource;
  readonly policy: Policy;
  readonly sink: KeySink;
  readonly gates: readonly Gate[];
  /** Asked once the tick's picture is there, before anything is decided on it. Default: none. */
  readonly pictureGates?: readonly PictureGate[];
  readonly observers: readonly TickObserver[];
  /** Ticks a second, > 0. */
  readonly rateHz: number;
  /** Default: a cadence of that rate. */
  readonly schedule?: Schedule;
  /** A tick with lateness + latency above this is late. */
  readonly budgetMs: number;
  /** Ticks between a decision and its application; 0 applies at once (the bundle's horizon says which). */
  readonly applyDelayTicks: number;
  /** How long held keys outlive the last decision, ms; the key guard enforces the same limit from its own process. */
  readonly leaseMs: number;
  /** After this many late ticks in a row everything is released until a decision is on time again. */
  readonly maxLateInRow: number;
  /** Ends the loop between two ticks, keys released. */
  readonly signal: AbortSignal;
  /** Asked after each tick: true ends the loop (the fight is over, the time is up). */
  readonly isOver: () => boolean;
  /** The loop released keys that were held. */
  readonly onRelease: (reason: ReleaseReason, afterMs: number, release: LoopRelease) => void;
  readonly onObserverTrouble: (trouble: ObserverTrouble) => void;
}

/** What the loop released, and which gate closed; `afterMs` counts from the last renewal of those keys' lease. */
export interface LoopRelease {
  readonly held: HeldActions;
  /** "focus: the game window does not have it"; null where no gate closed. */
  readonly gate: string | null;
}

/** What one tick came to, before it is reported. */
interface TickResult {
  readonly outcome: TickReport['outcome'];
  readonly gate: string | null;
  readonly latencyMs: number | null;
  readonly decision: Decision | null;
  readonly frame: Frame | null;
}

export class AgentLoop {
  readonly #options: LoopOptions;
  readonly #delayed = new DelayLine();
  readonly #observers: ObserverGroup;
  #stageMs: Partial<Record<TickStep, number>> = {};
  #renewedAtMs: number;
  #lateInRow = 0;
  #mustReset = true;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#renewedAtMs = options.clock.nowMs();
    // Half a period: a longer call would push the next tick off its deadline.
    const slowMs = 500 / options.rateHz;
    this.#observers = new ObserverGroup(options.observers, options.clock, slowMs, options.onObserverTrouble);
  }

  /**
   * Runs until the signal aborts or `isOver()`. Everything is released before it returns or throws, on every path.
   * Throws what the policy, the source or the sink throw: without one of them play cannot continue.
   */
  async run(): Promise<void> {
    const { clock, signal, isOver } = this.#options;
    let reason: ReleaseReason = 'fault';
    try {
      const schedule = this.#options.schedule ?? new Cadence(clock, this.#options.rateHz);
      for (;;) {
        const scheduled = await schedule.next(signal);
        if (scheduled === null) break;
        this.#stageMs = {};
        const result = await this.#tick(scheduled);
        this.#report(scheduled, result);
        if (isOver()) break;
      }
      reason = signal.aborted ? 'signal' : 'end';
    } finally {
      this.#release(reason);
    }
  }

  async #tick(scheduled: ScheduledTick): Promise<TickResult> {
    const { gates, clock, policy, sink, budgetMs, applyDelayTicks } = this.#options;
    const closed = firstClosed(gates, scheduled);
    if (closed !== null) return await this.#onlySee(closed);

    this.#applyDue(scheduled.tick);
    const lookedAtMs = clock.nowMs();
    // A tick that begins late still grabs a frame: whether its answer is late is judged below, not by the source.
    const frame = await this.#look(lookedAtMs + budgetMs);
    const unfit = this.#judge(frame);
    if (frame === null) return this.#starve(unfit?.text ?? null);
    if (unfit !== null) return await this.#onlyKeep(frame, unfit);

    this.#emptyWindow();
    const decision = await policy.decide(frame);
    requireSound(decision);
    Object.assign(this.#stageMs, decision.stageMs);

    const latencyMs = clock.nowMs() - lookedAtMs;
    // Measured from the deadline, so that a slow gate counts too.
    if (clock.nowMs() - scheduled.deadlineMs > budgetMs) {
      this.#holdLate();
      return { outcome: 'late', gate: null, latencyMs, decision, frame };
    }
    this.#lateInRow = 0;
    this.#delayed.push(scheduled.tick + applyDelayTicks, decision.held);
    if (applyDelayTicks === 0) {
      // The gates were asked before the work: if the focus was lost since, these keys must not be pressed.
      const closedSince = firstClosed(gates, null);
      if (closedSince !== null) return this.#standBack(closedSince);
      this.#applyDue(scheduled.tick);
    }
    const sentMs = applyDelayTicks === 0 ? clock.nowMs() - lookedAtMs : latencyMs;
    if (sink.held === NONE_HELD) this.#renewedAtMs = clock.nowMs();
    return { outcome: 'acted', gate: null, latencyMs: sentMs, decision, frame };
  }

  /** Applies the decision made for this tick, if there is one. Without one (its tick was late) keys do not change. */
  #applyDue(tick: number): void {
    const held = this.#delayed.take(tick);
    if (held !== null) this.#apply(held);
  }

  #apply(held: HeldActions): void {
    const { clock, sink } = this.#options;
    const beganMs = clock.nowMs();
    sink.apply(held);
    this.#renewedAtMs = clock.nowMs();
    this.#stageMs.act = this.#renewedAtMs - beganMs;
  }

  /** The newest frame, or null: absent, or too old to act on. */
  async #look(deadlineMs: number): Promise<Frame | null> {
    const { clock, source, signal } = this.#options;
    const beganMs = clock.nowMs();
    const frame = await source.next(deadlineMs, signal);
    this.#stageMs.capture = clock.nowMs() - beganMs;
    return frame === null || frame.stale ? null : frame;
  }

  /** Shows the picture, or its absence, to the picture gates. @returns the closed ones, or null where all are open */
  #judge(frame: Frame | null): Closed | null {
    const { pictureGates = [] } = this.#options;
    for (const gate of pictureGates) gate.see(frame);
    return firstClosed(pictureGates, null);
  }

  /** Empties the policy's window where what it has seen may no longer count. */
  #emptyWindow(): void {
    if (this.#mustReset) this.#options.policy.reset();
    this.#mustReset = false;
  }

  /** Not allowed to act: nothing is held and nothing is queued. After a blind gate the window starts empty. */
  #standBack({ text, blind }: Closed): TickResult {
    this.#release('gated', text);
    this.#options.policy.dropHeld();
    if (blind) this.#mustReset = true;
    return { outcome: 'gated', gate: text, latencyMs: null, decision: null, frame: null };
  }

  /** Not allowed to act, but the picture is true: it goes into the window, and nothing is decided on it. */
  async #onlySee(closed: Closed): Promise<TickResult> {
    const { clock, budgetMs, leaseMs } = this.#options;
    const result = this.#standBack(closed); // first: a release waits for no picture
    if (closed.blind) return result;
    const frame = await this.#look(clock.nowMs() + budgetMs);
    const blind = this.#judge(frame)?.blind ?? false;
    if (blind || (frame === null && clock.nowMs() - this.#renewedAtMs >= leaseMs)) this.#mustReset = true;
    if (!blind && frame !== null) await this.#keep(frame);
    return result;
  }

  /** The picture was judged, and nothing is decided on it; where it is true it goes into the window. */
  async #onlyKeep(frame: Frame, closed: Closed): Promise<TickResult> {
    const result = this.#standBack(closed);
    if (!closed.blind) await this.#keep(frame);
    return result;
  }

  async #keep(frame: Frame): Promise<void> {
    const { clock, policy } = this.#options;
    this.#emptyWindow();
    Object.assign(this.#stageMs, await policy.see(frame));
    this.#renewedAtMs = clock.nowMs(); // nothing is held: from here a lack of pictures counts
  }

  /** No fresh frame: the lease is not renewed, and once it is over everything is released and the window is emptied. */
  #starve(gate: string | null): TickResult {
    const { clock, leaseMs } = this.#options;
    if (clock.nowMs() - this.#renewedAtMs >= leaseMs) {
      this.#release('starved');
      this.#mustReset = true;
    }
    return { outcome: 'starved', gate, latencyMs: null, decision: null, frame: null };
  }

  /** Late: keys stay held for this tick, but only for a limited number of ticks. */
  #holdLate(): void {
    const { clock, sink, maxLateInRow } = this.#options;
    this.#lateInRow += 1;
    if (this.#lateInRow > maxLateInRow) {
      this.#release('late');
      return;
    }
    sink.renew();
    this.#renewedAtMs = clock.nowMs();
  }

  #release(reason: ReleaseReason, gate: string | null = null): void {
    const { clock, sink, onRelease } = this.#options;
    const { held } = sink;
    const afterMs = clock.nowMs() - this.#renewedAtMs;
    this.#delayed.clear();
    sink.releaseAll(reason);
    if (held !== NONE_HELD) onRelease(reason, afterMs, { held, gate });
  }

  #report(scheduled: ScheduledTick, result: TickResult): void {
    const report: TickReport = {
      tick: scheduled.tick,
      outcome: result.outcome,
      gate: result.gate,
      deadlineMs: scheduled.deadlineMs,
      latenessMs: scheduled.latenessMs,
      latencyMs: result.latencyMs,
      stageMs: this.#stageMs,
      decision: result.decision,
      held: this.#options.sink.held,
      missedBefore: scheduled.missedBefore,
    };
    this.#observers.notify(report, result.frame);
  }
}
