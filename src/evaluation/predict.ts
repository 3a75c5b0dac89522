/**
 * What a bundle would hold in recorded fights: the policy of live play gets the recorded pictures one by one. No window
 * spans two fights. Keeps one picture at a time, and of the fights only probabilities and held actions.
 */
import type { ActionSet, HeldActions } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { LabelMatrix } from '../core/label-matrix.js';
import { ProbabilityMatrix } from '../core/probability-matrix.js';
import type { Bundle } from '../policy/bundle.js';
import type { Thresholds } from '../policy/thresholds.js';
import type { Dataset } from '../session/dataset.js';
import { pictureOrigin } from '../session/load-frames.js';
import { frameTimeMs } from '../session/session.js';
import { grayFrame, openReplayPolicy, replay, type ReplayPolicyOptions } from './replay.js';

export interface PredictOptions extends Omit<ReplayPolicyOptions, 'actions' | 'rateHz'> {
  readonly dataset: Dataset;
  readonly signal?: AbortSignal;
  /** Called with the number of frames seen so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Predictions of the m frames that have one: all but the first T - 1 + horizon of each fight. */
export interface FightPredictions {
  /** [m] the predicted frames, as rows of the dataset; ascending. */
  readonly rows: Int32Array;
  /** [m, K] over the dataset's actions; 0 for an action that the model does not know. */
  readonly probabilities: ProbabilityMatrix;
  /** [m, K] after thresholds, hysteresis, minimal holds and opposing keys, as `play` would hold. */
  readonly held: LabelMatrix;
  /** In force: the bundle's with the overrides. */
  readonly thresholds: Thresholds;
  /** Frames from the last one that a prediction has seen to the one that it is for. */
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
 * Predicts the frames of the fights.
 *
 * @throws UnderstudyError `bundle-corrupt` where the model answers NaN; `bundle-mismatch` where it has
 *   actions that the sessions do not have; `bad-rate`, `unknown-action`; `session-invalid` where no fight is as long as
 *   a window; those of the pictures; the signal's reason when aborted
 */
export async function predictFights(options: PredictOptions): Promise<FightPredictions> {
  const { dataset, bundle, onProgress } = options;
  const { actions, rateHz, fights } = dataset;
  await using policy = await openReplayPolicy({ ...options, actions, rateHz });
  const horizonFrames = bundle.manifest.horizon * policy.stride;
  const found = new Predicted(actions, fights.length);
  const frames = framesOf(options);
  for await (const { frame, decision, appliesAt } of replay(frames, policy, { fights, delayFrames: horizonFrames })) {
    if (appliesAt !== null) found.add(appliesAt, decision.probabilities, decision.held);
    onProgress?.(frame + 1, fights.length);
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

/** The dataset's pictures as frames; the index of each is its row. */
async function* framesOf({ dataset, bundle, signal }: PredictOptions): AsyncGenerator<Frame, void, void> {
  const { sessions, sessionOf, frameOf } = dataset;
  let row = 0;
  for await (const gray of dataset.pictures(bundle.manifest.preprocessing)) {
    signal?.throwIfAborted();
    const session = sessions[sessionOf[row]];
    const place = frameOf[row];
    yield grayFrame(gray, bundle.manifest.image, {
      index: row,
      capturedAtMs: frameTimeMs(session, place),
      capturedAtUnixMs: session.frames.times[place] * 1000,
      repeated: session.frames.duplicate[place] === 1,
    });
    row += 1;
  }
}

/** Collects predictions; memory for all of them is allocated once. */
export class Predicted {
  readonly #rows: Int32Array;
  readonly #probabilities: ProbabilityMatrix;
  readonly #held: LabelMatrix;
  #count = 0;

  constructor(actions: ActionSet, most: number) {
    this.#rows = new Int32Array(most);
    this.#probabilities = ProbabilityMatrix.zeros(actions, most);
    this.#held = LabelMatrix.zeros(actions, most);
  }

  /** @param probabilities [K], copied */
  add(row: number, probabilities: Float32Array, held: HeldActions): void {
    this.#rows[this.#count] = row;
    this.#probabilities.setRows(this.#count, probabilities);
    this.#held.setHeld(this.#count, held);
    this.#count += 1;
  }

  /** What was added; views and not copies. */
  taken(): Pick<FightPredictions, 'rows' | 'probabilities' | 'held'> {
    return {
      rows: this.#rows.subarray(0, this.#count),
      probabilities: this.#probabilities.slice(0, this.#count),
      held: this.#held.slice(0, this.#count),
    };
  }
}
