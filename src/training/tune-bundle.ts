/**
 * `model tune`: chooses a bundle's thresholds anew on recorded fights, by what its own graphs answer to them. Needs no
 * training engine and changes no weight.
 */
import { ACTIONS, ACTION_COUNT, type ActionName } from '../core/actions.js';
import { UnderstudyError } from '../core/errors.js';
import { scoreLabels, type Scores } from '../evaluation/scores.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import { openModel } from '../policy/model.js';
import type { Thresholds } from '../policy/thresholds.js';
import { grayToImage } from '../vision/preprocessor.js';
import { windowsOf, type TrainingData } from './dataset.js';
import { heldAt, tuneThresholds } from './tune-thresholds.js';

export interface TuneOptions {
  /** The bundle's folder. */
  readonly bundle: string;
  /** Where the tuned bundle goes; may be the same folder. */
  readonly out: string;
  /** By the bundle's own preprocessing; only frames of `part` are used. */
  readonly data: TrainingData;
  /** One of TRAIN, VALIDATION, TEST. Fights that the model was trained on flatter it. */
  readonly part: number;
  /** Names of the fights that are tuned on, for the record: a score tells them apart. */
  readonly fights?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told how many frames have been encoded. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TuneResult {
  readonly bundle: Bundle;
  readonly before: Thresholds;
  /** At the new thresholds, of the very windows that they were chosen on. */
  readonly scores: Scores;
  readonly windows: number;
}

/**
 * Tunes and writes; the bundle that was there stays until the new one is whole.
 *
 * @throws UnderstudyError `bundle-mismatch` where the bundle lacks actions or takes other pictures; `dataset-invalid`
 *   where no window lies in the part; as `readBundle` and `writeBundle`; the signal's reason when aborted
 */
export async function tuneBundle(options: TuneOptions): Promise<TuneResult> {
  const bundle = await readBundle(options.bundle);
  assertFits(bundle, options.data);
  const { probabilities, labels, fightOf } = await predictions(bundle, options);
  const thresholds = tuneThresholds(probabilities, labels);
  const scores = scoreLabels(labels, heldAt(probabilities, thresholds), { fightOf });
  const { manifest, encoder, head } = bundle;
  const training = { ...manifest.training, tuned: { windows: fightOf.length, fights: options.fights ?? [] } };
  const description = { ...descriptionOf(manifest), thresholds, training };
  const written = await writeBundle(options.out, description, { encoder, head });
  return { bundle: written, before: manifest.thresholds, scores, windows: fightOf.length };
}

function assertFits({ manifest }: Bundle, data: TrainingData): void {
  const { image, actions } = manifest;
  const isAll = ACTIONS.every((action: ActionName, index) => actions[index] === action);
  if (isAll && data.image[0] === image.height && data.image[1] === image.width) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `The bundle answers ${actions.join(', ')} to ${image.height} x ${image.width} pictures; the sessions have ${ACTIONS.join(', ')} and ${data.image.join(' x ')}.`,
    next: 'Tune a bundle with all seven actions; give others their thresholds with `play --threshold`.',
  });
}

interface Answers {
  readonly probabilities: Float32Array; // [n, K]
  readonly labels: Uint8Array; // [n, K]
  readonly fightOf: Int32Array; // [n]
}

async function predictions(bundle: Bundle, { data, part, signal, onProgress }: TuneOptions): Promise<Answers> {
  const { windowLength, horizon, latentSize } = bundle.manifest;
  const windows = windowsOf(data, part, { length: windowLength, horizon });
  const count = windows.first.length;
  if (count === 0) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'dataset-invalid',
      message: `No window of ${windowLength} frames lies in the fights that are tuned on.`,
      next: 'Give sessions with more or longer fights.',
    });
  }
  const { encoder, head } = await openModel(bundle);
  try {
    const latents = await encodeWanted(encoder, data, { windows, windowLength, latentSize }, signal, onProgress);
    const probabilities = new Float32Array(count * ACTION_COUNT);
    const labels = new Uint8Array(count * ACTION_COUNT);
    for (let row = 0; row < count; row += 1) {
      for (let t = 0; t < windowLength; t += 1) {
        head.latents.set(latents.get(windows.first[row] + t)!, t * latentSize);
      }
      const at = row * ACTION_COUNT;
      await head.predict(probabilities.subarray(at, at + ACTION_COUNT));
      const label = windows.target[row] * ACTION_COUNT;
      labels.set(data.labels.subarray(label, label + ACTION_COUNT), at);
    }
    return { probabilities, labels, fightOf: Int32Array.from(windows.target, (frame) => data.fightOf[frame]) };
  } finally {
    await encoder[Symbol.asyncDispose]();
    await head[Symbol.asyncDispose]();
  }
}

/** The latent of each frame that some window looks at. */
async function encodeWanted(
  encoder: Awaited<ReturnType<typeof openModel>>['encoder'],
  data: TrainingData,
  wanted: { windows: ReturnType<typeof windowsOf>; windowLength: number; latentSize: number },
  signal?: AbortSignal,
  onProgress?: TuneOptions['onProgress'],
): Promise<Map<number, Float32Array>> {
  const frames = new Set<number>();
  for (const first of wanted.windows.first) for (let t = 0; t < wanted.windowLength; t += 1) frames.add(first + t);
  const gray = new Uint8Array(data.frames.rowBytes);
  const image = new Float32Array(data.frames.rowBytes);
  const latents = new Map<number, Float32Array>();
  for (const frame of frames) {
    signal?.throwIfAborted();
    data.frames.read(frame, 1, gray, 0);
    grayToImage(gray, image);
    const latent = new Float32Array(wanted.latentSize);
    await encoder.encode(image, latent);
    latents.set(frame, latent);
    onProgress?.(latents.size, frames.size);
  }
  return latents;
}
