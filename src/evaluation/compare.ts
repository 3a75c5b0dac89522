/**
 * Compares two documents of the same kind: two of `evaluate` fight by fight where their fights are the same, others
 * measure by measure. Opens no file.
 */
import { z } from 'zod';
import { actionRulesSchema } from '../policy/manifest.js';
import { differencesOf } from './evaluate-models.js';
import { statisticsOf } from './fight-counts.js';
import { compareMeasures, measuresOf, type Change } from './measures.js';
import { actionsOfScores } from './scores.js';

export interface Comparison {
  /** How the noise was estimated: on the same fights, or from each document alone. */
  readonly paired: boolean;
  readonly changes: readonly Change[];
}

const evaluationSchema = z.object({
  format: z.literal('understudy-evaluation'),
  perAction: z.record(z.string(), z.unknown()),
  actionRules: actionRulesSchema.optional(),
  fights: z.array(z.object({ id: z.string(), frames: z.number() })),
  models: z.array(z.object({ perFight: z.array(z.array(z.number())) })).min(1),
});

/**
 * @param before parsed JSON
 * @param after parsed JSON
 * @throws z.ZodError for a malformed list of measures
 */
export function compareDocuments(before: unknown, after: unknown): Comparison {
  const [first, second] = [evaluationSchema.safeParse(before), evaluationSchema.safeParse(after)];
  const all = compareMeasures(measuresOf(before), measuresOf(after));
  if (!first.success || !second.success) return { paired: false, changes: all };
  const actions = actionsOfScores(first.data);
  const names = new Set(statisticsOf(actions).map(({ name }) => name));
  const changes = all
    .map((change) => ({ ...change, name: change.name.replace(/^perAction\./, '') })) // of hundreds of numbers only the scores
    .filter(({ name }) => names.has(name));
  const areOfOneGame = actions.hasNamesOf(actionsOfScores(second.data));
  if (!areOfOneGame || !areSameFights(first.data, second.data)) return { paired: false, changes };
  const [older, newer] = [first.data.models[0].perFight, second.data.models[0].perFight];
  const paired = new Map(differencesOf(actions, older, newer).map((one) => [one.name, one]));
  return {
    paired: true,
    changes: changes.map((change): Change => {
      const difference = paired.get(change.name);
      if (difference === undefined || difference.interval === null) return change;
      const { interval, isOutside } = difference;
      return {
        ...change,
        interval,
        verdict: isOutside ? 'changed' : 'same',
        isBetter: isOutside ? change.difference! > 0 : null,
      };
    }),
  };
}

type Evaluation = z.infer<typeof evaluationSchema>;

function areSameFights(first: Evaluation, second: Evaluation): boolean {
  const key = ({ fights }: Evaluation): string => JSON.stringify(fights.map(({ id, frames }) => [id, frames]));
  const width = first.models[0].perFight[0]?.length;
  const fits = (document: Evaluation): boolean =>
    document.models[0].perFight.length === document.fights.length &&
    document.models[0].perFight.every((fight) => fight.length === width);
  return first.fights.length > 0 && key(first) === key(second) && fits(first) && fits(second);
}
