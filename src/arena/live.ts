/**
 * The arena as a running game: a frame source and a key sink on one clock. Nothing runs by itself: each request for a
 * picture and each change of a key first advances the fight to the clock's time, 60 steps a second, with the keys that
 * were held until then. On a virtual clock it therefore costs nothing to wait.
 */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Frame, FrameSource } from '../core/frame.js';
import type { KeySink, ReleaseReason } from '../core/key-sink.js';
import { DEFAULT_PICTURE_SIZE, FightCanvas, type PictureSize, type Thinned } from './canvas.js';
import { Fight, STEP_MS, type FightState, type FightSummary, type Level, type Outcome } from './fight.js';
import { BOSS_BODY } from './fight/rules.js';
import type { Player } from './players/player.js';
import { InputLog, type InputRun } from './replay.js';

/** Slack for times that are multiples of 1/60 s except for rounding, steps. */
const ROUNDING_STEPS = 1e-6;

export interface ArenaStageOptions extends Thinned {
  readonly clock: Clock;
  readonly seed: number;
  /** Default `normal`. */
  readonly level?: Level;
  /** Of the frames, px; any 16:9 size keeps the proportions. Default 640x360. */
  readonly size?: PictureSize;
  /** Keys are released this long after they were last applied or renewed, as by a key guard, ms. Default never. */
  readonly leaseMs?: number;
  /** Plays instead of the keys, which are then ignored. For demonstrations and for shadowing. */
  readonly player?: Player;
  /** The wall clock, ms since 1970. Default Date.now. */
  readonly unixMs?: () => number;
}

/** For the status line. */
export interface ArenaHealth {
  readonly phase: FightState['phase'];
  readonly stage: FightState['stage'];
  /** The share of the hits of all three phases that is left, 1..0. */
  readonly boss: number;
  /** The same of this phase alone, 1..0. */
  readonly bossInPhase: number;
  /** Hit points, 0..3. */
  readonly player: number;
  /** Game time, s. */
  readonly seconds: number;
}

export class ArenaStage implements FrameSource, KeySink {
  readonly #clock: Clock;
  readonly #canvas: FightCanvas;
  #level: Level;
  readonly #leaseMs: number;
  readonly #player: Player | null;
  readonly #unixMs: () => number;
  #fight: Fight;
  #inputs = new InputLog();
  /** When the fight's first step began, ms; null until the first picture is asked for. */
  #beganMs: number | null = null;
  #steps = 0;
  #held: HeldActions = NONE_HELD;
  /** Pressed since the last step: a tap between two steps counts for one. */
  #tapped: HeldActions = NONE_HELD;
  #leaseEndsMs = Number.POSITIVE_INFINITY;
  #edgesSent = 0;
  #nextIndex = 0;
  #drawn: { readonly fight: Fight; readonly step: number; readonly pixels: Uint8Array } | null = null;

  private constructor(options: ArenaStageOptions, canvas: FightCanvas) {
    this.#clock = options.clock;
    this.#canvas = canvas;
    this.#level = options.level ?? 'normal';
    this.#leaseMs = options.leaseMs ?? Number.POSITIVE_INFINITY;
    this.#player = options.player ?? null;
    this.#unixMs = options.unixMs ?? Date.now;
    this.#player?.reset(options.seed);
    this.#fight = new Fight({ seed: options.seed, level: this.#level });
  }

  /** Throws `package-missing` where the canvas does not load. The fight begins with the first `next()`. */
  static async open(options: ArenaStageOptions): Promise<ArenaStage> {
    return new ArenaStage(options, await FightCanvas.open(options.size ?? DEFAULT_PICTURE_SIZE, options));
  }

  /** Another fight, from its first step, beginning with the next `next()`. Keys that are held stay held. @param level default: as before */
  restart(seed: number, level = this.#level): void {
    this.#level = level;
    this.#fight = new Fight({ seed, level });
    this.#player?.reset(seed);
    this.#inputs = new InputLog();
    this.#beganMs = null;
    this.#steps = 0;
    this.#tapped = NONE_HELD;
  }

  /** The picture of this instant; once the fight is over, its last one. */
  next(): Promise<Frame> {
    const nowMs = this.#clock.nowMs();
    this.#beganMs ??= nowMs;
    this.#advanceTo(nowMs);
    const { pixels, repeated } = this.#draw();
    const frame: Frame = {
      index: this.#nextIndex,
      capturedAtMs: nowMs,
      capturedAtUnixMs: this.#unixMs(),
      ...this.#canvas.size,
      pixels,
      repeated,
      stale: false,
    };
    this.#nextIndex += 1;
    return Promise.resolve(frame);
  }

  apply(held: HeldActions): void {
    const nowMs = this.#clock.nowMs();
    this.#advanceTo(nowMs);
    this.#change(held);
    this.#leaseEndsMs = nowMs + this.#leaseMs;
  }

  renew(): void {
    const nowMs = this.#clock.nowMs();
    this.#advanceTo(nowMs);
    this.#leaseEndsMs = nowMs + this.#leaseMs;
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the contract's argument; the arena does not report it
  releaseAll(_reason: ReleaseReason): void {
    this.#advanceTo(this.#clock.nowMs());
    this.#change(NONE_HELD);
    this.#tapped = NONE_HELD;
  }

  get held(): HeldActions {
    this.#expireLease(this.#clock.nowMs());
    return this.#held;
  }

  get edgesSent(): number {
    return this.#edgesSent;
  }

  /** The fight as of the last picture or key: read it, never write it. */
  get state(): Readonly<FightState> {
    return this.#fight.state;
  }

  /** Null while the fight is not over. */
  get outcome(): Outcome | null {
    return this.#fight.outcome;
  }

  get summary(): FightSummary {
    return this.#fight.summary;
  }

  get health(): ArenaHealth {
    const { phase, stage, boss, player } = this.#fight.state;
    const { seconds } = this.#fight.summary;
    const total = BOSS_BODY.reduce((sum, { hits }) => sum + hits, 0);
    const later = BOSS_BODY.slice(phase).reduce((sum, { hits }) => sum + hits, 0);
    return {
      phase,
      stage,
      boss: (boss.hitsLeft + later) / total,
      bossInPhase: boss.hitsLeft / BOSS_BODY[phase - 1].hits,
      player: player.hitPoints,
      seconds,
    };
  }

  /** What was held in each step of this fight; `replay` plays it again to the same hash. */
  get inputs(): InputRun[] {
    return this.#inputs.runs();
  }

  stateHash(): string {
    return this.#fight.stateHash();
  }

  /** Releases all keys; the last picture stays. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.releaseAll('end');
    return Promise.resolve();
  }

  #advanceTo(nowMs: number): void {
    if (this.#beganMs !== null) {
      const due = Math.floor((nowMs - this.#beganMs) / STEP_MS + ROUNDING_STEPS);
      while (this.#steps < due && this.#fight.outcome === null) {
        this.#expireLease(this.#beganMs + this.#steps * STEP_MS);
        this.#step();
      }
    }
    this.#expireLease(nowMs);
  }

  #step(): void {
    const held = this.#player ? this.#player.decide(this.#fight.state) : this.#held | this.#tapped;
    this.#tapped = NONE_HELD;
    this.#inputs.add(held);
    this.#fight.step(held);
    this.#steps += 1;
  }

  #expireLease(atMs: number): void {
    if (atMs >= this.#leaseEndsMs) this.#change(NONE_HELD);
  }

  #change(held: HeldActions): void {
    for (let edges = held ^ this.#held; edges !== 0; edges &= edges - 1) this.#edgesSent += 1;
    this.#tapped |= held & ~this.#held;
    this.#held = held;
  }

  #draw(): { readonly pixels: Uint8Array; readonly repeated: boolean } {
    const { step } = this.#fight.state;
    if (this.#drawn?.fight === this.#fight && this.#drawn.step === step) {
      return { pixels: this.#drawn.pixels, repeated: true };
    }
    const first = this.#drawn === null;
    const pixels = this.#canvas.draw(this.#fight.state);
    this.#drawn = { fight: this.#fight, step, pixels };
    return { pixels, repeated: !first && !this.#canvas.changed };
  }
}
