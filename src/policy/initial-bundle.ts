/**
 * Makes an untrained bundle: the study's architecture with seeded weights, and thresholds set by its own outputs, so that
 * keys really go down and up. It plays badly, at full speed: it serves to try the loop before there is a trained model.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import { quantile } from '../core/quantiles.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import { STUDY_CONTRACT, type Crop } from '../vision/preprocessing-contract.js';
import { grayToImage } from '../vision/preprocessor.js';
import { writeBundle, type Bundle, type BundleDescription } from './bundle.js';
import { actionFields } from './manifest.js';
import { initialEncoderWeights, initialHeadWeights } from './initial-weights.js';
import { LatentWindow } from './latent-window.js';
import { openModel } from './model.js';
import { encoderGraph } from './onnx/encoder-graph.js';
import type { WeightStorage } from './onnx/graph-builder.js';
import { headGraph, type HeadKind } from './onnx/head-graph.js';
import { thresholdAt, type Threshold } from './thresholds.js';

type GrayFrames = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What an untrained bundle is made of. */
export interface InitialBundleOptions {
  /** D */
  readonly latent: number;
  readonly head: HeadKind;
  /** Any whole number >= 0: the same seed gives the same files. */
  readonly seed: number;
  /** The bundle's folder; an earlier bundle there is replaced. */
  readonly out: string;
  /** Default: the last part of `out`. */
  readonly name?: string;
  /** Default the study's. */
  readonly actions?: ActionSet;
  /** Names of the actions that the model should hardly ever hold. Default none. */
  readonly leftAlone?: readonly string[];
  /** Gray pictures [72, 128] of fights, 10 a second, to set thresholds by; read one at a time. Default: all at 0.5. */
  readonly frames?: GrayFrames;
  /** Default the whole game window. */
  readonly crop?: Crop;
  /** Default float32. */
  readonly storage?: WeightStorage;
}

/** The study's rate and window (write-up, Appendix A). */
const FPS = 10;
const WINDOW_LENGTH = 10;

/** An action is pressed in the third of the time in which it is most probable, and released below its median. */
const PRESS_QUANTILE = 0.65;
const RELEASE_QUANTILE = 0.5;

/** The threshold of an action that is left alone: almost never reached. */
const RARELY: Threshold = { press: 0.99, release: 0.98 };

/** Each action's probabilities over `frames`, one array for each of the bundle's actions. */
async function probabilitiesOver(bundle: Bundle, frames: GrayFrames): Promise<readonly number[][]> {
  const { manifest } = bundle;
  await using model = await openModel(bundle);
  const { encoder, head } = model;
  const image = new Float32Array(manifest.image.height * manifest.image.width);
  const latent = new Float32Array(manifest.latentSize);
  const outputs = new Float32Array(manifest.actions.length);
  const window = new LatentWindow(manifest, 1, Infinity);
  const seen: number[][] = manifest.actions.map(() => []);
  let index = 0;
  for await (const gray of frames) {
    if (gray.length !== image.length) throw new Error(`a picture of ${gray.length} bytes, expected ${image.length}`);
    grayToImage(gray, image);
    await encoder.encode(image, latent);
    window.push(latent, index);
    index += 1;
    if (!window.isFull) continue;
    window.copyTo(head.latents);
    await head.predict(outputs);
    for (const [action, values] of seen.entries()) values.push(outputs[action]);
  }
  return seen;
}

/** The models' outputs, from a draft in a temporary folder: `out` must never hold a bundle without its final thresholds. */
async function draftOutputs(
  frames: GrayFrames,
  description: BundleDescription,
  models: { readonly encoder: Uint8Array; readonly head: Uint8Array },
): Promise<readonly number[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-model-'));
  try {
    return await probabilitiesOver(await writeBundle(join(folder, 'draft'), description, models), frames);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A threshold that these probabilities cross in both directions. */
function centredOn(probabilities: readonly number[]): Threshold {
  const sorted = Float64Array.from(probabilities).sort();
  if (sorted.length === 0) return thresholdAt(0.5);
  return { press: quantile(sorted, PRESS_QUANTILE), release: quantile(sorted, RELEASE_QUANTILE) };
}

/**
 * Writes an untrained bundle. The same options and frames give the same bytes on the same machine; the weights are equal
 * on every machine.
 *
 * @throws UnderstudyError 'write-failed', 'package-missing'
 */
export async function initialBundle(options: InitialBundleOptions): Promise<Bundle> {
  const { latent, seed, out } = options;
  const { actions = STUDY_ACTIONS, storage = 'float32', leftAlone = [] } = options;
  // two seeds: the head's weights must not depend on the size of the encoder
  const encoderWeights = initialEncoderWeights(seed * 2, { latentSize: latent });
  const headWeights = initialHeadWeights(seed * 2 + 1, {
    kind: options.head,
    latentSize: latent,
    actions: actions.count,
  });
  const models = {
    encoder: encoderGraph(encoderWeights, { storage }),
    head: headGraph(headWeights, { windowLength: WINDOW_LENGTH, storage }),
  };
  const crop = options.crop ?? STUDY_CONTRACT.crop;
  const description: BundleDescription = {
    name: options.name ?? (out.split(/[\\/]/).filter(Boolean).at(-1) || 'untrained'),
    ...actionFields(actions),
    fps: FPS,
    windowLength: WINDOW_LENGTH,
    latentSize: latent,
    preprocessing: { ...STUDY_CONTRACT, crop },
    horizon: 1,
    apply: 'next-tick',
    thresholds: Object.fromEntries(actions.names.map((action) => [action, thresholdAt(0.5)])),
    training: { kind: 'untrained', seed, head: options.head, storage },
    metrics: {},
  };
  if (options.frames === undefined) return writeBundle(out, description, models);
  const seen = await draftOutputs(options.frames, description, models);
  const thresholds = actions.names.map((action, index) => {
    return [action, leftAlone.includes(action) ? RARELY : centredOn(seen[index])] as const;
  });
  return writeBundle(out, { ...description, thresholds: Object.fromEntries(thresholds) }, models);
}
