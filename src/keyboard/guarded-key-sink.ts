/**
 * The sink of real keys: a thin mirror of what the key guard holds. It never presses by itself; the one thing that it
 * does on a connection of its own is to let go when the guard is lost. No call waits for the guard, except disposal.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import { monotonicMs, SystemClock } from '../core/clock.js';
import { UnderstudyError, messageOf } from '../core/errors.js';
import type { KeySink, ReleaseReason } from '../core/keys.js';
import type { Desktop } from '../desktop/desktop.js';
import type { InjectorKind } from '../desktop/key-injector.js';
import { EdgeAccount } from './edge-account.js';
import type { KeyBindings } from './key-map.js';
import { toldApart, type GuardEvent } from './guard-events.js';
import { GuardProcess } from './guard-process.js';
import { GUARD_PROTOCOL_VERSION, MIN_LEASE_MS, type FromGuard, type Hello, type KeyLimits } from './guard/protocol.js';
import { RestartLadder } from './restart-ladder.js';
import { Unanswered } from './unanswered.js';
import { releaseWithoutGuard } from './release-keys.js';

export interface GuardedSinkOptions {
  readonly sink: InjectorKind;
  /** One key an action, in the order of its set. */
  readonly bindings: KeyBindings;
  /** ms, at least {@link MIN_LEASE_MS}: how long held keys outlive the daemon's last word. */
  readonly leaseMs: number;
  /** Whose keys are pressed. */
  readonly desktop: Desktop;
  /** One bound an action, and what is never down together. */
  readonly limits: KeyLimits;
  /** What the guard listens to by itself; default: nothing, neither hands nor hot keys. */
  readonly watch?: NonNullable<Hello['watch']>;
  /** How often a lost guard is started again in the sink's life before it is lost for good. Default 0. */
  readonly maxRestarts?: number;
  /** Aborted during the start, it ends the guard and the start rejects with its reason; afterwards it means nothing. */
  readonly signal?: AbortSignal;
  /** A throw of it becomes a process warning; the sink goes on as if it had returned. */
  readonly onGuardEvent?: (event: GuardEvent) => void;
}

/** How long disposal waits for the guard's last word before it looks after the keys itself. */
const GOODBYE_WITHIN_MS = 3000;

/**
 * A guard that answers nothing for this many leases counts as lost. Longer than a lease: a busy X server or a starved
 * machine may hold a sound guard up, and losing it ends the run.
 */
const PATIENCE_LEASES = 2;

export class GuardedKeySink implements KeySink {
  readonly #options: GuardedSinkOptions;
  readonly #tell: (event: GuardEvent) => void;
  readonly #account = new EdgeAccount();
  readonly #ladder: RestartLadder;
  #guard!: GuardProcess;
  #held: HeldActions = NONE_HELD;
  #seq = 0;
  /** Stops of the guard's own that the run has taken note of: its sets press again. */
  #epoch = 0;
  #heardEpoch = 0;
  /** How the last guard was lost, for people. */
  #lost = '';
  #fault: UnderstudyError | null = null;
  #disposed: Promise<void> | null = null;
  #recovered: Promise<unknown> = Promise.resolve();
  #goodbye: { resolve: () => void; down: HeldActions | null } | null = null;
  #unanswered: Unanswered;

  private constructor(options: GuardedSinkOptions) {
    this.#options = options;
    this.#tell = toldApart(options.onGuardEvent);
    this.#unanswered = this.#listenForSilence();
    this.#ladder = new RestartLadder({
      maxRestarts: options.maxRestarts ?? 0,
      clock: new SystemClock(),
      start: (signal) => this.#openAgain(signal),
      onRestarted: (attempt) => this.#tell({ kind: 'restarted', guardPid: this.#guard.pid, attempt }),
      onExhausted: (failure) => this.#give(`${this.#lost} It could not be: ${failure}`),
    });
  }

  /**
   * Starts a guard and waits until it can press.
   *
   * @throws UnderstudyError `guard-failed` with the guard's own words; `keyboard-busy` where another agent presses on
   *   this display; `bad-option` for a lease under 250 ms; the signal's reason (an AbortError) when it is aborted
   */
  static async start(options: GuardedSinkOptions): Promise<GuardedKeySink> {
    if (!(options.leaseMs >= MIN_LEASE_MS)) throw shortLease(options.leaseMs);
    const sink = new GuardedKeySink(options);
    await sink.#open(options.signal);
    return sink;
  }

  /** As last applied; corrected when the guard let go by itself. */
  get held(): HeldActions {
    return this.#held;
  }

  /** As far as the guard has answered; after {@link flush} or disposal all of them. */
  get edgesSent(): number {
    return this.#account.edges;
  }

  /** When the guard sent its last edge, ms on the machine's monotonic clock (`process.hrtime`); 0 before the first. */
  get lastEdgeAtMs(): number {
    return this.#account.lastEdgeAtMs;
  }

  /** The guard's process id: tests and the campaign end it. */
  get guardPid(): number {
    return this.#guard.pid;
  }

  /** True between the loss of a guard and the next one: nothing is pressed. */
  get restarting(): boolean {
    return this.#ladder.isClimbing;
  }

  /** What ended this sink's life early; null while the guard is well, or is being started again. */
  get fault(): UnderstudyError | null {
    return this.#fault;
  }

  /**
   * Presses nothing while a lost guard is started again, nor between a stop of the guard's own and {@link resume}.
   *
   * @throws UnderstudyError `guard-failed` once the guard is lost for good
   */
  apply(held: HeldActions): void {
    this.#assertUsable();
    if (this.#ladder.isClimbing) return;
    this.#held = held;
    const seq = this.#next();
    this.#guard.send({ type: 'set', seq, atMs: monotonicMs(), held, epoch: this.#epoch });
  }

  /** What is applied from now on may be pressed again: whoever decides about the agent knows of the guard's stops. */
  resume(): void {
    this.#epoch = this.#heardEpoch;
  }

  /** @throws UnderstudyError `guard-failed` once the guard is lost for good */
  renew(): void {
    this.#assertUsable();
    if (this.#held === NONE_HELD) return;
    const seq = this.#next();
    this.#guard.send({ type: 'renew', seq, atMs: monotonicMs() });
  }

  releaseAll(reason: ReleaseReason): void {
    if (this.#held === NONE_HELD || this.#fault !== null) return;
    const seq = this.#next();
    this.#guard.send({ type: 'release', seq, reason });
    this.#account.releaseAsked(seq, { reason, held: this.#held, atMs: monotonicMs() });
    this.#held = NONE_HELD;
  }

  /** Resolves when the guard has answered everything so far, or is lost. */
  flush(): Promise<void> {
    return this.#unanswered.settled();
  }

  /** Releases, waits (3 s at most) until the guard says that no key is down, and ends it. Never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.#ladder.stop();
    if (this.#fault === null) await this.#sayGoodbye();
    await this.#recovered;
  }

  async #sayGoodbye(): Promise<void> {
    this.releaseAll('end');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GOODBYE_WITHIN_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#goodbye = { resolve: done, down: null };
      this.#seq += 1; // answered by 'gone', not 'done': nobody waits for it but this
      this.#guard.send({ type: 'bye', seq: this.#seq });
      if (this.#guard.gone !== null) done();
    });
    this.#unanswered.stop();
    const clean = this.#goodbye?.down === NONE_HELD;
    this.#guard.hangUp();
    if (!clean) {
      this.#guard.kill();
      this.#recover('end');
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const { sink, desktop, leaseMs, bindings, limits, watch = null } = this.#options;
    const keys = bindings.map(({ name, keycode }) => ({ name, keycode }));
    const epoch = this.#heardEpoch;
    // the end of a guard that was lost comes when another is on its way, and is none of its business
    let mine: GuardProcess | null = null;
    const isOurs = (): boolean => mine === null || mine === this.#guard;
    const { guard, ready } = await GuardProcess.start(
      {
        type: 'hello',
        version: GUARD_PROTOCOL_VERSION,
        sink,
        desktop: desktop.id,
        leaseMs,
        keys,
        limits,
        watch,
        epoch,
      },
      desktop.environment,
      {
        onMessage: (message) => void (isOurs() && this.#hear(message)),
        onGone: (how) => void (mine !== null && isOurs() && this.#onGone(how)),
      },
      signal,
    );
    mine = guard;
    this.#guard = guard;
    this.#account.guardSent(ready.edges);
    for (const message of ready.warnings) this.#tell({ kind: 'warning', message });
    if (guard.gone !== null) this.#onGone(guard.gone);
  }

  /** Another guard in the place of a lost one. */
  async #openAgain(signal: AbortSignal): Promise<void> {
    this.#unanswered = this.#listenForSilence();
    await this.#open(signal);
    if (this.#guard.gone !== null) throw new Error(`it ${this.#guard.gone} at once`);
  }

  #listenForSilence(): Unanswered {
    return new Unanswered(PATIENCE_LEASES * this.#options.leaseMs, () => {
      this.#guard.kill();
      this.#lose('does not answer');
    });
  }

  #next(): number {
    this.#seq += 1;
    this.#unanswered.sent(this.#seq);
    return this.#seq;
  }

  #assertUsable(): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#disposed !== null) throw new Error('a disposed key sink was asked to press');
  }

  #hear(message: FromGuard): void {
    switch (message.type) {
      case 'done':
        this.#account.guardSent(message.edges, message.lastEdgeAtMs);
        if (message.seq === this.#seq) this.#held = message.held;
        this.#confirmRelease(message.seq);
        this.#unanswered.answered(message.seq);
        break;
      case 'released':
        this.#account.guardSent(message.edges);
        if (message.seq === this.#seq) this.#held = NONE_HELD;
        this.#tellReleased('guard', message.reason, message.released, message.afterMs);
        break;
      case 'failed':
        this.#lose(`failed: ${message.message}`, message.next);
        break;
      case 'gone':
        this.#account.guardSent(message.edges);
        if (this.#goodbye !== null) this.#goodbye.down = message.down;
        break;
      case 'stopped':
        this.#heardEpoch = message.epoch;
        this.#held = NONE_HELD; // what is on its way to the guard is of before the stop
        this.#tell({ kind: 'stopped', why: message.why, key: message.key });
        break;
      case 'arm-key':
        this.#tell({ kind: 'arm-key', key: message.key });
        break;
      case 'hands':
        this.#tell({ kind: 'hands', hands: message.hands, atMs: message.atMs });
        break;
      case 'refused':
        this.#tell({ kind: 'refused', reason: message.reason, keys: this.#namesOf(message.keys) });
        break;
      case 'ready':
        break;
    }
  }

  #confirmRelease(seq: number): void {
    const release = this.#account.releaseDone(seq);
    if (release === null) return;
    this.#tellReleased('daemon', release.reason, release.held, monotonicMs() - release.atMs);
  }

  /** The guard's process ended: expected after bye, a fault before. */
  #onGone(how: string): void {
    if (this.#ladder.isClimbing) return; // of the one that was lost: #open looks at the new one's end itself
    this.#unanswered.stop();
    if (this.#goodbye !== null) this.#goodbye.resolve();
    else this.#lose(how);
  }

  #lose(how: string, next?: string): void {
    if (this.#fault !== null || this.#ladder.isClimbing) return;
    this.#unanswered.stop();
    this.#account.closeGuard();
    const again = this.#goodbye === null && this.#disposed === null && this.#ladder.hasTries;
    const message =
      `The key guard (process ${this.#guard.pid}) ${how}; every key was let go of and ` +
      (again ? 'it is started again.' : 'no more are pressed.');
    if (again) this.#tell({ kind: 'lost', message });
    else this.#give(message, next); // heard once the keys are up, before their release is
    this.#recover('fault');
    this.#goodbye?.resolve();
    if (!again) return;
    this.#lost = message;
    this.#heardEpoch += 1; // a restart is a stop: nothing is pressed before resume()
    this.#ladder.climb(this.#recovered);
  }

  /** Presses no more. */
  #give(message: string, next?: string): void {
    this.#fault = new UnderstudyError({
      kind: 'environment',
      code: 'guard-failed',
      message,
      next: next ?? 'Start again; run understudy release if a key should still be down.',
    });
    this.#tell({ kind: 'fault', message });
  }

  /** Lets go, without the guard, of what it left down: on X11 before this returns. Never throws. */
  #recover(reason: ReleaseReason): void {
    const startedAtMs = monotonicMs();
    this.#held = NONE_HELD;
    const { bindings, desktop } = this.#options;
    const released = (bits: HeldActions) => {
      this.#account.releasedWithoutGuard(this.#namesOf(bits).length);
      this.#tellReleased('recovery', reason, bits, monotonicMs() - startedAtMs);
    };
    const failed = (error: unknown) =>
      this.#tell({ kind: 'fault', message: `Keys could not be let go of without the guard: ${messageOf(error)}` });
    this.#recovered = releaseWithoutGuard(desktop, bindings, released, failed);
  }

  #tellReleased(by: 'daemon' | 'guard' | 'recovery', reason: ReleaseReason, held: HeldActions, afterMs: number): void {
    if (held === NONE_HELD) return;
    this.#tell({ kind: 'released', by, reason, keys: this.#namesOf(held), held, afterMs });
  }

  #namesOf(held: HeldActions): string[] {
    return this.#options.bindings.filter((_, i) => (held & (1 << i)) !== 0).map((binding) => binding.name);
  }
}

function shortLease(leaseMs: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `A lease of ${leaseMs} ms is too short: the least is ${MIN_LEASE_MS} ms, and 2.5 periods of the loop.`,
    next: `Give --lease-ms ${MIN_LEASE_MS} or more, or leave it out.`,
  });
}
