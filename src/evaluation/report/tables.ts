/** The tables of a report: scores with their intervals, beside the baselines. */
import { BASELINES, mostHeld, type BaselineName } from '../baselines.js';
import type { Interval } from '../bootstrap.js';
import type { EvaluationDocument, FullScores, ModelEvaluation } from '../evaluate-models.js';
import { ONSET_TOLERANCES } from '../onset-scores.js';
import { actionsOfScores, type Scores } from '../scores.js';
import { facts, table, withSmall, type Cell, type Html, type Row } from './page.js';
import { rankedModels } from './figures.js';

/** Names of a document's baselines for people. */
export function baselineNames(scores: Scores): Readonly<Record<BaselineName, string>> {
  const always = mostHeld(actionsOfScores(scores), (action) => scores.perAction[action].support);
  return { majority: 'always the majority', copyLast: 'copy the last keys', alwaysShoot: `always ${always}` };
}

const three = (value: number | null): string => (value === null ? 'N/A' : value.toFixed(3));

/** `0.81–0.93`; empty without an interval. */
export function intervalText(interval: Interval | null | undefined): string {
  return interval === null || interval === undefined ? '' : `${interval[0].toFixed(2)}–${interval[1].toFixed(2)}`;
}

function scoreCell(value: number | null, interval: Interval | null | undefined): Cell {
  const small = intervalText(interval);
  return small === '' ? three(value) : withSmall(three(value), small);
}

const HEADLINE = ['composite', 'onsetF1', 'kappa', 'binaryAccuracy'] as const;

function headline(name: string, scores: FullScores, look?: Row['look']): Row {
  return { cells: [name, ...HEADLINE.map((score) => scoreCell(scores[score], scores.intervals[score]))], look };
}

/** Every model and baseline in one table. */
export function headlineTable(document: EvaluationDocument): Html {
  const models = rankedModels(document);
  const names = baselineNames(document);
  return table(
    'Scores, with 95 % intervals over fights in small print',
    ['who', 'composite', 'onset F1', 'kappa', 'binary accuracy'],
    [
      ...models.map((model, place) => headline(model.name, model, place === 0 ? 'strong' : undefined)),
      ...BASELINES.map((name) => headline(names[name], document.baselines[name])),
    ],
  );
}

/** Per action; scores over too few frames are greyed out. */
export function actionTable({ name, perAction, intervals, evidence }: ModelEvaluation): Html {
  const rows = Object.entries(perAction).map(([action, score]): Row => {
    const { support, precision, recall, f1, onsetF1, kappa } = score;
    if (support === 0) return { cells: [action, '0', ...Array<string>(5).fill('N/A')], look: 'faint' };
    const cells = [
      action,
      String(support),
      precision.toFixed(2),
      recall.toFixed(2),
      scoreCell(f1, intervals[`${action}.f1`]),
      scoreCell(onsetF1, intervals[`${action}.onsetF1`]),
      scoreCell(kappa, intervals[`${action}.kappa`]),
    ];
    return { cells, look: evidence.thin.includes(action) ? 'faint' : undefined };
  });
  const columns = ['action', 'n', 'precision', 'recall', 'F1', 'onset F1', 'kappa'];
  return table(`${name}: scores by action; n = frames in which the human held it`, columns, rows);
}

/** F1 of each action beside what needs no model; faint where the model is no better than the key always held. */
export function baselineTable({ name, learned }: ModelEvaluation): Html {
  const two = (value: number | null): string => (value === null ? 'N/A' : value.toFixed(2));
  const rows = Object.entries(learned.perAction).map(([action, { f1, always, majority, copyLast }]): Row => {
    const cells = [action, ...[f1, always, majority, copyLast].map(two)];
    return { cells, look: f1 === null || always === null || f1 <= always ? 'faint' : undefined };
  });
  const columns = ['action', 'F1', 'always held', 'majority', 'copy last'];
  return table(
    `${name}: F1 by action, beside the key always held, the majority and the last keys copied`,
    columns,
    rows,
  );
}

/** Presses of each action, matched at each tolerance. */
export function pressTable({ name, onsets }: Pick<ModelEvaluation, 'name' | 'onsets'>): Html {
  const rows = [...Object.entries(onsets.perAction), ['all', onsets.all] as const].map(([who, score]): Row => {
    const { human, predicted, within, lagMs } = score;
    const f1s = within.map(({ f1 }) => (human === 0 ? 'N/A' : f1.toFixed(2)));
    const lag = lagMs === null ? 'N/A' : `${lagMs.mean > 0 ? '+' : ''}${lagMs.mean.toFixed(0)} ms`;
    const cells = [who, String(human), String(predicted), ...f1s, lag];
    return { cells, look: human === 0 ? 'faint' : who === 'all' ? 'strong' : undefined };
  });
  const columns = ['action', 'human', 'model', ...ONSET_TOLERANCES.map((k) => `F1 ±${k}`), 'mean lag'];
  return table(`${name}: presses, and the F1 of those that meet a human press within so many frames`, columns, rows);
}

/** Differences of the headline scores to the first model. */
export function differenceTable({ models, differences }: EvaluationDocument): readonly Html[] {
  return differences.map(({ model, against, scores }) => {
    const shown = scores.filter(({ name }) => (HEADLINE as readonly string[]).includes(name) || name.endsWith('.f1'));
    const thin = new Set(models[0].evidence.thin.map((action) => `${action}.f1`));
    return table(
      `${model} minus ${against}, on the same fights`,
      ['score', 'difference', '95 % interval', 'differs'],
      shown.map(({ name, difference, interval, isOutside }): Row => {
        const signed = difference === null ? 'N/A' : `${difference > 0 ? '+' : ''}${difference.toFixed(3)}`;
        const range =
          difference === null
            ? 'N/A'
            : interval === null
              ? 'too few fights'
              : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
        const cells = [name, signed, range, interval === null ? '?' : isOutside ? 'yes' : 'no'];
        return { cells, look: thin.has(name) ? 'faint' : isOutside ? 'strong' : undefined };
      }),
    );
  });
}

/** What input a model needs, and how its answers become keys. */
export function contractFacts({ name, id, contract }: ModelEvaluation): Html {
  const { actions, fps, windowLength, latentSize, image, resize, gray, crop, horizon, apply, thresholds } = contract;
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const whole = crop.left === 0 && crop.top === 0 && crop.width === 1 && crop.height === 1;
  return facts([
    ['model', `${name} (${id})`],
    ['actions', actions.join(' ')],
    ['rate', `${fps} frames a second`],
    ['window', `${windowLength} latents of ${latentSize}`],
    ['picture', `${image.width} x ${image.height}, ${resize}, ${gray}`],
    [
      'crop',
      whole
        ? 'the whole window'
        : `${percent(crop.width)} x ${percent(crop.height)} at ${percent(crop.left)}, ${percent(crop.top)}`,
    ],
    ['horizon', `${horizon} frames ahead, applied ${apply}`],
    [
      'thresholds',
      actions
        .map((action) => `${action} ${thresholds[action]!.press.toFixed(2)}/${thresholds[action]!.release.toFixed(2)}`)
        .join(', '),
    ],
    ['made by', contract.training ?? 'its record does not say'],
    ...contract.madeBetterBy.map((text) => ['made better by', text] as const),
  ]);
}
