/**
 * The guard's judgement: what each message, each end of the daemon and each second of its silence mean for the held
 * keys. Owns the lease. Does not know pipes, signals or processes (main.ts does), so that tests can play them.
 */
import { ACTION_COUNT, NONE_HELD, type HeldActions } from '../../core/actions.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import type { ReleaseReason } from '../../core/keys.js';
import { HeldKeys } from './held-keys.js';
import type { KeyInjector } from './injector.js';
import { GUARD_PROTOCOL_VERSION, MIN_LEASE_MS, type FromGuard, type Hello, type ToGuard } from './protocol.js';

/** What the guard stands on. */
export interface GuardSurroundings {
  /** Opens what presses, once nothing else does there. Rejects with UnderstudyError where that cannot work. */
  openInjector(hello: Hello): Promise<KeyInjector>;
  send(message: FromGuard): void;
  /** The clock of the messages' `atMs`, ms. */
  nowMs(): number;
  /** Calls back once, `delayMs` from now or later. */
  after(delayMs: number, callback: () => void): void;
  /** Ends the process once everything sent has left. */
  end(exitCode: number): void;
}

/** `ending`: let go of everything, nothing is pressed any more. */
type Phase = 'silent' | 'opening' | 'open' | 'ending';

export class KeyGuard {
  readonly #around: GuardSurroundings;
  #phase: Phase = 'silent';
  #injector: KeyInjector | null = null;
  #keys: HeldKeys | null = null;
  #leaseMs = MIN_LEASE_MS;
  #lastHeardAtMs = 0;
  #lastSeq = 0;
  #leaseWatched = false;
  #keyNames: readonly string[] = [];

  constructor(around: GuardSurroundings) {
    this.#around = around;
  }

  /** One message of the daemon. */
  receive(message: ToGuard): void {
    if (this.#phase === 'ending') return;
    try {
      if (message.type === 'hello') void this.#open(message).catch((error: unknown) => this.fail(error));
      else this.#obey(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The daemon is gone: its end of the pipe is closed. */
  orphaned(): void {
    this.#finish('orphaned', 0);
  }

  /** A signal for the guard itself. */
  interrupted(exitCode: number): void {
    this.#finish('signal', exitCode);
  }

  /** Something in the guard went wrong: lets go, says so, ends. */
  fail(error: unknown): void {
    if (this.#phase === 'ending') return;
    const held = this.#keys?.pressed ?? NONE_HELD;
    const known = error instanceof UnderstudyError;
    this.#phase = 'ending';
    this.#tryToRelease('fault'); // first the keys, then the words
    this.#around.send({
      type: 'failed',
      message: held === NONE_HELD ? messageOf(error) : `${messageOf(error)} (held then: ${this.#names(held)})`,
      next: known ? error.next : 'Start again; if it happens twice, report it with this message.',
      ...(known && error.code === 'keyboard-busy' ? { code: error.code } : {}),
    });
    this.#endDrained(1);
  }

  /** Last act of a process that ends for whatever reason. Never throws. */
  letGo(): void {
    if (this.#keys === null || this.#keys.pressed === NONE_HELD) return;
    try {
      this.#keys.release();
      this.#injector?.drain().catch(() => undefined); // with XTEST it is done when this returns
    } catch {
      // nothing is left that could be told
    }
  }

  #names(held: HeldActions): string {
    return this.#keyNames.filter((_, index) => (held & (1 << index)) !== 0).join(', ');
  }

  async #open(hello: Hello): Promise<void> {
    if (this.#phase !== 'silent') throw refused('a second hello');
    this.#phase = 'opening';
    if (hello.version !== GUARD_PROTOCOL_VERSION) {
      throw refused(`protocol ${hello.version}, and it speaks ${GUARD_PROTOCOL_VERSION}`);
    }
    if (!(hello.leaseMs >= MIN_LEASE_MS)) throw refused(`a lease of ${hello.leaseMs} ms, under ${MIN_LEASE_MS}`);
    if (hello.keys.length !== ACTION_COUNT) throw refused(`${hello.keys.length} keys instead of ${ACTION_COUNT}`);
    this.#leaseMs = hello.leaseMs;
    this.#keyNames = hello.keys.map((key) => key.name);
    this.#injector = await this.#around.openInjector(hello);
    if (this.#isEnding()) return; // the daemon went away meanwhile; nothing was pressed
    this.#keys = new HeldKeys(this.#injector, () => this.#around.nowMs());
    this.#keys.clearLeftovers();
    await this.#injector.settle();
    if (this.#isEnding()) return;
    this.#phase = 'open';
    this.#around.send({
      type: 'ready',
      version: GUARD_PROTOCOL_VERSION,
      pid: process.pid,
      edges: this.#keys.edges,
    });
  }

  #isEnding(): boolean {
    return this.#phase === 'ending';
  }

  #obey(message: Exclude<ToGuard, Hello>): void {
    const keys = this.#keys;
    if (this.#phase !== 'open' || keys === null) throw refused(`'${message.type}' before it was ready`);
    if ('atMs' in message && !Number.isFinite(message.atMs)) throw refused(`the time ${message.atMs}`);
    if ('held' in message && !isHeldSet(message.held)) throw refused(`the held set ${message.held}`);
    this.#lastSeq = message.seq;
    switch (message.type) {
      case 'set':
        // a set that waited in the pipe longer than the lease is history: it may let go, it may not press
        if (this.#around.nowMs() - message.atMs > this.#leaseMs) keys.hold(keys.pressed & message.held);
        else keys.hold(message.held);
        this.#hearAt(message.atMs);
        this.#watchLease();
        break;
      case 'renew':
        this.#hearAt(message.atMs);
        keys.holdOn();
        break;
      case 'release':
        keys.release();
        this.#injector?.drain().catch((error: unknown) => this.fail(error));
        break;
      case 'bye':
        this.#sayGoodbye(keys);
        return;
      default:
        throw refused(`an unknown message '${(message as { type: string }).type}'`);
    }
    this.#answer(message.seq, keys);
    this.#injector?.settle().catch((error: unknown) => this.fail(error));
  }

  /** The lease runs from when the daemon spoke, not from when the guard got to read it; no message lies ahead. */
  #hearAt(atMs: number): void {
    this.#lastHeardAtMs = Math.max(this.#lastHeardAtMs, Math.min(atMs, this.#around.nowMs()));
  }

  #answer(seq: number, keys: HeldKeys): void {
    const { wanted: held, edges, lastEdgeAtMs } = keys;
    this.#around.send({ type: 'done', seq, held, edges, lastEdgeAtMs });
  }

  /** Looks again when the lease could be over, instead of moving a timer at every message. */
  #watchLease(): void {
    if (this.#leaseWatched || this.#keys?.wanted === NONE_HELD) return;
    this.#leaseWatched = true;
    const leftMs = this.#lastHeardAtMs + this.#leaseMs - this.#around.nowMs();
    this.#around.after(Math.max(0, leftMs), () => {
      this.#leaseWatched = false;
      if (this.#phase !== 'open' || this.#keys === null) return;
      const silentMs = this.#around.nowMs() - this.#lastHeardAtMs;
      try {
        if (silentMs >= this.#leaseMs) this.#releaseAndSay('lease');
        else this.#watchLease();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  #releaseAndSay(reason: ReleaseReason): void {
    const keys = this.#keys;
    if (keys === null || keys.wanted === NONE_HELD) return;
    const released = keys.release();
    this.#injector?.drain().catch(() => undefined); // told once it is true; a failure shows at the next key
    const afterMs = Math.max(0, this.#around.nowMs() - this.#lastHeardAtMs);
    this.#around.send({ type: 'released', seq: this.#lastSeq, reason, released, afterMs, edges: keys.edges });
  }

  #sayGoodbye(keys: HeldKeys): void {
    this.#phase = 'ending';
    keys.release();
    const drained = this.#injector?.drain() ?? Promise.resolve();
    const goodbye = () => {
      const down = this.#injector?.downThroughThis() ?? keys.pressed;
      this.#around.send({ type: 'gone', edges: keys.edges, down });
    };
    void drained
      .then(goodbye)
      .catch((error: unknown) => {
        this.#around.send({ type: 'failed', message: messageOf(error), next: 'Run understudy release.' });
      })
      .finally(() => this.#around.end(0));
  }

  #finish(reason: ReleaseReason, exitCode: number): void {
    if (this.#phase === 'ending') return;
    this.#phase = 'ending';
    this.#tryToRelease(reason);
    this.#endDrained(exitCode);
  }

  #tryToRelease(reason: ReleaseReason): void {
    try {
      this.#releaseAndSay(reason);
    } catch (error) {
      this.#around.send({ type: 'failed', message: messageOf(error), next: 'Run understudy release.' });
    }
  }

  #endDrained(exitCode: number): void {
    const drained = this.#injector?.drain() ?? Promise.resolve();
    void drained.catch(() => undefined).finally(() => this.#around.end(exitCode));
  }
}

function isHeldSet(held: HeldActions): boolean {
  return Number.isInteger(held) && held >= NONE_HELD && held < 1 << ACTION_COUNT;
}

function refused(what: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'guard-failed',
    message: `The key guard was sent ${what}.`,
    next: 'Start again; if it happens twice, two versions of understudy are mixed: reinstall.',
  });
}
