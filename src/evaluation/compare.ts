/**
 * Two documents of the same kind against each other: of `evaluate`, fight by fight where the fights are the same; else
 * measure by measure. Opens no file.
 */
import { z } from 'zod';
import { differencesOf } from './evaluate-models.js';
import { STATISTICS } from './fight-counts.js';
import { compareMeasures, measuresOf, type Change } from './measures.js';

export interface Comparison {
  /** How the noise was told: on the same fights, or from each document alone. */
  readonly paired: boolean;
  readonly changes: readonly Change[];
}

const evaluationSchema = z.object({
  format: z.literal('understudy-evaluation'),
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
  const changes = scoresOnly(compareMeasures(measuresOf(before), measuresOf(after)), first.success && second.success);
  if (!first.success || !second.success || !areSameFights(first.data, second.data)) return { paired: false, changes };
  const paired = new Map(
    differencesOf(first.data.models[0].perFight, second.data.models[0].perFight).map((one) => [one.name, one]),
  );
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

/** Of the hundreds of numbers in an evaluation, those that are scores. */
function scoresOnly(changes: readonly Change[], areEvaluations: boolean): readonly Change[] {
  if (!areEvaluations) return changes;
  const names = new Set(STATISTICS.map(({ name }) => name));
  const renamed = changes.map((change) => ({ ...change, name: change.name.replace(/^perAction\./, '') }));
  return renamed.filter(({ name }) => names.has(name));
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
