/** Which scores rest on enough frames to rank by: a score over four frames is luck. */
import { actionsOfScores, scoredNames, type ActionRules } from './scores.js';

/** Frames of support below which an action is greyed out: two seconds at 10 Hz. */
export const EVIDENCE_FLOOR = 20;

export interface Evidence {
  readonly floor: number;
  /** Actions that the human held in fewer frames than the floor, none at all included. */
  readonly thin: readonly string[];
  /** The composite without its thin actions: what models are ranked by; null where all are thin. */
  readonly rankedComposite: number | null;
  /** The actions whose mean it is. */
  readonly rankedBy: readonly string[];
}

/** The part of scores that evidence depends on. */
interface Evidenced {
  readonly perAction: Readonly<Record<string, { readonly f1: number; readonly support: number }>>;
  readonly actionRules?: ActionRules | undefined;
}

/** Sorts the best first: by the composite of the actions with evidence; those without any last. */
export function byRank(a: Evidence, b: Evidence): number {
  return (b.rankedComposite ?? -1) - (a.rankedComposite ?? -1);
}

/** @param floor frames; 0 ranks by everything */
export function evidenceOf(scores: Evidenced, floor: number): Evidence {
  const { perAction } = scores;
  const actions = actionsOfScores(scores);
  const thin = actions.names.filter((action) => perAction[action].support < Math.max(1, floor));
  const rankedBy = scoredNames(actions).filter((action) => !thin.includes(action));
  const sum = rankedBy.reduce((total, action) => total + perAction[action].f1, 0);
  return { floor, thin, rankedComposite: rankedBy.length === 0 ? null : sum / rankedBy.length, rankedBy };
}
