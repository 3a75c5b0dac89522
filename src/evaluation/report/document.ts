/** The parts of a report: scores, and what other commands measured. Its JSON is written beside the page. */
import { given } from '../../core/given.js';
import type { EvaluationDocument } from '../evaluate-models.js';
import type { DelayRow } from '../figures/decision-delay.js';
import type { LatencyHistogram } from '../figures/latency.js';
import type { Reconstructions } from '../figures/reconstructions.js';
import type { SweepTable } from './sweep-input.js';

export interface ReportParts {
  readonly evaluation: EvaluationDocument | null;
  readonly sweep: SweepTable | null;
  readonly latency: LatencyHistogram | null;
  readonly decisionDelay: readonly DelayRow[] | null;
  /** Its pictures are in the page only. */
  readonly reconstructions: Reconstructions | null;
}

/** The JSON: the evaluation's fields at the top, the other parts under separate names. */
export function reportJson({ evaluation, sweep, latency, decisionDelay, reconstructions }: ReportParts): unknown {
  return {
    ...evaluation,
    ...given({
      sweep: sweep ?? undefined,
      latency: latency ?? undefined,
      decisionDelay: decisionDelay ?? undefined,
      reconstructions: reconstructions === null ? undefined : withoutPictures(reconstructions),
    }),
  };
}

function withoutPictures({ source, pairs }: Reconstructions): unknown {
  return {
    source,
    pairs: pairs.map(({ part, action, session, frame, meanSquaredError }) => {
      return { part, action, session, frame, meanSquaredError };
    }),
  };
}
