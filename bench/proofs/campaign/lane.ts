/**
 * One lane of the campaign: a display, its window manager, a game window and an observer that stay, and one live run
 * after the other that a fault strikes there.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { X11Desktop } from '../../../src/desktop/x11/desktop.js';
import { Random } from '../../../src/core/random.js';
import { monotonicMs } from '../../../src/core/clock.js';
import type { Desktop } from '../../../src/desktop/desktop.js';
import type { KeyWatch } from '../../../src/desktop/key-watch.js';
import { DEFAULT_KEYS } from '../../../src/keyboard/key-map.js';
import { leaseMsFor } from '../../../src/keyboard/lease.js';
import { openKeySink } from '../../../src/keyboard/open-key-sink.js';
import { releaseEveryKey } from '../../../src/keyboard/release-keys.js';
import { end, openDisplay, type TestDisplay } from '../../../testing/display/x-display.js';
import { CuttableDisplay } from './cuttable-display.js';
import { DECK, faultArgument, type CampaignFault, type Strike } from './faults.js';
import { starve, strike } from './outside.js';
import { judge, type FaultRecord } from './record.js';
import { isRunning, Victim, waitedForCpuMs } from './victim.js';
import { openFolder } from '../../../testing/temporary-folder.js';

/** Ticks a second that a run may have; the lease is 250 ms at all of them. */
const RATES_HZ = [10, 20, 30, 60] as const;
/** Every key is held while the model is asked: an untrained one answers about a half for everything. */
const HOLD_THREE = 'RIGHT=0.001/0.0005,JUMP=0.001/0.0005,SHOOT=0.001/0.0005,UP=1/0.9,DOWN=1/0.9,LEFT=1/0.9,DASH=1/0.9';
const HELD_WITHIN_MS = 40_000;
/** Watched after the strike, ms, at most: long where keys must be released, to see how late they are; else short. */
const WATCHED_MS = { lease: 6000, starved: 6000, double: 300, 'plays-on': 1300 } as const;
/** A key that is still down this long after everything has ended is stuck. */
const SETTLED_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 4;

interface Edge {
  readonly key: string;
  readonly down: boolean;
  /** ms on the machine's monotonic clock. */
  readonly atMs: number;
}

/** A fault has struck. */
interface Struck {
  readonly guardPid: number;
  /** ms on the machine's monotonic clock. */
  readonly struckAtMs: number;
  /** What remains to be done once the keys were watched. */
  readonly finish: () => Promise<void>;
}

/** Runs of one fault, at most: a guard that is lost each time is a fault of its own. */
const MOST_RUNS = 3;

export class Lane implements AsyncDisposable {
  readonly #display: TestDisplay;
  readonly #desktop: Desktop;
  readonly #game: ChildProcess;
  readonly #bundle: string;
  readonly #folder = openFolder('campaign');
  #windowId = 0;
  /** What the game window wrote down, in sequence. */
  #windowEdges: Edge[] = [];
  readonly #names = new Map<number, string>();
  #watch!: KeyWatch;
  #edges: Edge[] = [];
  #opened: () => void = () => undefined;
  #struck: (atMs: number) => void = () => undefined;

  private constructor(display: TestDisplay, bundle: string) {
    this.#display = display;
    this.#desktop = new X11Desktop(display.name);
    this.#bundle = bundle;
    this.#game = spawn(process.execPath, [fileURLToPath(new URL('./game-window.js', import.meta.url)), display.name], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#game.stdout! }).on('line', (line) => this.#hear(line));
  }

  async #listen(): Promise<void> {
    const toMachine = monotonicMs() - performance.now();
    this.#watch = await this.#desktop.watchKeys({
      pollMs: LOOK_EVERY_MS,
      onKey: ({ keycode, keysym, down, synthetic, atMs }) => {
        this.#names.set(keycode, keysym ?? String(keycode));
        if (synthetic) this.#edges.push({ key: keysym ?? String(keycode), down, atMs: atMs + toMachine });
      },
    });
  }

  /** @param bundle the model that plays */
  static async open(bundle: string): Promise<Lane> {
    const lane = new Lane(await openDisplay({ windowManager: true, size: '640x480' }), bundle);
    await lane.#listen();
    return lane;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch[Symbol.dispose]();
    await end(this.#game);
    await this.#display[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  /**
   * Fault number `index` of the campaign of this seed, in a new live run. A run that the machine starves so long that
   * it loses its guard before the fault strikes is disarmed and holds nothing: another one takes its place.
   */
  async meet(index: number, seed: number): Promise<FaultRecord> {
    for (let runs = 1; ; runs += 1) {
      try {
        return await this.#meetOnce(index, seed, runs);
      } catch (error) {
        if (runs === MOST_RUNS || !(error instanceof Error && error.cause instanceof DisarmedFirst)) throw error;
      }
    }
  }

  async #meetOnce(index: number, seed: number, runs: number): Promise<FaultRecord> {
    const random = new Random(seed * 1_000_003 + index);
    const fault = faultAt(index, seed);
    const rateHz = RATES_HZ[random.integer(0, RATES_HZ.length - 1)];
    const afterMs = Math.round(random.uniform(...fault.afterMs));
    const beganMs = performance.now();
    const runsFolder = mkdtempSync(join(this.#folder.path, 'run-'));
    await this.#openWindow();
    await using cuttable = fault.act.kind === 'cut-display' ? await CuttableDisplay.to(this.#display.name) : null;
    const victim = new Victim(this.#argsOf(fault, rateHz, afterMs), runsFolder, {
      ...this.#display.env,
      XDG_RUNTIME_DIR: this.#folder.path,
      ...(cuttable && { DISPLAY: cuttable.name }),
    });
    try {
      const { struckAtMs, ...seen } = await this.#meet(fault, victim, afterMs, cuttable);
      const ended = await victim.end();
      const after = await this.#settle(fault, random);
      const heldByWindow = [...heldAt(this.#windowEdges, struckAtMs)]; // its last output has arrived by now
      const guardGone = await this.#isGone(seen.guardPid);
      const tookMs = Math.round(performance.now() - beganMs);
      const record = {
        index,
        seed,
        fault: fault.name,
        promise: fault.promise,
        rateHz,
        afterMs,
        runs,
        ended,
        ...seen,
        heldByWindow,
        ...after,
      };
      return judge({ ...record, leaseMs: leaseMsFor(1000 / rateHz), guardGone, tookMs });
    } catch (error) {
      throw new Error(`fault ${index} (${fault.name}): ${String(error)}\n${victim.stderr}`, { cause: error });
    } finally {
      await victim.end();
      rmSync(runsFolder, { recursive: true, force: true });
    }
  }

  #argsOf(fault: CampaignFault, rateHz: number, afterMs: number): string[] {
    const given = fault.act.kind === 'own' ? ['--fault', faultArgument(fault.act, afterMs / 1000)] : [];
    const model = ['--model', this.#bundle, '--threshold', HOLD_THREE, '--rate', String(rateHz), '--any-rate'];
    return ['--window-id', String(this.#windowId), '--capture', 'x11', '--budget-ms', '5000', ...model, ...given];
  }

  /** Waits until keys are down, strikes, and watches the keys. */
  async #meet(fault: CampaignFault, victim: Victim, afterMs: number, cuttable: CuttableDisplay | null) {
    this.#edges = [];
    const struck =
      fault.act.kind === 'own'
        ? await this.#awaitOwnFault(victim)
        : await this.#strikeFromOutside(fault.act, victim, afterMs, cuttable);
    const { guardPid, struckAtMs, finish } = struck;
    const waitedMs = await this.#watchKeys(struckAtMs, WATCHED_MS[fault.promise], [guardPid, victim.pid]);
    await finish();
    return { guardPid, struckAtMs, downForMs: this.#downForMs(struckAtMs), waitedMs };
  }

  /** For a fault that the run itself was given: waits until the run says that it has begun. */
  async #awaitOwnFault(victim: Victim): Promise<Struck> {
    await this.#until('a key guard', HELD_WITHIN_MS, () => victim.hasGuard || victim.ended);
    const { guardPid } = victim;
    await this.#until('the fault begins', HELD_WITHIN_MS, () => {
      if (victim.lostGuard) throw new DisarmedFirst();
      return victim.faultBeganAtMs() !== null;
    });
    return { guardPid, struckAtMs: victim.faultBeganAtMs()!, finish: () => Promise.resolve() };
  }

  /** Waits until three keys are down and a moment longer, then strikes. */
  async #strikeFromOutside(
    act: Strike,
    victim: Victim,
    afterMs: number,
    cuttable: CuttableDisplay | null,
  ): Promise<Struck> {
    await this.#until('three keys down', HELD_WITHIN_MS, () => {
      if (victim.lostGuard) throw new DisarmedFirst();
      return !victim.ended && this.#held().size === 3;
    });
    const { guardPid } = victim;
    await delay(afterMs);
    const feed = act.kind === 'signal' && act.starved ? await starve(victim) : () => Promise.resolve();
    const byWindow = new Promise<number>((resolve) => (this.#struck = resolve));
    const sentAtMs = monotonicMs();
    const strikeAgain = strike(act, {
      victim,
      blur: () => this.#tell('blur'),
      destroyWindow: () => this.#tell('destroy'),
      cuttable,
    });
    const isByWindow = act.kind === 'blur' || act.kind === 'destroy-window';
    return {
      guardPid,
      struckAtMs: isByWindow ? await byWindow : sentAtMs,
      finish: () => {
        strikeAgain();
        return feed();
      },
    };
  }

  /** Until every key that was held is released, or for `forMs`. @returns how long a process waited for a CPU */
  async #watchKeys(struckAtMs: number, forMs: number, pids: readonly number[]): Promise<number> {
    const before = pids.map((pid) => waitedForCpuMs(pid) ?? 0);
    let waited = before;
    while (monotonicMs() - struckAtMs < forMs) {
      waited = pids.map((pid, i) => waitedForCpuMs(pid) ?? waited[i]);
      this.#watch.poll();
      const open = Object.values(this.#downForMs(struckAtMs));
      if (open.every((ms) => ms !== null)) break;
      await delay(LOOK_EVERY_MS);
    }
    return Math.max(...waited.map((ms, i) => ms - before[i]));
  }

  /** For each key that was down at the strike: ms until it was released; null where it is still down. */
  #downForMs(struckAtMs: number): Record<string, number | null> {
    const held = heldAt(this.#edges, struckAtMs);
    return Object.fromEntries(
      [...held].map((key) => {
        const up = this.#edges.find((edge) => edge.key === key && !edge.down && edge.atMs >= struckAtMs);
        return [key, up === undefined ? null : Number((up.atMs - struckAtMs).toFixed(1))];
      }),
    );
  }

  #held(): Set<string> {
    this.#watch.poll();
    return heldAt(this.#edges, Number.POSITIVE_INFINITY);
  }

  /** Waits until no key is down; what is down after a double kill is released as a user would do it. */
  async #settle(fault: CampaignFault, random: Random) {
    const deadlineMs = performance.now() + (fault.promise === 'double' ? 300 : SETTLED_WITHIN_MS);
    while (this.#watch.keysDown().length > 0 && performance.now() < deadlineMs) await delay(LOOK_EVERY_MS);
    const downAtEnd = this.#downNow();
    if (fault.promise !== 'double') return { downAtEnd, afterwards: null, downAfterwards: downAtEnd };
    const afterwards = random.next() < 0.5 ? ('release' as const) : ('next start' as const);
    if (afterwards === 'release') releaseEveryKey(this.#desktop, DEFAULT_KEYS);
    else {
      const { sink } = await openKeySink({
        sink: 'xtest',
        keys: DEFAULT_KEYS,
        leaseMs: 250,
        desktop: this.#desktop,
      });
      await sink[Symbol.asyncDispose]();
    }
    return { downAtEnd, afterwards, downAfterwards: this.#downNow() };
  }

  #downNow(): string[] {
    return this.#watch.keysDown().map(({ keysym, keycode }) => keysym ?? String(keycode));
  }

  async #isGone(pid: number): Promise<boolean> {
    for (let i = 0; i < 250 && isRunning(pid); i += 1) await delay(LOOK_EVERY_MS);
    return !isRunning(pid);
  }

  async #openWindow(): Promise<void> {
    const opened = new Promise<void>((resolve) => (this.#opened = resolve));
    this.#tell('open');
    await opened;
    if (this.#downNow().length > 0) throw new Error(`keys are down before the run: ${this.#downNow().join(', ')}`);
  }

  #tell(order: 'open' | 'blur' | 'destroy'): void {
    this.#game.stdin!.write(`${order}\n`);
  }

  #hear(line: string): void {
    const [word, number, serverMs] = line.split(' ');
    if (word === 'window') {
      this.#windowId = Number(number);
      this.#windowEdges = [];
      this.#opened();
      return;
    }
    if (word === 'struck') return this.#struck(Number(serverMs));
    // the server's clock is the machine's monotonic one, in 32 bits (X.Org, GetTimeInMillis)
    const sinceMs = (((monotonicMs() - Number(serverMs)) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    const key = this.#names.get(Number(number)) ?? number;
    this.#windowEdges.push({ key, down: word === 'press', atMs: monotonicMs() - sinceMs });
  }

  async #until(what: string, withinMs: number, holds: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (!holds()) {
      if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs} ms: ${what}`);
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** The run lost its key guard before the fault struck. */
class DisarmedFirst extends Error {}

/** What is down at that moment, by the server's own times of the edges. */
function heldAt(edges: readonly Edge[], atMs: number): Set<string> {
  const held = new Set<string>();
  for (const edge of edges) {
    if (edge.atMs >= atMs) break;
    if (edge.down) held.add(edge.key);
    else held.delete(edge.key);
  }
  return held;
}

/** Each deck is shuffled again, by the seed. */
function faultAt(index: number, seed: number): CampaignFault {
  const random = new Random(seed * 7919 + Math.floor(index / DECK.length));
  const deck = [...DECK];
  for (let i = deck.length - 1; i > 0; i -= 1) {
    const j = random.integer(0, i);
    [deck[i], deck[j]] = [deck[j], deck[i]];
  }
  return deck[index % deck.length];
}
