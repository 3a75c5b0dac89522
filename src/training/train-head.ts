/** Trains a recurrent head on windows of latents, and predicts with it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LabelMatrix } from '../core/label-matrix.js';
import { ProbabilityMatrix } from '../core/probability-matrix.js';
import type { SampleOptions } from '../session/samples.js';
import type { HeadKind } from '../policy/onnx/head-graph.js';
import { headNetwork } from './architectures.js';
import { eventsIn, type TrainingContext } from './train-autoencoder.js';
import type { EpochRecord } from './checkpoint.js';
import { TRAIN, VALIDATION, windowsOf, type TrainingData } from './dataset.js';
import type { Engine, Tensor2D } from './engine.js';
import { fit, type Samples } from './fit.js';
import { forward, LoadedModel } from './forward.js';
import { initialWeights } from './initial-weights.js';
import type { KerasModel } from './keras/read.js';
import { sampleLosses, weightedLoss, type LossSpec, type WeightSemantics } from './losses.js';
import type { Network } from './network.js';
import type { Rows } from './rows.js';

export interface HeadTraining {
  readonly kind: HeadKind;
  /** Units of the recurrent layers. Default the study's 128 and 64. */
  readonly units?: readonly number[];
  /** Default the study's 0.3. */
  readonly dropout?: number;
  readonly loss: LossSpec;
  /** Weight of windows in which a rare action is held (the study: JUMP or DASH, 6); 1 weighs all windows alike. */
  readonly rareWeight: number;
  readonly weightSemantics: WeightSemantics;
  /** T */
  readonly windowLength: number;
  /** Frames from a window's last picture to the frame whose label it predicts. */
  readonly horizon: number;
  /** Whether a window may reach from one fight into the next, as in the study. */
  readonly acrossFights: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number | null;
  readonly seed: number;
}

export interface HeadResult {
  readonly model: KerasModel;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly loss: number;
  readonly trainWindows: number;
  readonly rareTrainWindows: number;
}

type PartWindows = ReturnType<typeof windowsOf>;

/** Windows of latents, [B, T, D]. */
function latentsAt(latents: Rows, windows: PartWindows, indices: ArrayLike<number>): Float32Array {
  const windowBytes = windows.length * latents.rowBytes;
  const values = new Float32Array((indices.length * windowBytes) / 4);
  const bytes = new Uint8Array(values.buffer);
  for (let row = 0; row < indices.length; row += 1) {
    latents.read(windows.first[indices[row]], windows.length, bytes, row * windowBytes);
  }
  return values;
}

function samplesOf(
  engine: Engine,
  data: TrainingData,
  latents: Rows,
  windows: PartWindows,
  network: Network,
  training: HeadTraining,
): Samples {
  const { tf } = engine;
  return {
    count: windows.first.length,
    batch: (indices) => {
      const x = tf.tensor(latentsAt(latents, windows, indices), [indices.length, ...network.inputShape]);
      const labels = data.labels.select(indices.map((index) => windows.target[index]));
      const y = tf.tensor2d(Float32Array.from(labels.bytes), [indices.length, labels.actions.count]);
      const weigh = (index: number): number => (windows.rare[index] === 1 ? training.rareWeight : 1);
      const sampleWeights = training.rareWeight === 1 ? null : tf.tensor1d(Float32Array.from(indices, weigh));
      return (weights, dropout) => {
        const output = forward(engine, network, weights, x, dropout) as Tensor2D;
        const each = sampleLosses(engine, training.loss, y, output);
        return weightedLoss(engine, each, sampleWeights, training.weightSemantics);
      };
    },
  };
}

/**
 * Trains a head on the windows that lie in training fights.
 *
 * @param latents [n, D] float32 of all frames, as `encodeFrames` gives them
 * @param latentsId names the latents (data and encoder), for checkpoints
 */
export async function trainHead(
  engine: Engine,
  data: TrainingData,
  latents: Rows,
  latentsId: string,
  training: HeadTraining,
  context: TrainingContext,
): Promise<HeadResult> {
  const latentSize = latents.rowBytes / 4;
  const network = headNetwork({ ...training, latentSize, actions: data.labels.actions.count });
  const options = windowOptions(training);
  const train = windowsOf(data, TRAIN, options);
  const validation = windowsOf(data, VALIDATION, options);
  const of = (windows: PartWindows): Samples => samplesOf(engine, data, latents, windows, network, training);
  const samples = { train: of(train), validation: validation.first.length === 0 ? null : of(validation) };
  const record = JSON.stringify([latentsId, training, Array.from(data.partOf), Array.from(data.labels.bytes)]);
  const result = await fit(engine, initialWeights(network, training.seed), samples, {
    ...training,
    ...context,
    checkpoint: context.workFolder === null ? null : join(context.workFolder, 'head.checkpoint'),
    fingerprint: createHash('sha256').update(record).digest('hex'),
    onHistory: eventsIn(context, 'head'),
  });
  return {
    model: { network, weights: result.weights },
    history: result.history,
    bestEpoch: result.bestEpoch,
    loss: result.bestLoss,
    trainWindows: train.first.length,
    rareTrainWindows: train.rare.reduce((sum, rare) => sum + rare, 0),
  };
}

export const windowOptions = ({ windowLength: length, horizon, acrossFights }: HeadTraining): SampleOptions => ({
  length,
  horizon,
  acrossFights,
});

export interface Predictions {
  /** [n, K] */
  readonly probabilities: ProbabilityMatrix;
  /** [n, K] what the human held at the frame that each window predicts. */
  readonly labels: LabelMatrix;
  /** [n, K] what was held at the last frame that could be looked at: nothing where that lies in another fight. */
  readonly before: LabelMatrix;
  /** [n] the fight of that frame. */
  readonly fightOf: Int32Array;
}

/** What a head predicts for all windows of one part. */
export function predictPart(
  engine: Engine,
  data: TrainingData,
  latents: Rows,
  head: KerasModel,
  training: HeadTraining,
  part: number,
): Predictions {
  const windows = windowsOf(data, part, windowOptions(training));
  const count = windows.first.length;
  const probabilities = ProbabilityMatrix.zeros(data.labels.actions, count);
  const size = 256;
  using model = new LoadedModel(engine, head);
  for (let first = 0; first < count; first += size) {
    const indices = Int32Array.from({ length: Math.min(size, count - first) }, (_, i) => first + i);
    probabilities.setRows(first, model.run(latentsAt(latents, windows, indices)));
  }
  const { labels, fightOf } = data;
  const before = LabelMatrix.zeros(labels.actions, count);
  const back = Math.max(1, training.horizon); // never the frame itself
  windows.target.forEach((frame, row) => {
    if (fightOf[frame - back] === fightOf[frame]) before.setHeld(row, labels.held(frame - back));
  });
  return {
    probabilities,
    labels: labels.select(windows.target),
    before,
    fightOf: Int32Array.from(windows.target, (frame) => fightOf[frame]),
  };
}
