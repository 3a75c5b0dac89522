/**
 * `evaluate <sessions>`: scores models on recorded fights and reads the other parts of a report. Every input is checked
 * before the first frame is shown to a model.
 */
import { given } from '../core/given.js';
import type { ModelOpener } from '../policy/model.js';
import { readBundle, type Bundle } from '../policy/bundle.js';
import { requireBundleFits } from '../policy/model-policy.js';
import { thresholdsFor } from '../policy/threshold-list.js';
import type { Thresholds } from '../policy/thresholds.js';
import { readDataset, type Dataset } from '../session/dataset.js';
import type { LabelRule } from '../session/labels.js';
import type { Notice } from '../session/notices.js';
import type { ReadOptions } from '../session/event-log.js';
import { Progress } from '../terminal/progress.js';
import { evaluateModels, type EvaluatedModel, type EvaluationDocument } from './evaluate-models.js';
import type { Reconstructions } from './figures/reconstructions.js';
import { assertPictures, predictFights } from './predict.js';
import type { ReportParts } from './report/document.js';
import { readDelays, readRunLatency } from './report/inputs.js';
import { readSweep } from './report/sweep-input.js';
import { refuseTrainingFights, splitOf, type Split } from './split.js';

/** What is evaluated, and the other parts of the report. */
export interface SessionsRequest {
  /** Paths without ending, files, or names under sessions/; none: only the other parts. */
  readonly sessions: readonly string[];
  readonly reading: ReadOptions;
  readonly labels: LabelRule;
  /** Bundles' folders. */
  readonly models: readonly string[];
  /** Replace the bundles', action by action; names as the user wrote them. */
  readonly thresholds: Thresholds;
  /** Opens models in place of onnxruntime; null: onnxruntime. */
  readonly openModel: ModelOpener | null;
  readonly onlyHeldOut: boolean;
  /** Also scores fights that a model was trained on. */
  readonly allowTrain: boolean;
  /** Also scores models that were trained on another game. */
  readonly anyGame: boolean;
  /** An action held in fewer frames has too little evidence. */
  readonly evidenceFloor: number;
  /** Fights drawn as timelines. */
  readonly timelines: number;
  /** Paths of the other parts: a sweep.json, a run's folder, a file of win rates by delay. */
  readonly sweep: string | null;
  readonly run: string | null;
  readonly delays: string | null;
  /** Pictures beside their reconstructions; null: none. */
  readonly reconstruct: ((dataset: Dataset, bundle: Bundle) => Promise<Reconstructions>) | null;
  readonly signal: AbortSignal;
  /** Called with what is unusual about each session. */
  readonly onNotices: (notices: readonly Notice[]) => void;
}

/**
 * Reads and scores.
 *
 * @throws UnderstudyError `training-fights` unless they are allowed; `bundle-mismatch` for a model of another game; as readBundle, readDataset, predictFights and the
 *   readers of the other parts; the signal's reason
 */
export async function evaluateSessions(request: SessionsRequest): Promise<ReportParts> {
  const { sessions, sweep, run, delays, evidenceFloor, reconstruct } = request;
  // files that are read quickly come before what takes minutes, so that a wrong path is reported at once
  const read = {
    sweep: sweep === null ? null : await readSweep(sweep, evidenceFloor),
    latency: run === null ? null : await readRunLatency(run),
    decisionDelay: delays === null ? null : await readDelays(delays),
  };
  if (sessions.length === 0) return { ...read, evaluation: null, reconstructions: null };
  const dataset = await readDataset(sessions, { ...request.reading, labels: request.labels });
  for (const session of dataset.sessions) request.onNotices(session.notices);
  const models = await openModels(request, dataset);
  const reconstructions = reconstruct === null ? null : await reconstruct(dataset, models[0].bundle);
  return { ...read, reconstructions, evaluation: await evaluated(request, dataset, models) };
}

type Opened = Pick<EvaluatedModel, 'bundle' | 'split'>;

async function openModels(request: SessionsRequest, dataset: Dataset): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const folder of request.models) {
    const bundle: Bundle = await readBundle(folder);
    requireBundleFits(bundle, dataset.actions, request.anyGame ? null : dataset.game);
    const split: Split = splitOf(bundle.manifest, dataset);
    if (!request.onlyHeldOut && !request.allowTrain) refuseTrainingFights(bundle.manifest, split);
    await assertPictures(dataset, bundle);
    opened.push({ bundle, split });
  }
  return opened;
}

async function evaluated(
  request: SessionsRequest,
  dataset: Dataset,
  models: readonly Opened[],
): Promise<EvaluationDocument> {
  const { openModel, signal, onlyHeldOut, evidenceFloor, timelines } = request;
  const thresholds = thresholdsFor(dataset.actions, request.thresholds);
  const frames = dataset.fights.length;
  using progress = new Progress({ unit: 'frames', total: frames * models.length });
  const done: EvaluatedModel[] = [];
  for (const { bundle, split } of models) {
    const predictions = await predictFights({
      bundle,
      dataset,
      signal,
      thresholds,
      ...given({ openModel: openModel ?? undefined }),
      onProgress: (seen) => progress.update(done.length * frames + seen, bundle.manifest.name),
    });
    done.push({ bundle, split, predictions });
  }
  progress.finish();
  return evaluateModels({ dataset, models: done, onlyHeldOut, evidenceFloor, timelines });
}
