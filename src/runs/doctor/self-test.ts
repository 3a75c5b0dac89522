/**
 * `doctor --self-test`: tries what playing depends on, on a window of its own: pictures, keys, the lease, what happens after a kill,
 * and a person's hand. One page that can be posted: it says nothing of the person or of other windows.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openFrames } from '../../capture/choose-backend.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { programVersion } from '../../core/program-version.js';
import { quantiles, type Quantiles } from '../../core/quantiles.js';
import type { Desktop, DesktopWindow } from '../../desktop/desktop.js';
import type { OwnWindow } from '../../desktop/own-window.js';
import type { GuardEvent } from '../../keyboard/guard-events.js';
import { GuardedKeySink } from '../../keyboard/guarded-key-sink.js';
import { DEFAULT_HOT_KEYS } from '../../keyboard/hot-key-bindings.js';
import { DEFAULT_KEYS } from '../../keyboard/key-map.js';
import { bindToKeyboard, openKeySink, type OpenedKeySink } from '../../keyboard/open-key-sink.js';
import { machine } from '../../system/machine.js';
import { textTable } from '../../terminal/table.js';

const TITLE = 'understudy: self-test';
const LEASE_MS = 250;
/** What must happen is waited for so long, ms; looked for so often. */
const WITHIN_MS = 5000;
const LOOK_EVERY_MS = 1;
/** How long a person has to press the key, ms. */
const HAND_WITHIN_MS = 15_000;
const HAND_KEY = 'space';
const PICTURES = 60;
const PRESSES_A_KEY = 5;
const REPEATS = 5;
const WAITS = 100;
const WAIT_MS = 10;

/** One thing that was tried. */
export interface SelfTestRow {
  readonly name: string;
  /** Null: it was not tried. */
  readonly ok: boolean | null;
  /** What happened, for people. */
  readonly found: string;
  /** How often. */
  readonly n: number;
  /** How long it took; null where nothing was measured. */
  readonly ms: Quantiles | null;
}

/** `doctor --self-test --json`. */
export interface SelfTest {
  readonly understudy: string;
  readonly machine: string;
  readonly capture: string;
  readonly keys: string;
  readonly healthy: boolean;
  readonly rows: readonly SelfTestRow[];
}

/**
 * Tries all of it, in half a minute.
 *
 * @param say tells the person what to do
 * @throws UnderstudyError `bad-option` where this desktop has no window to try it on; as the desktop's functions; the signal's reason
 */
export async function selfTest(desktop: Desktop, say: (text: string) => void, signal: AbortSignal): Promise<SelfTest> {
  using own = openOwn(desktop);
  using window = follow(desktop, own);
  const trial = new Trial(desktop, own, window, signal);
  const rows = [
    await trial.row('timers', () => trial.timers()),
    await trial.row('pictures', () => trial.pictures()),
    await trial.row('focus', () => trial.focus()),
    await trial.row('keys', () => trial.keys()),
    await trial.row('lease', () => trial.lease()),
    await trial.row('guard killed', () => trial.guardKilled()),
    await trial.row('agent killed', () => trial.agentKilled()),
    await trial.row('takeover', () => trial.takeover(say)),
  ];
  return {
    understudy: programVersion(),
    machine: machine(),
    capture: trial.captureAdapter,
    keys: desktop.preferredInjector.why,
    healthy: rows.every(({ ok }) => ok !== false),
    rows,
  };
}

function openOwn(desktop: Desktop): OwnWindow {
  const own = desktop.openOwnWindow?.(TITLE);
  if (own !== undefined) return own;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `--self-test needs a window of its own, and on ${desktop.name} none can be opened.`,
    next: 'Run `understudy doctor` without it.',
  });
}

function follow(desktop: Desktop, { id }: OwnWindow): DesktopWindow {
  const window = desktop.openWindow(id);
  if (window === null) throw new Error('the window that was just opened is not there');
  return window;
}

type Result = Omit<SelfTestRow, 'name'>;

const measured = (samples: readonly number[], found: string, ok = true): Result => ({
  ...{ ok, found },
  n: samples.length,
  ms: quantiles(samples),
});

class Trial {
  captureAdapter = 'none';
  readonly #desktop: Desktop;
  readonly #own: OwnWindow;
  readonly #window: DesktopWindow;
  readonly #signal: AbortSignal;
  readonly #down = new Set<number>();

  constructor(desktop: Desktop, own: OwnWindow, window: DesktopWindow, signal: AbortSignal) {
    this.#desktop = desktop;
    this.#own = own;
    this.#window = window;
    this.#signal = signal;
  }

  /** One failure must not keep the others from being tried. */
  async row(name: string, attempt: () => Promise<Result>): Promise<SelfTestRow> {
    this.#signal.throwIfAborted();
    try {
      return { name, ...(await attempt()) };
    } catch (error) {
      this.#signal.throwIfAborted();
      return { name, ok: false, found: messageOf(error), n: 0, ms: null };
    }
  }

  async timers(): Promise<Result> {
    const late: number[] = [];
    for (let i = 0; i < WAITS; i += 1) {
      const beganMs = performance.now();
      await delay(WAIT_MS);
      late.push(Math.max(0, performance.now() - beganMs - WAIT_MS));
    }
    return measured(late, `how late a wait of ${WAIT_MS} ms ends`);
  }

  /** Each picture must show the gray that was painted before it. */
  async pictures(): Promise<Result> {
    const frames = openFrames({ capture: 'auto', window: this.#window });
    await using source = frames.source;
    this.captureAdapter = frames.adapter;
    await delay(300); // the window manager shows it
    const took: number[] = [];
    let wrong = 0;
    for (let i = 0; i < PICTURES; i += 1) {
      const gray = 20 + ((37 * i) % 200);
      this.#own.paint(gray);
      await delay(20);
      const beganMs = performance.now();
      const frame = await source.next(beganMs + WITHIN_MS, this.#signal);
      took.push(performance.now() - beganMs);
      const middle =
        frame === null ? 0 : 4 * (Math.floor(frame.height / 2) * frame.width + Math.floor(frame.width / 2));
      if (frame === null || ![0, 1, 2].every((colour) => frame.pixels[middle + colour] === gray)) wrong += 1;
    }
    return measured(
      took,
      wrong === 0 ? 'each showed what was painted' : `${wrong} did not show what was painted`,
      wrong === 0,
    );
  }

  async focus(): Promise<Result> {
    const ok = await this.#window.activate();
    return { ok, found: ok ? 'the window has it' : 'another program kept it: keys cannot be tried', n: 1, ms: null };
  }

  async keys(): Promise<Result> {
    await using opened = await this.#open();
    const took: number[] = [];
    for (const index of opened.codes.keys()) {
      for (let i = 0; i < PRESSES_A_KEY; i += 1) {
        took.push(await this.#press(opened, index));
        opened.sink.apply(0);
        await this.#until(() => !this.#isDown(opened.codes[index]), 'the key to go up');
      }
    }
    return measured(took, `${opened.codes.length} keys, from the decision to the window`);
  }

  /** Nothing is sent after the press: the guard must release by itself. */
  async lease(): Promise<Result> {
    await using opened = await this.#open();
    const took: number[] = [];
    for (let i = 0; i < REPEATS; i += 1) {
      took.push(await this.#press(opened, i % opened.codes.length, () => undefined, 'up'));
    }
    return measured(took, `a key of a silent agent goes up (lease ${LEASE_MS} ms)`);
  }

  async guardKilled(): Promise<Result> {
    const restarted: { again: () => void } = { again: () => undefined };
    await using opened = await this.#open({ maxRestarts: REPEATS }, (event) => {
      if (event.kind === 'restarted') restarted.again();
    });
    const took: number[] = [];
    for (let i = 0; i < REPEATS; i += 1) {
      const again = new Promise<void>((resolve) => (restarted.again = resolve));
      const kill = (): void => void process.kill(guarded(opened).guardPid, 'SIGKILL');
      took.push(await this.#press(opened, i % opened.codes.length, kill, 'up'));
      await Promise.race([again, delay(WITHIN_MS, undefined, { signal: this.#signal })]);
      guarded(opened).resume();
    }
    return measured(took, 'a key goes up after the key guard is killed');
  }

  async agentKilled(): Promise<Result> {
    const { bindings } = bindToKeyboard({ keys: DEFAULT_KEYS, desktop: this.#desktop });
    const code = bindings[0].keycode;
    const took: number[] = [];
    for (let i = 0; i < REPEATS; i += 1) {
      const agent = startHolder(this.#desktop);
      try {
        await this.#until(() => this.#isDown(code), 'the key of another process', 4 * WITHIN_MS);
        const beganMs = performance.now();
        agent.kill('SIGKILL');
        await this.#until(() => !this.#isDown(code), 'the key to go up');
        took.push(performance.now() - beganMs);
      } finally {
        agent.kill('SIGKILL');
      }
    }
    return measured(took, 'a key goes up after the agent is killed');
  }

  async takeover(say: (text: string) => void): Promise<Result> {
    if (!this.#desktop.tellsHands)
      return { ok: null, found: "a person's keys cannot be distinguished here", n: 0, ms: null };
    let by: string | null = null;
    const took: number[] = []; // from the hand's key to the release, as the guard has it
    await using opened = await this.#open({ hotKeys: DEFAULT_HOT_KEYS }, (event) => {
      if (event.kind === 'released' && event.reason === 'takeover') took.push(event.afterMs);
      if (event.kind === 'stopped' && event.why === 'takeover') by = event.key;
    });
    say(`press the key '${HAND_KEY}' once now, in the window '${TITLE}' (${HAND_WITHIN_MS / 1000} s)`);
    const untilMs = performance.now() + HAND_WITHIN_MS;
    // it holds another key all the time, which must go up when the hand comes
    while (by === null && performance.now() < untilMs) {
      opened.sink.apply(1);
      this.#look();
      await delay(LOOK_EVERY_MS * 10, undefined, { signal: this.#signal });
    }
    if (by === null) return { ok: null, found: `not tried: no one pressed '${HAND_KEY}'`, n: 0, ms: null };
    await this.#until(() => !this.#isDown(opened.codes[0]), "the agent's key to go up");
    return measured(took, `'${String(by)}' was taken for a person's, and the agent's key went up`);
  }

  /** @returns how long until the key is down, or after `act` up again, ms */
  async #press(
    { sink, codes }: Opened,
    index: number,
    act: () => void = () => undefined,
    end: 'down' | 'up' = 'down',
  ): Promise<number> {
    let beganMs = performance.now();
    sink.apply(1 << index);
    await this.#until(() => this.#isDown(codes[index]), 'the key to go down');
    if (end === 'down') return performance.now() - beganMs;
    beganMs = performance.now();
    act();
    await this.#until(() => !this.#isDown(codes[index]), 'the key to go up');
    return performance.now() - beganMs;
  }

  async #open(
    options: { readonly maxRestarts?: number; readonly hotKeys?: typeof DEFAULT_HOT_KEYS } = {},
    onGuardEvent: (event: GuardEvent) => void = () => undefined,
  ): Promise<Opened> {
    if (!this.#window.hasFocus() && !(await this.#window.activate()))
      throw new Error('the window does not have the focus, so no key was pressed');
    const opened = await openKeySink({
      ...{ sink: 'auto', keys: DEFAULT_KEYS, desktop: this.#desktop, leaseMs: LEASE_MS, onGuardEvent },
      ...{ gameWindow: this.#own.id, signal: this.#signal },
      ...options,
    });
    const codes = (opened.bindings ?? []).map(({ keycode }) => keycode);
    return { ...opened, codes, [Symbol.asyncDispose]: () => opened.sink[Symbol.asyncDispose]() };
  }

  #isDown(code: number): boolean {
    this.#look();
    return this.#down.has(code);
  }

  #look(): void {
    for (const { keycode, down } of this.#own.takeKeys()) {
      if (down) this.#down.add(keycode);
      else this.#down.delete(keycode);
    }
  }

  async #until(holds: () => boolean, what: string, withinMs = WITHIN_MS): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (!holds()) {
      if (performance.now() > untilMs) throw new Error(`waited ${withinMs / 1000} s for ${what}`);
      if (!this.#window.hasFocus()) throw new Error('the window lost the focus');
      await delay(LOOK_EVERY_MS, undefined, { signal: this.#signal });
    }
  }
}

interface Opened extends OpenedKeySink, AsyncDisposable {
  /** Keycodes, in the order of the actions. */
  readonly codes: readonly number[];
}

function guarded({ sink }: Opened): GuardedKeySink {
  if (sink instanceof GuardedKeySink) return sink;
  throw new Error('there is no key guard');
}

/** A process that holds the first key until it is killed. */
function startHolder({ environment }: Desktop): ChildProcess {
  const program = fileURLToPath(new URL('./hold-a-key.js', import.meta.url));
  return spawn(process.execPath, [program, String(LEASE_MS)], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
}

export function selfTestText({ understudy, machine: where, capture, keys, rows, healthy }: SelfTest): string {
  const cells = rows.map(({ name, ok, found, n, ms }) => [
    name,
    ok === null ? 'not tried' : ok ? 'ok' : 'FAIL',
    n === 0 ? '' : String(n),
    ...(ms === null ? ['', '', ''] : [ms.p50, ms.p95, ms.max].map((value) => value.toFixed(1))),
    found,
  ]);
  const end = healthy ? 'what was tried works' : 'what FAILs keeps an agent from playing here, or from being safe';
  return [
    `understudy ${understudy}, ${where}`,
    `pictures by ${capture}; ${keys}`,
    '',
    textTable(['', '', 'n', 'p50 ms', 'p95', 'max', 'what'], cells),
    '',
    end,
  ].join('\n');
}
