/**
 * `model tune`: chooses new thresholds for a bundle on recorded fights, from what its graphs answer to them. Needs no
 * training engine and changes no weight.
 */
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';
import { Predicted } from '../evaluation/predict.js';
import { grayFrame, openReplayPolicy, replay } from '../evaluation/replay.js';
import { scoreLabels, type Scores } from '../evaluation/scores.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import type { Thresholds } from '../policy/thresholds.js';
import { framesOf, type TrainingData } from './dataset.js';
import { heldAt, tuneThresholds } from './tune-thresholds.js';

export interface TuneOptions {
  /** The bundle's folder. */
  readonly bundle: string;
  /** Where the tuned bundle goes; may be the same folder. */
  readonly out: string;
  /** Prepared as the bundle's preprocessing says; only frames of `part` are used. */
  readonly data: TrainingData;
  /** One of TRAIN, VALIDATION, TEST. Scores on fights that the model was trained on are too good. */
  readonly part: number;
  /** Names of the fights that are tuned on, for the record, so that a later score can distinguish them. */
  readonly fights?: readonly string[];
  readonly signal?: AbortSignal;
  /** Gets the number of frames that are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TuneResult {
  readonly bundle: Bundle;
  readonly before: Thresholds;
  /** At the new thresholds, on the same windows that they were chosen on. */
  readonly scores: Scores;
  readonly windows: number;
}

/**
 * Tunes a bundle and writes it; an earlier bundle at `out` stays until the new one is complete.
 *
 * @throws UnderstudyError `bundle-mismatch` where the bundle has other actions or takes other pictures;
 *   `dataset-invalid` where no window lies in the part; as `readBundle` and `writeBundle`; the signal's reason when
 *   aborted
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

function assertFits({ manifest, actions }: Bundle, data: TrainingData): void {
  const { image } = manifest;
  const wanted = data.labels.actions;
  const isSameImage = data.image[0] === image.height && data.image[1] === image.width;
  if (isSameImage && actions.hasNamesOf(wanted)) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `The bundle answers ${actions.names.join(', ')} to ${image.height} x ${image.width} pictures; the sessions have ${wanted.names.join(', ')} and ${data.image.join(' x ')}.`,
    next: 'Tune a bundle with all of these actions; give others their thresholds with `play --threshold`.',
  });
}

interface Answers {
  readonly probabilities: ProbabilityMatrix;
  readonly labels: LabelMatrix;
  /** [n] */
  readonly fightOf: Int32Array;
}

/** What the policy answers to each window of the part, and what was held at the frame that the answer is for. */
async function predictions(bundle: Bundle, options: TuneOptions): Promise<Answers> {
  const { data, part, onProgress } = options;
  const { windowLength, horizon, fps } = bundle.manifest;
  const wanted = framesOf(data, part);
  const fights = Int32Array.from(data.fightOf, (fight, frame) => (data.partOf[frame] === part ? fight : -1));
  await using policy = await openReplayPolicy({ bundle, actions: data.labels.actions, rateHz: fps });
  const found = new Predicted(data.labels.actions, wanted.length);
  const frames = partFrames(bundle, wanted, options);
  let done = 0;
  for await (const { decision, appliesAt } of replay(frames, policy, { fights, delayFrames: horizon })) {
    if (appliesAt !== null) found.add(appliesAt, decision.probabilities, decision.held);
    onProgress?.((done += 1), wanted.length);
  }
  const { rows, probabilities } = found.taken();
  if (rows.length > 0) {
    const fightOf = Int32Array.from(rows, (frame) => data.fightOf[frame]);
    return { probabilities, labels: data.labels.select(rows), fightOf };
  }
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `No window of ${windowLength} frames lies in the fights that are tuned on.`,
    next: 'Give sessions with more or longer fights.',
  });
}

/** The wanted frames, timed at the bundle's rate. */
function* partFrames(
  { manifest }: Bundle,
  wanted: Int32Array,
  { data, signal }: TuneOptions,
): Generator<Frame, void, void> {
  const gray = new Uint8Array(data.frames.rowBytes);
  for (const index of wanted) {
    signal?.throwIfAborted();
    data.frames.read(index, 1, gray, 0);
    const capturedAtMs = (index * 1000) / manifest.fps;
    yield grayFrame(gray, manifest.image, { index, capturedAtMs, capturedAtUnixMs: capturedAtMs });
  }
}
