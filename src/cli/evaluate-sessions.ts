/** `evaluate <sessions>`: the request that the options make; its answer as a table, a JSON document and a report. */
import { unlessAborted } from '../core/unless-aborted.js';
import { refuseHalfAsked, sessionsRequest, type ScoringParts } from '../evaluation/asked-sessions.js';
import { evaluateSessions } from '../evaluation/evaluate-sessions.js';
import { publishScores } from '../evaluation/report/publish-scores.js';
import { lateModelOpener } from '../runs/play-engine.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { sayNotices } from './options/session.js';
import { Signals } from './signals.js';
import { sayOnError, type Output } from '../terminal/output.js';

/**
 * Scores and prints; writes the report where --out names a folder.
 *
 * @throws UnderstudyError `bad-option`; as evaluateSessions and writeReport
 */
export async function scoreSessions(names: readonly string[], options: EvaluateOptions, output: Output): Promise<void> {
  refuseHalfAsked(names, options);
  using signals = new Signals();
  const { signal } = signals;
  const openModel = options.engine === 'onnxruntime' ? null : lateModelOpener(options.engine);
  const request = sessionsRequest(names, options, { openModel, signal, onNotices: sayNotices, reconstructFrom });
  const parts = await unlessAborted(evaluateSessions(request), signal);
  if (parts === null) return sayOnError('stopped before all frames were seen: no score');
  const { document, text } = await publishScores(parts, {
    out: options.out ?? null,
    figures: options.figures ?? false,
  });
  output.answer(document, text);
}

/** The training engine is loaded only where pictures are asked for. */
const reconstructFrom: ScoringParts['reconstructFrom'] = async (...asked) => {
  const reconstruction = await import('../training/reconstruct-sessions.js');
  return await reconstruction.reconstructFrom(...asked);
};
