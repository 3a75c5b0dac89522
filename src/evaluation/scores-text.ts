/** Scores on recorded fights, for a terminal. */
import { BASELINES } from './baselines.js';
import type { EvaluationDocument, FullScores, ModelEvaluation } from './evaluate-models.js';
import { rankedModels } from './report/figures.js';
import { baselineNames, intervalText } from './report/tables.js';
import { learnedText } from './learned-text.js';
import { namesText } from './names-text.js';
import { textTable } from '../terminal/table.js';

const three = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

function headline(name: string, scores: FullScores): string[] {
  const withInterval = (score: 'composite' | 'onsetF1' | 'kappa' | 'binaryAccuracy'): string[] => [
    three(scores[score]),
    intervalText(scores.intervals[score]),
  ];
  return [
    name,
    ...withInterval('composite'),
    ...withInterval('onsetF1'),
    three(scores.kappa),
    three(scores.binaryAccuracy),
  ];
}

function perAction({ name, perAction: scores, evidence, intervals }: ModelEvaluation): string {
  const rows = Object.entries(scores).map(([action, score]) => {
    const { support, precision, recall, f1, onsetF1, kappa } = score;
    if (support === 0) return [action, '0', '-', '-', '-', '', '-', '-', ''];
    const mark = evidence.thin.includes(action) ? 'too few frames' : '';
    const figures = [precision, recall, f1].map(three);
    return [
      action,
      String(support),
      ...figures,
      intervalText(intervals[`${action}.f1`]),
      three(onsetF1),
      three(kappa),
      mark,
    ];
  });
  const titles = ['action', 'frames', 'precision', 'recall', 'F1', '95 %', 'onset F1', 'kappa', ''];
  return `${name}\n${textTable(titles, rows)}`;
}

/** Best model first, the baselines of the same frames below, each model's split in words. */
export function evaluationText(document: EvaluationDocument): string {
  const models = rankedModels(document);
  const { frames, fights, evidenceFloor } = document;
  const { thin } = models[0].evidence;
  const names = baselineNames(document);
  return [
    ...models.map(perAction),
    textTable(
      ['who', 'composite', '95 %', 'onset F1', '95 %', 'kappa', 'accuracy'],
      [
        ...models.map((model) => headline(model.name, model)),
        ...BASELINES.map((name) => headline(names[name], document.baselines[name])),
      ],
    ),
    `${frames} frames of ${fights.length} fights.` +
      (thin.length === 0 ? '' : ` ${namesText(thin)}: fewer than ${evidenceFloor} frames, left out of the ranking.`) +
      (fights.length < 5 ? ' Fewer than 5 fights: no intervals.' : ''),
    ...models.map(({ name, learned }) => `${name}\n${learnedText(learned)}`),
    ...models.map(({ name, split }) => `${name}: ${split.text}`),
  ].join('\n\n');
}
