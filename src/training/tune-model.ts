/**
 * `model tune`: recorded fights in, new thresholds of a bundle out, chosen by what its own graphs answer to the fights.
 * Needs no training engine and changes no weight.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { Predicted } from '../evaluation/predict.js';
import { grayFrame, openReplayPolicy, replay } from '../evaluation/replay.js';
import { scoreLabels, type Scores } from '../evaluation/scores.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import { requireGame } from '../policy/manifest.js';
import type { Thresholds } from '../policy/thresholds.js';
import type { ReadOptions } from '../session/event-log.js';
import type { TrainingData } from './dataset.js';
import { dataFromSessions } from './session-data.js';
import { heldAt, tuneThresholds } from './tune-thresholds.js';

/** What `model tune` is asked to do. */
export interface TuneRequest {
  /** The bundle's folder. */
  readonly bundle: string;
  /** Where the tuned one is written; may be the same. An earlier bundle there stays until the new one is complete. */
  readonly out: string;
  /** Paths without ending, files, or names under sessions/. Scores on fights of the training are too good. */
  readonly sessions: readonly string[];
  readonly reading: ReadOptions;
  readonly signal: AbortSignal;
  /** Gets the number of frames that are done. */
  readonly onProgress: (done: number, total: number) => void;
  /** Text for people. */
  readonly say: (text: string) => void;
}

/** Fields as documented in docs/cli.md. */
export interface TuneSummary {
  readonly folder: string;
  readonly id: string;
  readonly windows: number;
  readonly thresholds: { readonly before: Thresholds; readonly after: Thresholds };
  /** At the new thresholds, on the same windows that they were chosen on. */
  readonly perAction: Scores['perAction'];
}

/**
 * Tunes a bundle on every fight of the sessions.
 *
 * @returns null where the signal came first; nothing is changed then
 * @throws UnderstudyError as `readBundle`, `dataFromSessions` and `writeBundle`; `bundle-mismatch` where the bundle has
 *   other actions; `dataset-invalid` where no window lies in the fights
 */
export async function tuneModel(request: TuneRequest): Promise<TuneSummary | null> {
  const { sessions, reading, signal, say } = request;
  const bundle = await readBundle(request.bundle);
  const { preprocessing, fps: bundleFps } = bundle.manifest;
  const workFolder = mkdtempSync(join(tmpdir(), 'understudy-tune-'));
  try {
    const { data, fps, fightIds } = await dataFromSessions(sessions, {
      pictures: preprocessing,
      split: { by: 'fight', seed: 1, validation: 0, test: 0 }, // all of them are tuned on
      reading,
      workFolder,
    });
    using frames = data.frames; // closed with this run
    say(`${frames.count} frames, ${fps} a second`);
    if (fps !== bundleFps) say(`warning: ${fps} frames a second; the bundle was trained at ${bundleFps}.`);
    return await unlessAborted(tune(bundle, data, [...fightIds.values()], request), signal);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

async function tune(
  bundle: Bundle,
  data: TrainingData,
  fights: readonly string[],
  request: TuneRequest,
): Promise<TuneSummary> {
  assertFits(bundle, data);
  const { probabilities, labels, fightOf } = await answers(bundle, data, request);
  const thresholds = tuneThresholds(probabilities, labels);
  const { perAction } = scoreLabels(labels, heldAt(probabilities, thresholds), { fightOf });
  const { manifest, encoder, head } = bundle;
  const windows = fightOf.length;
  const training = { ...manifest.training, tuned: { windows, fights } };
  const written = await writeBundle(
    request.out,
    { ...descriptionOf(manifest), thresholds, training },
    { encoder, head },
  );
  const { thresholds: after } = written.manifest;
  return {
    folder: written.folder,
    id: written.id,
    windows,
    thresholds: { before: manifest.thresholds, after },
    perAction,
  };
}

function assertFits({ folder, manifest, actions }: Bundle, data: TrainingData): void {
  const { image, game } = manifest;
  const wanted = data.labels.actions;
  const isSameImage = data.image[0] === image.height && data.image[1] === image.width;
  if (isSameImage && actions.hasNamesOf(wanted)) {
    return requireGame(folder, game, data.game ?? null, 'Tune it on sessions of the game that it was trained on.');
  }
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

/** What the policy answers to each window, and what was held at the frame that the answer is for. */
async function answers(bundle: Bundle, data: TrainingData, request: TuneRequest): Promise<Answers> {
  const { windowLength, horizon, fps } = bundle.manifest;
  const { labels, fightOf: fights, frames } = data;
  await using policy = await openReplayPolicy({ bundle, actions: labels.actions, rateHz: fps });
  const found = new Predicted(labels.actions, frames.count);
  const shown = framesOf(bundle, data, request.signal);
  for await (const { frame, decision, appliesAt } of replay(shown, policy, { fights, delayFrames: horizon })) {
    if (appliesAt !== null) found.add(appliesAt, decision.probabilities, decision.held);
    request.onProgress(frame + 1, frames.count);
  }
  const { rows, probabilities } = found.taken();
  if (rows.length > 0) {
    return { probabilities, labels: labels.select(rows), fightOf: Int32Array.from(rows, (frame) => fights[frame]) };
  }
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `No window of ${windowLength} frames lies in the fights that are tuned on.`,
    next: 'Give sessions with more or longer fights.',
  });
}

/** All frames, timed at the bundle's rate. */
function* framesOf({ manifest }: Bundle, { frames }: TrainingData, signal: AbortSignal): Generator<Frame, void, void> {
  const gray = new Uint8Array(frames.rowBytes);
  for (let index = 0; index < frames.count; index += 1) {
    signal.throwIfAborted();
    frames.read(index, 1, gray, 0);
    const capturedAtMs = (index * 1000) / manifest.fps;
    yield grayFrame(gray, manifest.image, { index, capturedAtMs, capturedAtUnixMs: capturedAtMs });
  }
}
