/**
 * The policy of a bundle's model: frame -> gray -> latent -> window -> probabilities -> held actions. It never decides to
 * hold a key before its window is full, and never touches the keyboard: it only says what to hold.
 */
import { ActionSet, NONE_HELD } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Decision, Policy } from '../core/policy.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { contractDifference, type Crop } from '../vision/preprocessing-contract.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { readBundle, type Bundle } from './bundle.js';
import { LatentWindow } from './latent-window.js';
import { mismatch, requireGame, type BundleManifest } from './manifest.js';
import { openModel, type Model } from './model.js';
import { strideFor } from './rate.js';
import { ThresholdGate, type Thresholds } from './thresholds.js';
import { SampleGate, type Act, type ActGate } from './act-gate.js';

/** How a policy is opened. */
export interface PolicyOptions {
  /** The bundle's folder, or the bundle as read. */
  readonly bundle: string | Bundle;
  /** Ticks a second. */
  readonly rateHz: number;
  /** The clock that measures the stages. */
  readonly clock: Clock;
  /**
   * The actions of decisions: those of the game or the session, which must include all of the bundle's. Actions that the
   * bundle does not know are never held. Default: the bundle's own.
   */
  readonly actions?: ActionSet;
  /** Actions that are never held, whatever the model answers: the game has no key for them. Default: none. */
  readonly unmapped?: readonly string[];
  /** The game's name: a bundle that was trained on another one is refused. Default null: none is. */
  readonly game?: string | null;
  /** They replace the bundle's thresholds, action by action. */
  readonly thresholds?: Thresholds;
  /** The crop that the game file asks for; one that differs from the bundle's is refused. Default the bundle's. */
  readonly crop?: Crop;
  /** How probabilities become keys. Default: the bundle's. */
  readonly act?: Act;
  /** Of the draws where it acts by them. Default 1. */
  readonly actSeed?: number;
  /** When a decision is applied: after the periods of its horizon, at least one, or at once. Default: the bundle's. */
  readonly apply?: BundleManifest['apply'];
  /** Used instead of onnxruntime: another engine, or one that serves many fights. The policy disposes of it. */
  readonly model?: Model;
  /** Turns probabilities into keys instead of what `act` names. */
  readonly gate?: ActGate;
  /** Accepts a rate more than 25 % off the bundle's. */
  readonly anyRate?: boolean;
}

/**
 * Frames further apart than this start a new window, in periods of the bundle's fps: a window survives four missing
 * frames; after five, half of its length is missing.
 */
const MAX_GAP_PERIODS = 5;

/** Shortest press and shortest pause, in periods of the bundle's fps: no effect at its rate, no flicker above it. */
const MIN_HOLD_PERIODS = 0.5;

/** The bundle's thresholds with the overrides; an override for an action that it does not know is refused. */
function mergedThresholds(manifest: BundleManifest, overrides: Thresholds): Thresholds {
  for (const action of Object.keys(overrides)) {
    if (manifest.actions.includes(action)) continue;
    throw new UnderstudyError({
      kind: 'usage',
      code: 'unknown-action',
      message: `a threshold for ${action}, which the model '${manifest.name}' does not know`,
      next: `its actions are ${manifest.actions.join(', ')}`,
    });
  }
  return Object.fromEntries(
    manifest.actions.map((action) => [action, overrides[action] ?? manifest.thresholds[action]]),
  );
}

/**
 * Refuses a bundle with an action that the place does not have, and one that was trained on another game.
 *
 * @param game the name of the place's game; null where it is not known, or any is accepted
 * @throws UnderstudyError 'bundle-mismatch' naming both sets, or both games
 */
export function requireBundleFits(bundle: Bundle, place: ActionSet, game: string | null): void {
  const { folder, actions, manifest } = bundle;
  if (!actions.names.every((name) => place.has(name))) throw mismatch(folder, 'actions', actions.names, place.names);
  requireGame(folder, manifest.game, game);
}

/** The game's names with the bundle's rules. */
function actionsIn(game: ActionSet, { actions }: Bundle): ActionSet {
  return new ActionSet({ names: game.names, ...actions.rules() });
}

/** @throws UnderstudyError `bundle-mismatch` for a bundle that was trained on another part of the picture */
export function requireCrop(bundle: Bundle, crop: Crop): void {
  const contract = bundle.manifest.preprocessing;
  const difference = contractDifference({ ...contract, crop }, contract);
  if (difference === null) return;
  const { field, got, expected } = difference;
  throw mismatch(bundle.folder, `preprocessing.${field}`, got, expected);
}

/** What {@link openPolicy} has checked and opened. */
interface Parts {
  readonly bundle: Bundle;
  readonly model: Model;
  readonly clock: Clock;
  readonly actions: ActionSet;
  readonly unmapped: readonly string[];
  readonly act: Act;
  readonly actSeed: number;
  readonly thresholds: Thresholds;
  readonly stride: number;
  readonly apply: BundleManifest['apply'];
  readonly gate: ActGate | null;
}

/** A {@link Policy} that plays a bundle; it also shows the pictures that its encoder gets. */
export class ModelPolicy implements Policy {
  readonly manifest: BundleManifest;
  /** The actions of its decisions: their held sets and probabilities have this order. */
  readonly actions: ActionSet;
  /** Names the model in logs: 12 hexadecimal digits of its hashes. */
  readonly modelId: string;
  /** Ticks from one latent of the window to the next. */
  readonly stride: number;
  /** Deadlines that a decision waits before it is applied: 0 = at once. */
  readonly applyDelayTicks: number;

  readonly #model: Model;
  readonly #clock: Clock;
  readonly #preprocessor: Preprocessor;
  readonly #window: LatentWindow;
  readonly #latent: Float32Array; // [D]
  readonly #outputs: Float32Array; // [K of the bundle], in its order
  readonly #positions: readonly number[]; // [K of the bundle] the place of each output in `actions`
  readonly #probabilities: Float32Array; // [K of `actions`]
  readonly #unmapped: readonly string[];
  #thresholds: Thresholds;
  readonly #act: Act;
  readonly #actSeed: number;
  #gate: ActGate;

  /** Use {@link openPolicy}. */
  constructor({ bundle, model, clock, actions, unmapped, thresholds, act, actSeed, stride, apply, gate }: Parts) {
    const { manifest } = bundle;
    this.#model = model;
    this.#clock = clock;
    this.manifest = manifest;
    this.actions = actions;
    this.modelId = bundle.id;
    this.#thresholds = thresholds;
    this.#unmapped = unmapped;
    this.#act = act;
    this.#actSeed = actSeed;
    this.#gate = gate ?? this.freshGate();
    this.stride = stride;
    // next-tick is at least the next deadline, for a horizon of 0 as well
    this.applyDelayTicks = apply === 'at-once' ? 0 : Math.max(1, manifest.horizon) * stride;
    this.#preprocessor = new Preprocessor(manifest.preprocessing);
    this.#window = new LatentWindow(manifest, stride, MAX_GAP_PERIODS * (1000 / manifest.fps));
    this.#latent = new Float32Array(manifest.latentSize);
    this.#outputs = new Float32Array(manifest.actions.length);
    this.#positions = manifest.actions.map((action) => actions.indexOf(action));
    this.#probabilities = new Float32Array(actions.count);
  }

  /** The newest picture as the encoder gets it, [H, W] uint8; the policy's own buffer, overwritten by `decide()`. */
  gray(): Uint8Array {
    return this.#preprocessor.gray;
  }

  /** The same as float32 0..1, [H, W]. */
  image(): Float32Array {
    return this.#preprocessor.image;
  }

  /** The thresholds in use: the bundle's with the overrides. */
  get thresholds(): Thresholds {
    return this.#thresholds;
  }

  async decide(frame: Frame): Promise<Decision> {
    const stageMs = await this.#encode(frame);
    return await this.#answer(frame.capturedAtMs, stageMs);
  }

  async see(frame: Frame): Promise<Pick<Decision['stageMs'], 'preprocess' | 'encode'>> {
    const stageMs = await this.#encode(frame);
    this.#window.push(this.#latent, frame.capturedAtMs);
    return stageMs;
  }

  dropHeld(): void {
    this.#gate.reset();
  }

  /** Writes the frame's latent. */
  async #encode(frame: Frame): Promise<Pick<Decision['stageMs'], 'preprocess' | 'encode'>> {
    const startedMs = this.#clock.nowMs();
    this.#preprocessor.process(frame);
    const preprocessedMs = this.#clock.nowMs();
    await this.#model.encoder.encode(this.#preprocessor.image, this.#latent);
    return { preprocess: preprocessedMs - startedMs, encode: this.#clock.nowMs() - preprocessedMs };
  }

  /** Adds the newest latent to the window and decides. */
  async #answer(atMs: number, stageMs: Pick<Decision['stageMs'], 'preprocess' | 'encode'>): Promise<Decision> {
    const encodedMs = this.#clock.nowMs();
    const follows = this.#window.push(this.#latent, atMs);
    if (!follows) this.#gate.reset();
    const ready = this.#window.isFull;
    if (ready) await this.#predict();
    else this.#probabilities.fill(0);
    const held = ready ? this.#gate.decide(this.#probabilities, atMs) : NONE_HELD;
    return {
      held,
      probabilities: this.#probabilities,
      ready,
      stageMs: { ...stageMs, head: this.#clock.nowMs() - encodedMs },
    };
  }

  async #predict(): Promise<void> {
    const { head } = this.#model;
    this.#window.copyTo(head.latents);
    await head.predict(this.#outputs);
    for (const [output, position] of this.#positions.entries()) {
      const probability = this.#outputs[output];
      if (!(probability >= 0 && probability <= 1)) {
        throw new UnderstudyError({
          kind: 'input',
          code: 'bundle-corrupt',
          message: `the model '${this.manifest.name}' answered ${probability} for ${this.manifest.actions[output]}, expected 0 to 1`,
          next: 'its weights are damaged: train or export it again',
        });
      }
      this.#probabilities[position] = probability;
    }
  }

  /**
   * Decides on the last picture again, for a deadline without a new one: a recording at a constant rate repeats the picture
   * there too. Null before the first picture.
   *
   * @param atMs monotonic, like a frame's `capturedAtMs`
   */
  async repeat(atMs: number): Promise<Decision | null> {
    if (this.#window.isEmpty) return null;
    return await this.#answer(atMs, { preprocess: 0, encode: 0 });
  }

  /** How many pictures fill the window: with the last of them decisions become `ready`. */
  get picturesToFill(): number {
    return this.#window.capacity;
  }

  /** How its probabilities become keys, for logs. */
  get act(): { readonly how: Act; readonly seed: number | null } {
    return { how: this.#act, seed: this.#act === 'sample' ? this.#actSeed : null };
  }

  /** A gate like the policy's own, with nothing held. */
  freshGate(): ActGate {
    const periodMs = 1000 / this.manifest.fps;
    if (this.#act === 'sample') {
      const never = (action: string): boolean =>
        this.#unmapped.includes(action) || !this.manifest.actions.includes(action);
      return new SampleGate({ actions: this.actions, never, periodMs, seed: this.#actSeed });
    }
    const minHoldMs = MIN_HOLD_PERIODS * periodMs;
    const entries = Object.entries(this.#thresholds).filter(([action]) => !this.#unmapped.includes(action));
    const thresholds = Object.fromEntries(entries); // an action without one is never held
    return new ThresholdGate({ actions: this.actions, thresholds, minHoldMs, minGapMs: minHoldMs });
  }

  /** Changes thresholds from the next decision on; what is held is released then. @throws UnderstudyError `unknown-action` */
  retune(thresholds: Thresholds): void {
    this.#thresholds = mergedThresholds(this.manifest, { ...this.#thresholds, ...thresholds });
    this.#gate = this.freshGate();
  }

  reset(): void {
    this.#window.reset();
    this.#gate.reset();
    this.#probabilities.fill(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.encoder[Symbol.asyncDispose]();
    await this.#model.head[Symbol.asyncDispose]();
  }
}

/**
 * Opens a bundle for play: reads and checks it, loads both graphs and runs each once.
 *
 * @throws UnderstudyError 'bundle-missing', 'bundle-corrupt', 'bundle-mismatch', 'bundle-too-new', 'bad-rate',
 * 'unknown-action', 'package-missing'
 */
export async function openPolicy(options: PolicyOptions): Promise<ModelPolicy> {
  const bundle = typeof options.bundle === 'string' ? await readBundle(options.bundle) : options.bundle;
  const { manifest } = bundle;
  const stride = strideFor(options.rateHz, manifest.fps, options.anyRate ?? false);
  requireBundleFits(bundle, options.actions ?? bundle.actions, options.game ?? null);
  const actions = options.actions === undefined ? bundle.actions : actionsIn(options.actions, bundle);
  const thresholds = mergedThresholds(manifest, options.thresholds ?? {});
  if (options.crop !== undefined) requireCrop(bundle, options.crop);
  const { clock, unmapped = [], apply = manifest.apply, model = await openModel(bundle) } = options;
  const { act = manifest.act ?? 'threshold', actSeed = 1, gate = null } = options;
  return new ModelPolicy({ bundle, model, clock, actions, unmapped, thresholds, act, actSeed, stride, apply, gate });
}
