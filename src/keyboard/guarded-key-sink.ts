/**
 * The sink of real keys: passes held sets to the key guard and mirrors what it holds. It never presses by itself; the
 * only thing that it does on its own connection is to release the keys when the guard is lost. Only disposal waits for
 * the guard.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import { monotonicMs, SystemClock } from '../core/clock.js';
import { UnderstudyError, messageOf } from '../core/errors.js';
import type { KeySink, ReleaseReason } from '../core/key-sink.js';
import type { Desktop } from '../desktop/desktop.js';
import type { InjectorKind } from '../desktop/key-injector.js';
import { EdgeAccount } from './edge-account.js';
import { NO_KEYCODE } from '../desktop/key-injector.js';
import type { KeyBindings } from './key-map.js';
import { deliverLater, type GuardEvent } from './guard-events.js';
import { GuardProcess } from './guard-process.js';
import { GUARD_PROTOCOL_VERSION, MIN_LEASE_MS, type FromGuard, type Hello, type KeyLimits } from './guard/protocol.js';
import { GuardRestarts } from './guard-restarts.js';
import { Unanswered } from './unanswered.js';
import { releaseWithoutGuard } from './release-keys.js';

export interface GuardedSinkOptions {
  readonly sink: InjectorKind;
  /** One key for each action, in the order of the set. */
  readonly bindings: KeyBindings;
  /** ms, at least {@link MIN_LEASE_MS}: how long held keys stay down after the daemon's last message. */
  readonly leaseMs: number;
  /** The desktop whose keys are pressed. */
  readonly desktop: Desktop;
  /** Limits for each action, and what is never down together. */
  readonly limits: KeyLimits;
  /** The window that mouse buttons may be pressed in; null: none is pressed. Default null. */
  readonly gameWindow?: number | null;
  /** What the guard listens to by itself. Default: neither hands nor hot keys. */
  readonly watch?: NonNullable<Hello['watch']>;
  /** How often, in the sink's lifetime, a lost guard is started again. Default 0. */
  readonly maxRestarts?: number;
  /** When aborted during the start, the guard ends and the start rejects with its reason; later it has no effect. */
  readonly signal?: AbortSignal;
  /** An exception in it becomes a process warning; the sink continues as if it had returned. */
  readonly onGuardEvent?: (event: GuardEvent) => void;
}

/** How long disposal waits for the guard's last message before it releases the keys itself, ms. */
const GOODBYE_WITHIN_MS = 3000;

/**
 * A guard that does not answer for this many leases counts as lost. This is longer than a lease: a busy X server or a
 * starved machine may delay a working guard, and losing it ends the run.
 */
const PATIENCE_LEASES = 2;

export class GuardedKeySink implements KeySink {
  readonly #options: GuardedSinkOptions;
  readonly #report: (event: GuardEvent) => void;
  readonly #account = new EdgeAccount();
  readonly #restarts: GuardRestarts;
  #guard!: GuardProcess;
  #held: HeldActions = NONE_HELD;
  #seq = 0;
  /** The guard's stops that the run knows of: sets with this number press again. */
  #epoch = 0;
  #guardEpoch = 0;
  /** The actions that have a key. */
  readonly #mapped: HeldActions;
  /** How the last guard was lost, as text for the user. */
  #lost = '';
  #fault: UnderstudyError | null = null;
  #disposed: Promise<void> | null = null;
  #recovered: Promise<unknown> = Promise.resolve();
  #goodbye: { resolve: () => void; down: HeldActions | null } | null = null;
  #unanswered: Unanswered;

  private constructor(options: GuardedSinkOptions) {
    this.#options = options;
    this.#mapped = mappedBits(options.bindings);
    this.#report = deliverLater(options.onGuardEvent);
    this.#unanswered = this.#listenForSilence();
    this.#restarts = new GuardRestarts({
      maxRestarts: options.maxRestarts ?? 0,
      clock: new SystemClock(),
      start: (signal) => this.#openAgain(signal),
      onRestarted: (attempt) => this.#report({ kind: 'restarted', guardPid: this.#guard.pid, attempt }),
      onExhausted: (failure) => this.#giveUp(`${this.#lost} It could not be: ${failure}`),
    });
  }

  /**
   * Starts a guard and waits until it can press.
   *
   * @throws UnderstudyError `guard-failed` with the guard's message; `keyboard-busy` where another agent presses on
   *   this display; `bad-option` for a lease under 250 ms; the signal's reason (an AbortError) when it is aborted
   */
  static async start(options: GuardedSinkOptions): Promise<GuardedKeySink> {
    if (!(options.leaseMs >= MIN_LEASE_MS)) throw shortLease(options.leaseMs);
    const sink = new GuardedKeySink(options);
    await sink.#open(options.signal);
    return sink;
  }

  /** As last applied; corrected when the guard released keys by itself. */
  get held(): HeldActions {
    return this.#held;
  }

  /** As far as the guard has answered; complete after {@link flush} or disposal. */
  get edgesSent(): number {
    return this.#account.edges;
  }

  /** When the guard sent its last edge, ms on the machine's monotonic clock (`process.hrtime`); 0 before the first. */
  get lastEdgeAtMs(): number {
    return this.#account.lastEdgeAtMs;
  }

  /** The guard's process id. */
  get guardPid(): number {
    return this.#guard.pid;
  }

  /** True from the loss of a guard until the next one is ready: nothing is pressed. */
  get restarting(): boolean {
    return this.#restarts.isRunning;
  }

  /** What ended this sink early; null while the guard works, or is being started again. */
  get fault(): UnderstudyError | null {
    return this.#fault;
  }

  /**
   * Presses nothing while a lost guard is started again, nor between a stop by the guard and {@link resume}.
   *
   * @throws UnderstudyError `guard-failed` once the guard is lost for good
   */
  apply(held: HeldActions): void {
    this.#assertUsable();
    if (this.#restarts.isRunning) return;
    this.#held = held & this.#mapped;
    const seq = this.#nextSeq();
    this.#guard.send({ type: 'set', seq, atMs: monotonicMs(), held: this.#held, epoch: this.#epoch });
  }

  /** What is applied from now on may be pressed again: the caller knows of the guard's stops. */
  resume(): void {
    this.#epoch = this.#guardEpoch;
  }

  /** @throws UnderstudyError `guard-failed` once the guard is lost for good */
  renew(): void {
    this.#assertUsable();
    if (this.#held === NONE_HELD) return;
    const seq = this.#nextSeq();
    this.#guard.send({ type: 'renew', seq, atMs: monotonicMs() });
  }

  releaseAll(reason: ReleaseReason): void {
    if (this.#held === NONE_HELD || this.#fault !== null) return;
    const seq = this.#nextSeq();
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
    await this.#restarts.stop();
    if (this.#fault === null) await this.#endGuard();
    await this.#recovered;
  }

  async #endGuard(): Promise<void> {
    this.releaseAll('end');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GOODBYE_WITHIN_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#goodbye = { resolve: done, down: null };
      this.#seq += 1; // answered by 'gone', not 'done': #unanswered does not wait for it
      this.#guard.send({ type: 'bye', seq: this.#seq });
      if (this.#guard.gone !== null) done();
    });
    this.#unanswered.stop();
    const clean = this.#goodbye?.down === NONE_HELD;
    this.#guard.closePipe();
    if (!clean) {
      this.#guard.kill();
      this.#recover('end');
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const { sink, desktop, leaseMs, bindings, limits, gameWindow = null, watch = null } = this.#options;
    const keys = bindings.map(({ name, keycode }) => ({ name, keycode }));
    const epoch = this.#guardEpoch;
    // the end of a lost guard may be reported while another one starts, and must not affect that one
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
        gameWindow,
        watch,
        epoch,
      },
      desktop.environment,
      {
        onMessage: (message) => void (isOurs() && this.#receive(message)),
        onGone: (how) => void (mine !== null && isOurs() && this.#onGone(how)),
      },
      signal,
    );
    mine = guard;
    this.#guard = guard;
    this.#account.guardSent(ready.edges);
    for (const message of ready.warnings) this.#report({ kind: 'warning', message });
    if (guard.gone !== null) this.#onGone(guard.gone);
  }

  /** Starts another guard in place of a lost one. */
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

  #nextSeq(): number {
    this.#seq += 1;
    this.#unanswered.sent(this.#seq);
    return this.#seq;
  }

  #assertUsable(): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#disposed !== null) throw new Error('a disposed key sink was asked to press');
  }

  #receive(message: FromGuard): void {
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
        this.#reportReleased('guard', message.reason, message.released, message.afterMs);
        break;
      case 'failed':
        this.#lose(`failed: ${message.message}`, message.next);
        break;
      case 'gone':
        this.#account.guardSent(message.edges);
        if (this.#goodbye !== null) this.#goodbye.down = message.down;
        break;
      case 'stopped':
        this.#guardEpoch = message.epoch;
        this.#held = NONE_HELD; // what is on its way to the guard was sent before the stop
        this.#report({ kind: 'stopped', why: message.why, key: message.key });
        break;
      case 'arm-key':
        this.#report({ kind: 'arm-key', key: message.key });
        break;
      case 'hands':
        this.#report({ kind: 'hands', hands: message.hands, atMs: message.atMs });
        break;
      case 'modifiers':
        this.#report({ kind: 'modifiers', keys: message.keys, atMs: message.atMs });
        break;
      case 'refused':
        this.#report({ kind: 'refused', reason: message.reason, keys: this.#namesOf(message.keys) });
        break;
      case 'ready':
        break;
    }
  }

  #confirmRelease(seq: number): void {
    const release = this.#account.releaseDone(seq);
    if (release === null) return;
    this.#reportReleased('daemon', release.reason, release.held, monotonicMs() - release.atMs);
  }

  /** The guard's process ended: expected after bye, a fault before it. */
  #onGone(how: string): void {
    if (this.#restarts.isRunning) return; // the end of the lost guard: #openAgain checks the new one itself
    this.#unanswered.stop();
    if (this.#goodbye !== null) this.#goodbye.resolve();
    else this.#lose(how);
  }

  #lose(how: string, next?: string): void {
    if (this.#fault !== null || this.#restarts.isRunning) return;
    this.#unanswered.stop();
    this.#account.closeGuard();
    const again = this.#goodbye === null && this.#disposed === null && this.#restarts.hasTries;
    const message =
      `The key guard (process ${this.#guard.pid}) ${how}; every key was released and ` +
      (again ? 'it is started again.' : 'no more are pressed.');
    if (again) this.#report({ kind: 'lost', message });
    else this.#giveUp(message, next); // delivered once the keys are up, and before the report of their release
    this.#recover('fault');
    this.#goodbye?.resolve();
    if (!again) return;
    this.#lost = message;
    this.#guardEpoch += 1; // a restart is a stop: nothing is pressed before resume()
    this.#restarts.begin(this.#recovered);
  }

  /** Ends this sink: it presses no more. */
  #giveUp(message: string, next?: string): void {
    this.#fault = new UnderstudyError({
      kind: 'environment',
      code: 'guard-failed',
      message,
      next: next ?? 'Start again; run `understudy release` if a key should still be down.',
    });
    this.#report({ kind: 'fault', message });
  }

  /** Releases, without the guard, what it left down: on X11 before this returns. Never throws. */
  #recover(reason: ReleaseReason): void {
    const startedAtMs = monotonicMs();
    this.#held = NONE_HELD;
    const { bindings, desktop } = this.#options;
    const released = (bits: HeldActions) => {
      this.#account.releasedWithoutGuard(this.#namesOf(bits).length);
      this.#reportReleased('recovery', reason, bits, monotonicMs() - startedAtMs);
    };
    const failed = (error: unknown) =>
      this.#report({ kind: 'fault', message: `Keys could not be released without the guard: ${messageOf(error)}` });
    this.#recovered = releaseWithoutGuard(desktop, bindings, released, failed);
  }

  #reportReleased(
    by: 'daemon' | 'guard' | 'recovery',
    reason: ReleaseReason,
    held: HeldActions,
    afterMs: number,
  ): void {
    if (held === NONE_HELD) return;
    this.#report({ kind: 'released', by, reason, keys: this.#namesOf(held), held, afterMs });
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

function mappedBits(bindings: KeyBindings): HeldActions {
  return bindings.reduce(
    (bits, { keycode }, index) => (keycode === NO_KEYCODE ? bits : bits | (1 << index)),
    NONE_HELD,
  );
}
