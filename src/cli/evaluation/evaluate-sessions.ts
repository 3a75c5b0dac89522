/** `evaluate <sessions>`: models on recorded fights, as a table, a JSON document and a report to look at. */
import { UnderstudyError } from '../../core/errors.js';
import { evaluateModels, type EvaluatedModel, type EvaluationDocument } from '../../evaluation/evaluate-models.js';
import { assertPictures, predictFights } from '../../evaluation/predict.js';
import { reportJson, type ReportParts } from '../../evaluation/report/document.js';
import { readDelays, readRunLatency } from '../../evaluation/report/inputs.js';
import { readSweep } from '../../evaluation/report/sweep-input.js';
import { writeReport } from '../../evaluation/report/write-report.js';
import { refuseTrainingFights, splitOf, type Split } from '../../evaluation/split.js';
import { readBundle, type Bundle } from '../../policy/bundle.js';
import { SHIPPED_BUNDLE } from '../../policy/shipped-bundle.js';
import { readDataset, type Dataset } from '../../session/dataset.js';
import { Progress } from '../../terminal/progress.js';
import type { Output } from '../text/output.js';
import { programVersion } from '../../core/program-version.js';
import { modelOpener } from '../../runs/play-engine.js';
import { readingOptions, sayNotices } from '../options/session.js';
import { Signals } from '../signals.js';
import { parseThresholds } from '../../policy/threshold-list.js';
import { unlessAborted } from '../training/unless-aborted.js';
import type { EvaluateOptions } from '../options/evaluate.js';
import { evaluationText } from '../text/evaluation.js';
import { reconstructFrom } from '../../training/reconstruct-sessions.js';

/**
 * Scores and prints; writes the report where --out names a folder.
 *
 * @throws UnderstudyError `training-fights` without --allow-train; as readBundle, readDataset, predictFights, writeReport
 */
export async function evaluateSessions(
  names: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<void> {
  if (names.length === 0 && options.out === undefined) throw nowhereToDraw();
  if (names.length === 0 && options.work !== undefined) throw noPictures();
  using signals = new Signals();
  const parts = await unlessAborted(partsOf(names, options, signals.signal), signals.signal);
  if (parts === null) {
    process.stderr.write('stopped before all frames were seen: no score\n');
    return;
  }
  const text = parts.evaluation === null ? '' : evaluationText(parts.evaluation);
  if (options.out === undefined) {
    output.answer(reportJson(parts), text);
    return;
  }
  const written = await writeReport({
    ...{ parts, folder: options.out, withFigures: options.figures ?? false },
    madeBy: `understudy ${programVersion()}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  });
  output.answer(reportJson(parts), `${text}${text === '' ? '' : '\n\n'}wrote ${written.join(', ')}`);
}

async function partsOf(names: readonly string[], options: EvaluateOptions, signal: AbortSignal): Promise<ReportParts> {
  const { sweep, run, delays, work, evidenceFloor } = options;
  // what is read at once comes before what takes minutes: a wrong path is told first
  const read = {
    sweep: sweep === undefined ? null : await readSweep(sweep, evidenceFloor),
    latency: run === undefined ? null : await readRunLatency(run),
    decisionDelay: delays === undefined ? null : await readDelays(delays),
  };
  if (names.length === 0) return { ...read, evaluation: null, reconstructions: null };
  const dataset = await readDataset(names, { ...readingOptions(options), labels: options.labelRule });
  for (const session of dataset.sessions) sayNotices(session.notices);
  const models = await openModels(options.model ?? [SHIPPED_BUNDLE], dataset, options);
  const reconstructions = work === undefined ? null : await reconstructFrom(work, dataset, models[0].bundle);
  return { ...read, reconstructions, evaluation: await evaluated(dataset, models, options, signal) };
}

type Opened = Pick<EvaluatedModel, 'bundle' | 'split'>;

/** Everything that can be refused is refused before the first frame is looked at. */
async function openModels(folders: readonly string[], dataset: Dataset, options: EvaluateOptions): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const folder of folders) {
    const bundle: Bundle = await readBundle(folder);
    const split: Split = splitOf(bundle.manifest, dataset);
    if (options.part === 'all' && options.allowTrain !== true) refuseTrainingFights(bundle.manifest, split);
    await assertPictures(dataset, bundle);
    opened.push({ bundle, split });
  }
  return opened;
}

async function evaluated(
  dataset: Dataset,
  models: readonly Opened[],
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<EvaluationDocument> {
  const thresholds = options.threshold === undefined ? {} : { thresholds: parseThresholds(options.threshold) };
  const engine = options.engine === 'onnxruntime' ? {} : { openModel: await modelOpener(options.engine) };
  const frames = dataset.fights.length;
  using progress = new Progress({ unit: 'frames', total: frames * models.length });
  const done: EvaluatedModel[] = [];
  for (const { bundle, split } of models) {
    const predictions = await predictFights({
      ...{ bundle, dataset, signal },
      ...thresholds,
      ...engine,
      onProgress: (seen) => progress.update(done.length * frames + seen, bundle.manifest.name),
    });
    done.push({ bundle, split, predictions });
  }
  progress.finish();
  const { evidenceFloor, timelines } = options;
  return evaluateModels({ dataset, models: done, onlyHeldOut: options.part === 'held-out', evidenceFloor, timelines });
}

function nowhereToDraw(): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: '--sweep, --run and --delays are drawn in a report, and --out names none.',
    next: 'Add --out report/.',
  });
}

function noPictures(): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: '--work draws pictures of sessions, and none is named.',
    next: 'Name a session, or leave --work out.',
  });
}
