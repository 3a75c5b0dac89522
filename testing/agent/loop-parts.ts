/** Stand-ins for the parts of the loop: each does what a script says and records what was asked of it. */
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import type { Decision, Policy } from '../../src/core/policy.js';
import type { FrameSource } from '../../src/core/frame.js';
import type { KeySink, ReleaseReason } from '../../src/core/key-sink.js';
import type { TickObserver, TickReport } from '../../src/core/tick-report.js';
import type { FakeClock } from './fake-clock.js';

/** Gives a fresh small frame each time, unless the script says null ("starved") or "stale". */
export class ScriptedSource implements FrameSource {
  readonly #clock: FakeClock;
  readonly #script: (call: number) => 'fresh' | 'starved' | 'stale';
  /** How long each grab takes. */
  grabMs = 1;
  calls = 0;

  constructor(clock: FakeClock, script: (call: number) => 'fresh' | 'starved' | 'stale' = () => 'fresh') {
    this.#clock = clock;
    this.#script = script;
  }

  next: FrameSource['next'] = () => {
    const answer = this.#script(this.calls);
    const capturedAtMs = this.#clock.nowMs();
    this.calls += 1;
    this.#clock.advance(this.grabMs);
    if (answer === 'starved') return Promise.resolve(null);
    return Promise.resolve({
      index: this.calls - 1,
      capturedAtMs,
      capturedAtUnixMs: capturedAtMs,
      width: 1,
      height: 1,
      pixels: new Uint8Array(4),
      repeated: false,
      stale: answer === 'stale',
    });
  };

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Holds what the script says for its n-th decision. */
export class ScriptedPolicy implements Policy {
  readonly #clock: FakeClock | null;
  readonly #script: (call: number) => HeldActions;
  /** How long the n-th decision takes. */
  tookMs: (call: number) => number = () => 2;
  calls = 0;
  resets = 0;
  /** Pictures taken in without a decision. */
  seen = 0;
  /** How often what it holds was released elsewhere. */
  dropped = 0;

  /** @param clock moved by each decision; null in real time, where a decision takes no time */
  constructor(clock: FakeClock | null, script: (call: number) => HeldActions) {
    this.#clock = clock;
    this.#script = script;
  }

  decide(): Promise<Decision> {
    const call = this.calls;
    this.calls += 1;
    this.#clock?.advance(this.tookMs(call));
    const stageMs = { preprocess: 0, encode: this.tookMs(call), head: 0 };
    return Promise.resolve({ held: this.#script(call), probabilities: new Float32Array(7), ready: true, stageMs });
  }

  see(): ReturnType<Policy['see']> {
    this.seen += 1;
    this.#clock?.advance(1);
    return Promise.resolve({ preprocess: 0, encode: 1 });
  }

  dropHeld(): void {
    this.dropped += 1; // the script says what is held
  }

  reset(): void {
    this.resets += 1;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** What was asked of a sink, in order. */
export type SinkCall =
  | { readonly kind: 'apply'; readonly held: HeldActions; readonly atMs: number }
  | { readonly kind: 'renew'; readonly atMs: number }
  | { readonly kind: 'release'; readonly reason: ReleaseReason; readonly atMs: number };

export class RecordingSink implements KeySink {
  readonly calls: SinkCall[] = [];
  readonly #clock: FakeClock;
  held: HeldActions = NONE_HELD;
  edgesSent = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  apply(held: HeldActions): void {
    this.held = held;
    this.calls.push({ kind: 'apply', held, atMs: this.#clock.nowMs() });
  }

  renew(): void {
    this.calls.push({ kind: 'renew', atMs: this.#clock.nowMs() });
  }

  releaseAll(reason: ReleaseReason): void {
    this.held = NONE_HELD;
    this.calls.push({ kind: 'release', reason, atMs: this.#clock.nowMs() });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

export class RecordingObserver implements TickObserver {
  readonly reports: TickReport[] = [];

  onTick(report: TickReport): void {
    this.reports.push(report);
  }
}
