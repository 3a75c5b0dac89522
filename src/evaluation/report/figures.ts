/** Which figures a report has, by section and in sequence. Draws nothing. */
import type { EvaluationDocument, ModelEvaluation } from '../evaluate-models.js';
import { byRank } from '../evidence.js';
import { decisionDelayFigure } from '../figures/decision-delay.js';
import { DISTRIBUTION_MODELS, distributionFigure } from '../figures/distribution.js';
import type { Figure } from '../figures/figure.js';
import { comparisonHeatmap, scoreHeatmap, type HeatmapModel } from '../figures/heatmap.js';
import { latencyFigure } from '../figures/latency.js';
import { LEAD_LAG_MODELS, leadLagFigure } from '../figures/lead-lag.js';
import { reconstructionsFigure } from '../figures/reconstructions.js';
import { f1CurvesFigure, precisionRecallFigure } from '../figures/threshold-curves.js';
import { TIMELINE_MODELS, timelineFigure } from '../figures/timeline.js';
import { trainingCurvesFigure } from '../figures/training-curves.js';
import { actionsOfScores, scoredNames } from '../scores.js';
import type { ReportParts } from './document.js';

/** Sections that have figures. */
export type FigureSection =
  'actions' | 'presses' | 'timelines' | 'thresholds' | 'frames' | 'training' | 'sweep' | 'pictures' | 'live';

/** Best first: by the composite of the actions with evidence. */
export function rankedModels({ models }: EvaluationDocument): readonly ModelEvaluation[] {
  return [...models].sort((a, b) => byRank(a.evidence, b.evidence));
}

const heatmapOf = ({ name, composite, perAction, evidence }: ModelEvaluation): HeatmapModel => ({
  name,
  composite,
  perAction,
  thin: evidence.thin,
});

/** The figures of every part that is there. */
export function reportFigures(parts: ReportParts): Readonly<Record<FigureSection, readonly Figure[]>> {
  const { evaluation, sweep, latency, decisionDelay, reconstructions } = parts;
  return {
    ...(evaluation === null ? NO_EVALUATION : evaluationFigures(evaluation)),
    sweep:
      sweep === null
        ? []
        : [
            scoreHeatmap('sweep-heatmap', 'Every model of the sweep, on validation fights', sweep.trials),
            comparisonHeatmap('sweep-comparison', 'The sweep’s models, ranked by composite', sweep),
            ...sweep.training.map(({ name, curves }, place) =>
              trainingCurvesFigure(`sweep-training-${place + 1}`, `Training of ${name}`, curves),
            ),
          ],
    pictures: reconstructions === null ? [] : [reconstructionsFigure(reconstructions)],
    live: [
      ...(latency === null ? [] : [latencyFigure(latency)]),
      ...(decisionDelay === null ? [] : [decisionDelayFigure(decisionDelay)]),
    ],
  };
}

const NO_EVALUATION = { actions: [], presses: [], timelines: [], thresholds: [], frames: [], training: [] };

function evaluationFigures(
  document: EvaluationDocument,
): Pick<Record<FigureSection, readonly Figure[]>, keyof typeof NO_EVALUATION> {
  const ranked = rankedModels(document);
  const top = ranked.slice(0, TIMELINE_MODELS);
  const scored = scoredNames(actionsOfScores(document));
  const title =
    ranked.length === 1 ? `Scores of ${ranked[0].name} by action` : 'Scores of the models by action, best first';
  const held = Object.fromEntries(Object.entries(document.perAction).map(([action, { support }]) => [action, support]));
  return {
    actions: [
      scoreHeatmap('heatmap', title, ranked.map(heatmapOf)),
      ...(ranked.length === 1
        ? []
        : [comparisonHeatmap('comparison', 'Models against each other', { trials: ranked.map(heatmapOf), scored })]),
    ],
    presses: [leadLagFigure(ranked.slice(0, LEAD_LAG_MODELS).map(({ name, onsets }) => ({ name, all: onsets.all })))],
    timelines: document.timelines.map((timeline) =>
      timelineFigure(
        `timeline-${timeline.fight + 1}`,
        timeline,
        top.map(({ name }) => name),
        document.rateHz,
      ),
    ),
    thresholds: top.flatMap(({ name, curves, contract }, place) => {
      const model = { name, curves, thresholds: contract.thresholds };
      return [
        f1CurvesFigure(`f1-curves-${place + 1}`, model),
        precisionRecallFigure(`precision-recall-${place + 1}`, model),
      ];
    }),
    training: ranked.flatMap(({ name, trainingCurves }, place) =>
      trainingCurves.length === 0
        ? []
        : [trainingCurvesFigure(`training-curves-${place + 1}`, `Training of ${name}`, trainingCurves)],
    ),
    frames: [
      distributionFigure(
        document.frames,
        held,
        ranked.slice(0, DISTRIBUTION_MODELS).map(({ name, predictedFrames }) => ({ name, held: predictedFrames })),
      ),
    ],
  };
}
