/** What a trained model of the study does: by frame on held-out fights, by picture for its encoder, by fight alone. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelMatrix } from '../../../src/core/label-matrix.js';
import { given } from '../../../src/core/given.js';
import { scoreInArena, type PlayFights } from '../../../src/evaluation/arena/score.js';
import type { PlayedFight } from '../../../src/evaluation/arena/settings.js';
import { scoreLabels, type Scores } from '../../../src/evaluation/scores.js';
import { readBundle } from '../../../src/policy/bundle.js';
import { readHeadWeights } from '../../../src/policy/onnx/head-graph.js';
import { encodeFrames } from '../../../src/training/train-autoencoder.js';
import { TEST, windowsOf } from '../../../src/training/dataset.js';
import type { Engine } from '../../../src/training/engine.js';
import { forward } from '../../../src/training/forward.js';
import { predictPart } from '../../../src/training/train-head.js';
import { headModel } from '../../../src/training/import-model.js';
import { replaceJson } from '../../../src/core/plain-json.js';
import type { SharedEncoder } from '../../../src/training/shared-encoder.js';
import type { TrialResult } from '../../../src/training/trial.js';
import { heldAt } from '../../../src/training/tune-thresholds.js';
import type { HeldOut } from './held-out.js';
import { FIRST_PLAYED_SEED } from './scales.js';

/** How much of one phase's threats an autoencoder draws. */
export interface ThreatsDrawn {
  readonly phase: 1 | 2 | 3;
  /** Frames with threats that were looked at. */
  readonly frames: number;
  /** Projection of what is drawn onto what is there, over the pixels that threats cover: 1 all of it, 0 nothing. */
  readonly drawn: number;
}

/** Frames of each phase that are reconstructed: more change nothing but the time. */
const FRAMES_A_PHASE = 192;
const BATCH = 32;

/** How well threats survive the latent, phase by phase. */
export function threatsDrawn(engine: Engine, { autoencoder }: SharedEncoder, heldOut: HeldOut): ThreatsDrawn[] {
  const { data, phaseOf, withoutThreats } = heldOut;
  const size = data.frames.rowBytes;
  const gray = new Uint8Array(size);
  const hasThreats = (frame: number): boolean => {
    data.frames.read(frame, 1, gray, 0);
    return gray.some((value, i) => value !== withoutThreats[frame * size + i]);
  };
  return ([1, 2, 3] as const).map((phase) => {
    const all = Array.from(phaseOf.keys()).filter((frame) => phaseOf[frame] === phase && hasThreats(frame));
    const every = Math.max(1, all.length / FRAMES_A_PHASE);
    const frames = Array.from({ length: Math.min(all.length, FRAMES_A_PHASE) }, (_, i) => all[Math.floor(i * every)]);
    let [shown, there] = [0, 0];
    for (let first = 0; first < frames.length; first += BATCH) {
      const batch = frames.slice(first, first + BATCH);
      const bytes = new Uint8Array(batch.length * size);
      for (const [row, frame] of batch.entries()) data.frames.read(frame, 1, bytes, row * size);
      const pictures = reconstructed(engine, autoencoder, bytes, data.image);
      for (const [row, frame] of batch.entries()) {
        for (let i = 0; i < size; i += 1) {
          const bare = withoutThreats[frame * size + i] / 255;
          const threat = bytes[row * size + i] / 255 - bare;
          shown += threat * (pictures[row * size + i] - bare);
          there += threat * threat;
        }
      }
    }
    return { phase, frames: frames.length, drawn: there === 0 ? 0 : shown / there };
  });
}

function reconstructed(
  engine: Engine,
  { network, weights }: SharedEncoder['autoencoder'],
  bytes: Uint8Array,
  image: readonly [number, number],
): Float32Array {
  const { tf } = engine;
  return tf.tidy(() => {
    const x = tf.tensor(
      Float32Array.from(bytes, (value) => value / 255),
      [bytes.length / (image[0] * image[1]), ...image, 1],
    );
    const tensors = weights.map(({ values, shape }) => tf.tensor(values, [...shape]));
    return Float32Array.from(forward(engine, network, tensors, x).dataSync());
  });
}

/** How often an action is held in one phase, 0..1 of its frames. */
export interface HeldInPhase {
  readonly phase: 1 | 2 | 3;
  readonly frames: number;
  readonly byExpert: number;
  readonly byModel: number;
}

export interface ByFrame {
  readonly scores: Scores;
  readonly up: readonly HeldInPhase[];
}

/** Predictions of a model on held-out fights, scored by frame and by phase. */
export async function scoreByFrame(
  engine: Engine,
  result: TrialResult,
  shared: SharedEncoder,
  heldOut: HeldOut,
  folder: string,
): Promise<ByFrame> {
  const bundle = await readBundle(join(folder, result.bundle.folder));
  const { head: training } = result.trial;
  const within = { ...training, acrossFights: false };
  const { data, framesSha256, phaseOf } = heldOut;
  using latents = await encodeFrames(engine, data, framesSha256, shared.encoder, shared.folder);
  const model = headModel(readHeadWeights(bundle.head), training.windowLength);
  const predictions = predictPart(engine, data, latents, model, within, TEST);
  const thresholds = bundle.manifest.thresholds as Parameters<typeof heldAt>[1];
  const held = heldAt(predictions.probabilities, thresholds);
  const { labels, fightOf } = predictions;
  const { target } = windowsOf(data, TEST, { ...within, length: training.windowLength });
  const up = labels.actions.indexOf('UP');
  return {
    scores: scoreLabels(labels, held, { fightOf }),
    up: ([1, 2, 3] as const).map((phase) => {
      const rows = Array.from(target.keys()).filter((row) => phaseOf[target[row]] === phase);
      const share = (of: LabelMatrix): number =>
        rows.length === 0 ? 0 : rows.filter((row) => of.at(row, up) === 1).length / rows.length;
      return { phase, frames: rows.length, byExpert: share(labels), byModel: share(held) };
    }),
  };
}

/** The fights that a model has played so far, in the order of their seeds. */
export function playedSoFar(result: TrialResult, folder: string): PlayedFight[] {
  const path = playedPath(result, folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PlayedFight[]) : [];
}

const playedPath = ({ bundle }: TrialResult, folder: string): string =>
  join(folder, 'fights', `${bundle.id}-normal.json`);

export interface PlayOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (part: number) => void;
  /** Default: in this process. */
  readonly play?: PlayFights;
}

/**
 * Lets a model play until it has `fights` fights; those of earlier runs are not played again.
 *
 * @returns false where the signal came first
 */
export async function playUpTo(
  result: TrialResult,
  fights: number,
  folder: string,
  { signal, onProgress, play }: PlayOptions,
): Promise<boolean> {
  const played = playedSoFar(result, folder);
  if (played.length >= fights) return true;
  const score = await scoreInArena({
    bundle: join(folder, 'sweep', result.bundle.folder),
    ...{ fights: fights - played.length, seed: FIRST_PLAYED_SEED + played.length, level: 'normal' },
    ...{ withPlayers: false, signal },
    ...given({ play }),
    onProgress: ({ done, total }) => onProgress(done / total),
  });
  if (score === null) return false;
  mkdirSync(join(folder, 'fights'), { recursive: true });
  replaceJson(playedPath(result, folder), [...played, ...score.perFight]);
  return true;
}
