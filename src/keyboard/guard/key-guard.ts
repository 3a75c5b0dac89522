/**
 * The guard's decisions: what each message, the end of the daemon and its silence mean for the held keys. Does not know
 * pipes, signals or processes (main.ts does), so that tests can replace them.
 */
import { isHeldSetOf, MOST_ACTIONS, NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import type { ReleaseReason } from '../../core/key-sink.js';
import { HeldKeys } from './held-keys.js';
import type { KeyInjector } from '../../desktop/key-injector.js';
import { Lease } from './lease.js';
import type { Refusal } from './limits.js';
import {
  GUARD_PROTOCOL_VERSION,
  MIN_LEASE_MS,
  type FromGuard,
  type Hello,
  type HotKeyName,
  type ToGuard,
} from './protocol.js';
import { WatchedHands, type HandsEnvironment } from './watched-hands.js';

/** What the guard uses of its process and of its desktop. */
export interface GuardEnvironment extends HandsEnvironment {
  /** Opens the injector, once no other guard presses there. Rejects with UnderstudyError where that is impossible. */
  openInjector(hello: Hello): Promise<KeyInjector>;
  /** Writes a note of the keys that may be down, for the next start after a double kill. @returns why it could not, or null */
  noteKeys(hello: Hello): string | null;
  send(message: FromGuard): void;
  /** The clock of the messages' `atMs`, ms. */
  nowMs(): number;
  /** Calls back once, `delayMs` from now or later. */
  after(delayMs: number, callback: () => void): void;
  /** Ends the process once everything sent has left. */
  end(exitCode: number): void;
}

/** How long an ending guard waits for a person to release a key whose release it owes, ms. */
const LINGER_MS = 2000;
const LINGER_LOOK_MS = 10;

/** `ending`: everything was released, and nothing is pressed any more. */
type Phase = 'silent' | 'opening' | 'open' | 'ending';

export class KeyGuard {
  readonly #environment: GuardEnvironment;
  #phase: Phase = 'silent';
  #injector: KeyInjector | null = null;
  #keys: HeldKeys | null = null;
  #lease: Lease | null = null;
  #hands: WatchedHands | null = null;
  #lastSeq = 0;
  #endsWatched = false;
  #keyNames: readonly string[] = [];
  #yieldsToHands = false;
  /** Stops that this guard has made: a set from before the last stop presses nothing. */
  #epoch = 0;
  /** Refused keys that were reported: each is reported once until it is no longer wanted. */
  #reportedRefused: HeldActions = NONE_HELD;

  constructor(environment: GuardEnvironment) {
    this.#environment = environment;
  }

  /** One message of the daemon. */
  receive(message: ToGuard): void {
    if (this.#phase === 'ending') return;
    this.#orFail(() => {
      if (message.type === 'hello') void this.#open(message).catch((error: unknown) => this.fail(error));
      else this.#obey(message);
    });
  }

  /** The daemon is gone: its end of the pipe is closed. */
  orphaned(): void {
    this.#finish('orphaned', 0);
  }

  /** A signal for the guard itself. */
  interrupted(exitCode: number): void {
    this.#finish('signal', exitCode);
  }

  /** Something in the guard failed: releases, reports it, and ends. */
  fail(error: unknown): void {
    if (this.#phase === 'ending') return;
    const held = this.#keys?.pressed ?? NONE_HELD;
    const known = error instanceof UnderstudyError;
    this.#phase = 'ending';
    this.#tryToRelease('fault'); // before the report
    this.#environment.send({
      type: 'failed',
      message: held === NONE_HELD ? messageOf(error) : `${messageOf(error)} (held then: ${this.#names(held)})`,
      next: known ? error.next : 'Start again; if it happens twice, report it with this message.',
      ...(known && error.code === 'keyboard-busy' ? { code: error.code } : {}),
    });
    this.#endDrained(1);
  }

  /** True where it holds no key: its note can be removed. */
  get isClean(): boolean {
    return this.#keys === null || this.#keys.pressed === NONE_HELD;
  }

  /** The last release, when the process exits for any reason. Never throws. */
  releaseAtExit(): void {
    if (this.#keys === null || this.#keys.pressed === NONE_HELD) return;
    try {
      this.#keys.release();
      this.#injector?.drain().catch(() => undefined); // with XTEST it is done when this returns
    } catch {
      // no one is left to report to
    }
  }

  #orFail(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
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
    checkKeys(hello);
    this.#lease = this.#openLease(hello.leaseMs);
    this.#keyNames = hello.keys.map((key) => key.name);
    this.#epoch = hello.epoch;
    this.#injector = await this.#environment.openInjector(hello);
    if (this.#isEnding()) return; // the daemon has ended in between; nothing was pressed
    this.#yieldsToHands = hello.watch?.yieldToHands ?? false;
    this.#hands = this.#openHands(hello);
    const warnings = await this.#hands.open(hello);
    if (this.#isEnding()) return;
    this.#keys = new HeldKeys(this.#injector, {
      nowMs: () => this.#environment.nowMs(),
      limits: hello.limits,
      onRefused: (refusal) => this.#reportRefused(refusal),
    });
    this.#keys.handsHold(this.#hands.held);
    this.#keys.clearLeftovers();
    await this.#injector.settle();
    if (this.#isEnding()) return;
    const unnoted = this.#environment.noteKeys(hello);
    if (unnoted !== null) warnings.push(unnoted);
    this.#phase = 'open';
    const { edges } = this.#keys;
    this.#environment.send({ type: 'ready', version: GUARD_PROTOCOL_VERSION, pid: process.pid, edges, warnings });
    if (hello.watch === null) return;
    // keys that are in hands already: the daemon may know another set, or none
    const atMs = this.#environment.nowMs();
    this.#environment.send({ type: 'hands', hands: this.#hands.held, atMs });
    if (this.#hands.modifiers.length > 0)
      this.#environment.send({ type: 'modifiers', keys: this.#hands.modifiers, atMs });
    this.#hands.keepCorrect();
  }

  #openLease(ms: number): Lease {
    return new Lease({
      ms,
      nowMs: () => this.#environment.nowMs(),
      after: (delayMs, callback) => this.#environment.after(delayMs, callback),
      isNeeded: () => this.#keys !== null && this.#keys.wanted !== NONE_HELD,
      onOver: () => this.#orFail(() => void (this.#phase === 'open' && this.#releaseAndReport('lease'))),
    });
  }

  #openHands(hello: Hello): WatchedHands {
    return new WatchedHands(hello, this.#environment, {
      onHands: (hands, pressed, atMs) => this.#onHands(hands, pressed, atMs),
      onModifiers: (names, pressed, atMs) => this.#onModifiers(names, pressed, atMs),
      onHotKey: (is, name, atMs) => this.#onHotKey(is, name, atMs),
      onFailed: (error) => this.fail(error),
    });
  }

  #drain(): void {
    this.#injector?.drain().catch((error: unknown) => this.fail(error));
  }

  #reportFailure(error: unknown): void {
    this.#environment.send({ type: 'failed', message: messageOf(error), next: 'Run `understudy release`.' });
  }

  #isEnding(): boolean {
    return this.#phase === 'ending';
  }

  #obey(message: Exclude<ToGuard, Hello>): void {
    const keys = this.#keys;
    if (this.#phase !== 'open' || keys === null) throw refused(`'${message.type}' before it was ready`);
    if ('atMs' in message && !Number.isFinite(message.atMs)) throw refused(`the time ${message.atMs}`);
    if ('held' in message && !isHeldSetOf(this.#keyNames.length, message.held))
      throw refused(`the held set ${String(message.held)}`);
    if ('epoch' in message && !Number.isFinite(message.epoch)) throw refused(`the epoch ${message.epoch}`);
    this.#lookBefore(message, keys.pressed); // a hand that is on the keys by now comes first
    if (this.#isEnding()) return; // the display turned out to be lost
    this.#lastSeq = message.seq;
    switch (message.type) {
      case 'set':
        if (message.epoch < this.#epoch) keys.release();
        // a set that waited in the pipe longer than the lease is stale: it may release keys but not press them
        else if (this.#lease?.isOverFor(message.atMs)) keys.hold(keys.pressed & message.held);
        else keys.hold(message.held);
        this.#reportedRefused &= message.held;
        this.#noteAlive(message.atMs);
        break;
      case 'renew':
        keys.holdAgain(); // may press what a limit had refused
        this.#noteAlive(message.atMs);
        break;
      case 'release':
        keys.release();
        this.#drain();
        break;
      case 'bye':
        this.#endAfterBye(keys);
        return;
      default:
        throw refused(`an unknown message '${(message as { type: string }).type}'`);
    }
    this.#answer(message.seq, keys);
    this.#injector?.settle().catch((error: unknown) => this.fail(error));
  }

  /** Where a key goes up, also waits for events on their way from a keyboard; else takes what has arrived, at no cost. */
  #lookBefore(message: Exclude<ToGuard, Hello>, pressed: HeldActions): void {
    const kept = message.type === 'set' ? message.held : message.type === 'renew' ? pressed : NONE_HELD;
    if ((pressed & ~kept) === NONE_HELD) this.#hands?.poll();
    else this.#hands?.catchUp();
  }

  #noteAlive(atMs: number): void {
    this.#lease?.renew(atMs);
    this.#lease?.watch();
    this.#watchEnds();
  }

  #answer(seq: number, keys: HeldKeys): void {
    const { wanted: held, edges, lastEdgeAtMs } = keys;
    this.#environment.send({ type: 'done', seq, held, edges, lastEdgeAtMs });
  }

  /** Releases a key in time where a limit bounds how long it may be held. */
  #watchEnds(): void {
    const endMs = this.#keys?.nextEndMs() ?? null;
    if (this.#endsWatched || endMs === null) return;
    this.#endsWatched = true;
    const leftMs = endMs - this.#environment.nowMs();
    this.#environment.after(leftMs > 0 ? leftMs : LINGER_LOOK_MS, () => {
      this.#endsWatched = false;
      if (this.#phase !== 'open') return;
      this.#orFail(() => {
        this.#hands?.catchUp();
        this.#keys?.holdAgain();
        this.#watchEnds();
      });
    });
  }

  #reportRefused({ reason, keys }: Refusal): void {
    const fresh = keys & ~this.#reportedRefused;
    if (fresh === NONE_HELD) return;
    this.#reportedRefused |= fresh;
    this.#environment.send({ type: 'refused', reason, keys: fresh });
  }

  /** A person's hand came onto a mapped key, or left one. */
  #onHands(hands: HeldActions, pressed: HeldActions, atMs: number): void {
    const keys = this.#keys;
    if (keys === null) return; // still opening: sent once it is open
    this.#orFail(() => {
      keys.handsHold(hands);
      if (this.#phase !== 'open') return;
      if (pressed !== NONE_HELD && this.#yieldsToHands) this.#stop('takeover', this.#names(pressed), atMs);
      this.#environment.send({ type: 'hands', hands, atMs });
      this.#hands?.keepCorrect();
    });
  }

  /** With a modifier in a hand every key means something else: Alt and space open the window's menu. */
  #onModifiers(keys: readonly string[], pressed: string | null, atMs: number): void {
    if (this.#keys === null || this.#phase !== 'open') return; // still opening: sent once it is open
    this.#orFail(() => {
      if (pressed !== null && this.#yieldsToHands) this.#stop('takeover', pressed, atMs);
      this.#environment.send({ type: 'modifiers', keys, atMs });
      this.#hands?.keepCorrect();
    });
  }

  #onHotKey(is: HotKeyName, name: string, atMs: number): void {
    if (this.#phase !== 'open') return;
    this.#orFail(() => {
      if (is === 'arm') this.#environment.send({ type: 'arm-key', key: name });
      else this.#stop(is === 'panic' ? 'panic' : 'paused', name, atMs);
    });
  }

  /** Releases everything, and presses nothing until the daemon knows of the stop and decides again. */
  #stop(why: 'takeover' | 'panic' | 'paused', key: string, atMs: number): void {
    const keys = this.#keys;
    if (keys === null) return;
    this.#epoch += 1;
    let released = NONE_HELD;
    if (keys.pressed === keys.owed) released = keys.release();
    // a person is at the keyboard and is likely to press another key at this moment
    else this.#hands?.alone(() => (released = keys.release()));
    const afterMs = Math.max(0, this.#environment.nowMs() - atMs);
    if (released !== NONE_HELD) {
      this.#drain();
      this.#reportReleased(why, released, afterMs, keys);
    }
    this.#environment.send({ type: 'stopped', why, key, epoch: this.#epoch });
  }

  #releaseAndReport(reason: ReleaseReason): void {
    const keys = this.#keys;
    if (keys === null) return;
    if (keys.wanted === NONE_HELD && keys.pressed === keys.owed) {
      keys.release(); // nothing is down; this drops what was wanted and refused, so that it is not pressed later
      return;
    }
    const released = keys.release();
    this.#injector?.drain().catch(() => undefined); // a failure shows at the next key
    this.#reportReleased(reason, released, this.#lease?.silentMs ?? 0, keys);
  }

  #reportReleased(reason: ReleaseReason, released: HeldActions, afterMs: number, { edges }: HeldKeys): void {
    this.#environment.send({ type: 'released', seq: this.#lastSeq, reason, released, afterMs, edges });
  }

  #endAfterBye(keys: HeldKeys): void {
    this.#phase = 'ending';
    keys.release();
    const goodbye = async () => {
      await this.#waitForHands();
      await this.#injector?.drain();
      const down = (this.#injector?.downThroughThis() ?? keys.pressed) & ~keys.hands;
      this.#environment.send({ type: 'gone', edges: keys.edges, down });
    };
    void goodbye()
      .catch((error: unknown) => {
        this.#reportFailure(error);
      })
      .finally(() => this.#environment.end(0));
  }

  /** Waits up to {@link LINGER_MS} until no release is owed for a key in a person's hand. */
  async #waitForHands(): Promise<void> {
    const untilMs = this.#environment.nowMs() + LINGER_MS;
    while (this.#keys !== null && this.#keys.owed !== NONE_HELD && this.#environment.nowMs() < untilMs) {
      await new Promise<void>((resolve) => this.#environment.after(LINGER_LOOK_MS, resolve));
      this.#hands?.poll();
    }
  }

  #finish(reason: ReleaseReason, exitCode: number): void {
    if (this.#phase === 'ending') return;
    this.#phase = 'ending';
    this.#tryToRelease(reason);
    this.#endDrained(exitCode);
  }

  #tryToRelease(reason: ReleaseReason): void {
    try {
      this.#releaseAndReport(reason);
    } catch (error) {
      this.#reportFailure(error);
    }
  }

  #endDrained(exitCode: number): void {
    const drained = async () => {
      await this.#injector?.drain(); // first: what is not owed must be up even if this process is killed now
      if ((this.#keys?.owed ?? NONE_HELD) === NONE_HELD) return;
      await this.#waitForHands();
      await this.#injector?.drain();
    };
    void drained()
      .catch(() => undefined)
      .finally(() => this.#environment.end(exitCode));
  }
}

/** Checks for one key an action and one bound a key: each held set is checked against their number later. */
function checkKeys({ keys, limits: { maxHoldMs, maxPressesPerSecond, forbidden } }: Hello): void {
  const count = keys.length;
  if (count < 1 || count > MOST_ACTIONS) throw refused(`${count} keys; it takes 1 to ${MOST_ACTIONS}`);
  if (maxHoldMs.length !== count || maxPressesPerSecond.length !== count) {
    throw refused(`bounds on ${maxHoldMs.length} and ${maxPressesPerSecond.length} keys of ${count}`);
  }
  const odd = forbidden.find((set) => !isHeldSetOf(count, set));
  if (odd !== undefined) throw refused(`the forbidden set ${String(odd)}`);
}

function refused(what: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'guard-failed',
    message: `The key guard was sent ${what}.`,
    next: 'Start again; if it happens twice, two versions of this program are mixed: install it again.',
  });
}
