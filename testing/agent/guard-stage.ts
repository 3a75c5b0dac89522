/** A key guard in a test: a clock that the test moves, keys that exist in memory only, hands that the test plays. */
import { NONE_HELD } from '../../src/core/action-set.js';
import type { SeenKey } from '../../src/keyboard/guard/hands.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { KeyInjector } from '../../src/desktop/key-injector.js';
import { KeyGuard } from '../../src/keyboard/guard/key-guard.js';
import { unlimited } from '../../src/keyboard/guard/limits.js';
import { GUARD_PROTOCOL_VERSION, type FromGuard, type Hello, type ToGuard } from '../../src/keyboard/guard/protocol.js';

/** Of so many keys, named k0, k1 and so on; no bounds, and nothing is watched. */
export function helloOf(count: number): Hello {
  return {
    type: 'hello',
    version: GUARD_PROTOCOL_VERSION,
    sink: 'xtest',
    desktop: new X11Desktop(':7').id,
    leaseMs: 250,
    keys: Array.from({ length: count }, (_, i) => ({ name: `k${i}`, keycode: 10 + i })),
    limits: unlimited(count),
    gameWindow: null,
    watch: null,
    epoch: 0,
  };
}

/** Of as many keys as the study has actions. */
export const HELLO: Hello = helloOf(7);

/** Listens to hands and to three hot keys. */
export const WATCHING: Hello = {
  ...HELLO,
  watch: {
    yieldToHands: true,
    hotKeys: [
      { is: 'panic', name: 'F12', keycode: 96 },
      { is: 'pause', name: 'F8', keycode: 74 },
      { is: 'arm', name: 'F9', keycode: 75 },
    ],
    modifiers: [
      { name: 'Control_L', keycode: 37 },
      { name: 'Alt_L', keycode: 64 },
    ],
  },
};

export class PaperKeyboard implements KeyInjector {
  down = NONE_HELD;
  human = NONE_HELD;
  readonly edges: string[] = [];
  /** The keys that are mouse buttons, while the pointer is not on the game. */
  outside = NONE_HELD;
  failOn: ((index: number, down: boolean) => boolean) | null = null;

  send(index: number, down: boolean): void {
    if (this.failOn?.(index, down)) throw new Error(`key ${index} failed`);
    this.edges.push(`${down ? '+' : '-'}${index}`);
    this.down = down ? this.down | (1 << index) : this.down & ~(1 << index);
  }
  downNow(): number {
    return this.down | this.human;
  }
  outOfReach(keys: number): number {
    return keys & this.outside;
  }
  downThroughThis(): number {
    return this.down;
  }
  settle(): Promise<void> {
    return Promise.resolve();
  }
  drain(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}

export class GuardStage {
  nowMs = 1000;
  /** What the keyboards answer when they are asked. */
  inHands: number[] = [];
  unnoted: string | null = null;
  lose: (error: Error) => void = () => {};
  #onKey: (key: SeenKey) => void = () => {};
  readonly keyboard = new PaperKeyboard();
  readonly said: FromGuard[] = [];
  exitCode: number | null = null;
  #timers: { atMs: number; callback: () => void }[] = [];
  #onItsWay: (() => void)[] = [];
  #seq = 0;
  readonly guard = new KeyGuard({
    openInjector: () => Promise.resolve(this.keyboard),
    openWatch: (_hello, { onKey, onLost }) => {
      this.#onKey = onKey;
      this.lose = onLost;
      return Promise.resolve({
        poll: () => {},
        catchUp: () => this.#arrive(),
        alone: (act) => {
          this.#arrive();
          act();
        },
        inHands: () => this.inHands,
      });
    },
    noteKeys: () => this.unnoted,
    send: (message) => this.said.push(message),
    nowMs: () => this.nowMs,
    after: (delayMs, callback) => this.#timers.push({ atMs: this.nowMs + delayMs, callback }),
    end: (exitCode) => (this.exitCode = exitCode),
  });

  static async open(hello: Hello = HELLO, inHands: number[] = []): Promise<GuardStage> {
    const stage = new GuardStage();
    stage.inHands = inHands;
    stage.guard.receive(hello);
    await new Promise(setImmediate);
    return stage;
  }

  say(
    message:
      | { type: 'set'; held: number; atMs?: number; epoch?: number }
      | { type: 'renew' }
      | { type: 'release' }
      | { type: 'bye' },
  ): void {
    this.#seq += 1;
    const rest = { seq: this.#seq, atMs: this.nowMs, reason: 'end', epoch: 0 };
    this.guard.receive({ ...rest, ...message } as unknown as ToGuard);
  }

  /** A person presses or releases the key of an action; the server's state follows. */
  hand(index: number, down: boolean): void {
    const bit = 1 << index;
    this.keyboard.human = down ? this.keyboard.human | bit : this.keyboard.human & ~bit;
    this.inHands = this.inHands.filter((keycode) => keycode !== 10 + index);
    if (down) this.inHands.push(10 + index);
    this.see(10 + index, down, false);
  }

  /** As {@link hand}, but the event arrives only when the guard catches up. */
  handOnItsWay(index: number, down: boolean): void {
    this.#onItsWay.push(() => this.hand(index, down));
  }

  see(keycode: number, down: boolean, synthetic: boolean, device = 'a keyboard'): void {
    this.#onKey({ keycode, down, synthetic, device, atMs: this.nowMs });
  }

  #arrive(): void {
    for (const arrive of this.#onItsWay.splice(0)) arrive();
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.callback();
    }
    this.nowMs = untilMs;
  }

  /** As pass, and runs what awaited a timer. */
  async passAwake(ms: number): Promise<void> {
    this.pass(ms);
    await new Promise(setImmediate);
  }

  last<T extends FromGuard['type']>(type: T): Extract<FromGuard, { type: T }> | undefined {
    return this.said.filter((message): message is Extract<FromGuard, { type: T }> => message.type === type).at(-1);
  }
}
