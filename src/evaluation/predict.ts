/**
 * What a bundle would hold in recorded fights: the very policy that plays, shown the recorded pictures one by one. No
 * window spans two fights. Holds one picture at a time, and of the fights only probabilities and held actions.
 */
import { STUDY_ACTIONS } from '../core/study-actions.js';
import { ACTION_COUNT, isHeld } from '../core/actions.js';
import { VirtualClock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { Bundle } from '../policy/bundle.js';
import type { ModelOpener } from '../policy/model.js';
import { openPolicy, type ModelPolicy } from '../policy/policy.js';
import type { Thresholds } from '../policy/thresholds.js';
import type { Dataset } from '../session/dataset.js';
import { pictureOrigin } from '../session/load-frames.js';
import { frameTimeMs } from '../session/session.js';
import { WHOLE_WINDOW } from '../vision/preprocessing-contract.js';

export interface PredictOptions {
  readonly bundle: Bundle;
  readonly dataset: Dataset;
  /** Replace the bundle's, action by action. */
  readonly thresholds?: Thresholds;
  /** Another engine than onnxruntime. */
  readonly openModel?: ModelOpener;
  readonly signal?: AbortSignal;
  /** Told how many frames have been seen. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Predictions of the m frames that have one: all but the first T - 1 + horizon of each fight. */
export interface FightPredictions {
  /** [m] the predicted frames, as rows of the dataset; ascending. */
  readonly rows: Int32Array;
  /** [m, K] 0..1, in the order of ACTIONS; 0 for an action that the model does not know. */
  readonly probabilities: Float32Array;
  /** [m, K] uint8: after thresholds, hysteresis, minimal holds and opposing keys, as `play` would hold. */
  readonly held: Uint8Array;
  /** In force: the bundle's with the overrides. */
  readonly thresholds: Thresholds;
  /** Frames from the last one seen to the one that the prediction is for. */
  readonly horizonFrames: number;
}

/**
 * Refuses sessions without the pictures that a bundle needs, before any work is done.
 *
 * @throws UnderstudyError `file-missing`, `session-invalid`
 */
export async function assertPictures({ sessions }: Dataset, { manifest }: Bundle): Promise<void> {
  for (const session of sessions) await pictureOrigin(session, manifest.preprocessing);
}

/**
 * Shows the fights to the model.
 *
 * @throws UnderstudyError `bundle-corrupt` where the model answers no probability (NaN); `bad-rate`, `unknown-action`;
 *   `session-invalid` where no fight is as long as a window; those of the pictures; the signal's reason when aborted
 */
export async function predictFights(options: PredictOptions): Promise<FightPredictions> {
  const { dataset, bundle, signal, onProgress } = options;
  const total = dataset.fights.length;
  await using policy = await policyFor(options);
  const horizonFrames = bundle.manifest.horizon * policy.stride;
  const found = new Answers(total);
  let row = 0;
  for await (const gray of dataset.pictures(bundle.manifest.preprocessing)) {
    signal?.throwIfAborted();
    if (row > 0 && dataset.fights[row] !== dataset.fights[row - 1]) policy.reset();
    const { held, probabilities, ready } = await policy.decide(frameOf(dataset, row, gray, bundle));
    const target = row + horizonFrames;
    if (ready && target < total && dataset.fights[target] === dataset.fights[row]) {
      found.add(target, probabilities, held);
    }
    row += 1;
    onProgress?.(row, total);
  }
  const predictions = found.taken();
  if (predictions.rows.length > 0) return { ...predictions, thresholds: policy.thresholds, horizonFrames };
  const { windowLength, name } = bundle.manifest;
  throw new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `No fight of these sessions is as long as the window of ${name}: ${windowLength} frames and ${horizonFrames} more to predict.`,
    next: 'Give sessions with longer fights.',
  });
}

/** The policy at the sessions' own rate. Pictures come already cropped by the contract, so it crops nothing again. */
async function policyFor({ bundle, dataset, thresholds, openModel }: PredictOptions): Promise<ModelPolicy> {
  const { manifest } = bundle;
  return openPolicy({
    bundle: { ...bundle, manifest: { ...manifest, preprocessing: { ...manifest.preprocessing, crop: WHOLE_WINDOW } } },
    rateHz: Number.isNaN(dataset.rateHz) ? manifest.fps : dataset.rateHz,
    clock: new VirtualClock(),
    actions: STUDY_ACTIONS,
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(openModel === undefined ? {} : { model: await openModel(bundle) }),
  });
}

/** A gray picture as a frame of its own size: preprocessing by the same contract changes no byte of it. */
function frameOf(
  { sessions, sessionOf, frameOf: places }: Dataset,
  row: number,
  gray: Uint8Array,
  bundle: Bundle,
): Frame {
  const { width, height } = bundle.manifest.image;
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < gray.length; i += 1) pixels.fill(gray[i], i * 4, i * 4 + 3);
  const { times, duplicate } = sessions[sessionOf[row]].frames;
  const place = places[row];
  return {
    index: place,
    capturedAtMs: frameTimeMs(sessions[sessionOf[row]], place),
    capturedAtUnixMs: times[place] * 1000,
    width,
    height,
    pixels,
    repeated: duplicate[place] === 1,
    stale: false,
  };
}

/** Collects answers; room for all of them is taken once. */
class Answers {
  readonly #rows: Int32Array;
  readonly #probabilities: Float32Array;
  readonly #held: Uint8Array;
  #count = 0;

  constructor(most: number) {
    this.#rows = new Int32Array(most);
    this.#probabilities = new Float32Array(most * ACTION_COUNT);
    this.#held = new Uint8Array(most * ACTION_COUNT);
  }

  add(row: number, probabilities: Float32Array, held: number): void {
    const at = this.#count * ACTION_COUNT;
    this.#rows[this.#count] = row;
    this.#probabilities.set(probabilities, at);
    for (let action = 0; action < ACTION_COUNT; action += 1) this.#held[at + action] = isHeld(held, action) ? 1 : 0;
    this.#count += 1;
  }

  taken(): Pick<FightPredictions, 'rows' | 'probabilities' | 'held'> {
    const cells = this.#count * ACTION_COUNT;
    return {
      rows: this.#rows.slice(0, this.#count),
      probabilities: this.#probabilities.slice(0, cells),
      held: this.#held.slice(0, cells),
    };
  }
}
