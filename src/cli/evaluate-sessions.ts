/** `evaluate <sessions>`: the request that the options make; its answer as a table, a JSON document and a report. */
import { badOption } from '../core/errors.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { evaluateSessions, type SessionsRequest } from '../evaluation/evaluate-sessions.js';
import { publishScores } from '../evaluation/report/publish-scores.js';
import type { ModelOpener } from '../policy/model.js';
import { SHIPPED_BUNDLE } from '../policy/shipped-bundle.js';
import { readThresholds } from '../policy/threshold-list.js';
import { modelOpener, type PlayEngine } from '../runs/play-engine.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { readingOptions, sayNotices } from './options/session.js';
import { Signals } from './signals.js';
import { sayOnError, type Output } from '../terminal/output.js';

/**
 * Scores and prints; writes the report where --out names a folder.
 *
 * @throws UnderstudyError `bad-option`; as evaluateSessions and writeReport
 */
export async function scoreSessions(names: readonly string[], options: EvaluateOptions, output: Output): Promise<void> {
  if (names.length === 0 && options.out === undefined) {
    throw badOption('--sweep, --run and --delays are drawn in a report, and --out names none.', 'Add --out report/.');
  }
  if (names.length === 0 && options.work !== undefined) {
    throw badOption('--work draws pictures of sessions, and none is named.', 'Name a session, or leave --work out.');
  }
  using signals = new Signals();
  const { signal } = signals;
  const request = requestOf(names, options, signal);
  const parts = await unlessAborted(evaluateSessions(request), signal);
  if (parts === null) return sayOnError('stopped before all frames were seen: no score');
  const { document, text } = await publishScores(parts, {
    out: options.out ?? null,
    figures: options.figures ?? false,
  });
  output.answer(document, text);
}

function requestOf(sessions: readonly string[], options: EvaluateOptions, signal: AbortSignal): SessionsRequest {
  const { threshold, engine, labelRule, part, evidenceFloor, timelines, sweep, run, delays, work } = options;
  return {
    sessions,
    reading: readingOptions(options),
    labels: labelRule,
    models: options.model ?? [SHIPPED_BUNDLE],
    thresholds: threshold === undefined ? {} : readThresholds(threshold),
    openModel: engine === 'onnxruntime' ? null : openerOf(engine),
    onlyHeldOut: part === 'held-out',
    allowTrain: options.allowTrain ?? false,
    anyGame: options.anyGame ?? false,
    evidenceFloor,
    timelines,
    sweep: sweep ?? null,
    run: run ?? null,
    delays: delays ?? null,
    reconstruct: work === undefined ? null : reconstructor(work),
    signal,
    onNotices: sayNotices,
  };
}

/** Loaded once, with the first model: what is wrong with the sessions is reported before a missing engine. */
function openerOf(engine: PlayEngine): ModelOpener {
  let opener: Promise<ModelOpener> | null = null;
  return async (bundle, settings) => (await (opener ??= modelOpener(engine)))(bundle, settings);
}

/** The training engine is loaded only where pictures are asked for. */
function reconstructor(work: string): NonNullable<SessionsRequest['reconstruct']> {
  return async (dataset, bundle) => {
    const { reconstructFrom } = await import('../training/reconstruct-sessions.js');
    return await reconstructFrom(work, dataset, bundle);
  };
}
