/**
 * Whether a model learned anything: every action beside what needs no model (the key always held, the majority, the last
 * keys copied), and one sentence for people. Counts only what occurs: an action that was never held says nothing.
 */
import { LabelMatrix } from '../core/label-matrix.js';
import { baselinePredictions } from './baselines.js';
import { EVIDENCE_FLOOR } from './evidence.js';
import { namesText } from './names-text.js';
import { actionsOfScores, fromCounts, meanOf, scoredNames, scoreLabels, type Scores } from './scores.js';

/** Of one action. All but `support` are null where it was never held; `kappa` also where it was held all the time. */
export interface LearnedAction {
  /** Frames in which the human held it. */
  readonly support: number;
  readonly f1: number | null;
  /** F1 of holding it in every frame. */
  readonly always: number | null;
  /** F1 of holding it always or never, whichever agrees with more frames. */
  readonly majority: number | null;
  /** F1 of what the human held at the last frame that the model could look at; null where that is not known. */
  readonly copyLast: number | null;
  /** Agreement of the model beyond chance, -1..1. */
  readonly kappa: number | null;
}

/** Means over the actions that the game scores and that were held. */
export interface LearnedComposite {
  readonly over: readonly string[];
  readonly f1: number;
  readonly always: number;
  readonly majority: number;
  readonly copyLast: number | null;
}

export type LearnedVerdict = 'little' | 'some' | 'well';

export interface Learned {
  readonly verdict: LearnedVerdict;
  /** One sentence: the verdict, the reason and what to do. */
  readonly text: string;
  readonly perAction: Readonly<Record<string, LearnedAction>>;
  /** Null where no scored action was held. */
  readonly composite: LearnedComposite | null;
  /** Actions that were never held: they count nowhere. */
  readonly absent: readonly string[];
  /** Mean kappa of the actions that the verdict rests on; null without any. */
  readonly kappa: number | null;
}

/**
 * Mean kappas at which little, some and much was learned. Agents with 0.16 to 0.24 played a game that was new to them no
 * better than a held key; from 0.6 agreement is called substantial (J. R. Landis and G. G. Koch, Biometrics 33, 1977).
 */
const SOME_KAPPA = 0.25;
const WELL_KAPPA = 0.6;

/** @param copyLast scores of the last keys copied, on the same frames; null where they are not known */
export function learnedOf(scores: Scores, copyLast: Scores | null): Learned {
  const actions = actionsOfScores(scores);
  const entries = actions.names.map((name) => [name, learnedAction(scores, copyLast, name)] as const);
  const perAction = Object.fromEntries(entries);
  const absent = actions.names.filter((name) => scores.perAction[name].support === 0);
  const scored = scoredNames(actions).filter((name) => !absent.includes(name));
  const judged = actions.names.filter((name) => isJudged(scores, name));
  const kappa = meanOf(judged.map((name) => perAction[name].kappa));
  const composite = scored.length === 0 ? null : compositeOf(perAction, scored);
  const verdict = verdictOf(kappa, composite);
  const idle = judged.filter((name) => perAction[name].f1! <= perAction[name].always!);
  return { verdict, text: textOf({ verdict, kappa, composite }, idle, judged), perAction, composite, absent, kappa };
}

/** As {@link learnedOf}, of matrices: what was held at the last frame seen before each row stands in `before`. */
export function learnedFrom(scores: Scores, labels: LabelMatrix, before: LabelMatrix): Learned {
  return learnedOf(scores, scoreLabels(labels, baselinePredictions(labels, before).copyLast));
}

/** Each row's label one frame earlier; of the first row nothing. For labels of one fight without a horizon. */
export function oneFrameBefore(labels: LabelMatrix): LabelMatrix {
  const before = LabelMatrix.zeros(labels.actions, labels.count);
  for (let frame = 1; frame < labels.count; frame += 1) before.setHeld(frame, labels.held(frame - 1));
  return before;
}

function learnedAction({ frames, perAction }: Scores, copyLast: Scores | null, name: string): LearnedAction {
  const { support, f1, kappa } = perAction[name];
  if (support === 0) return { support, f1: null, always: null, majority: null, copyLast: null, kappa: null };
  const always = fromCounts({ truePositives: support, predicted: frames, actual: support }).f1;
  const majority = support > frames / 2 ? always : 0;
  return { support, f1, always, majority, copyLast: copyLast?.perAction[name].f1 ?? null, kappa };
}

/** Held and released often enough that agreement is not luck. */
function isJudged({ frames, perAction }: Scores, name: string): boolean {
  const { support, kappa } = perAction[name];
  return kappa !== null && Math.min(support, frames - support) >= EVIDENCE_FLOOR;
}

function compositeOf(perAction: Readonly<Record<string, LearnedAction>>, over: readonly string[]): LearnedComposite {
  const mean = (key: 'f1' | 'always' | 'majority' | 'copyLast') => meanOf(over.map((name) => perAction[name][key]));
  return { over, f1: mean('f1')!, always: mean('always')!, majority: mean('majority')!, copyLast: mean('copyLast') };
}

function verdictOf(kappa: number | null, composite: LearnedComposite | null): LearnedVerdict {
  if (kappa === null || kappa < SOME_KAPPA) return 'little';
  if (composite !== null && composite.f1 <= composite.always) return 'little';
  return kappa >= WELL_KAPPA ? 'well' : 'some';
}

function textOf(
  { verdict, kappa, composite }: Pick<Learned, 'verdict' | 'kappa' | 'composite'>,
  idle: readonly string[],
  judged: readonly string[],
): string {
  if (kappa === null) {
    return `Whether anything was learned cannot be said: no action was both held and released in ${EVIDENCE_FLOOR} of these frames; record longer fights.`;
  }
  const agreement = `agreement beyond chance is ${kappa.toFixed(2)} of 1`;
  const no =
    idle.length === 0
      ? ''
      : `, and ${namesText(idle)} ${idle.length === 1 ? 'is' : 'are'} no better than a key that is always held`;
  const of = `${agreement} over ${namesText(judged)}${no}`;
  if (verdict === 'little') {
    const isBelowHeld = kappa >= SOME_KAPPA && composite !== null;
    const scored = isBelowHeld
      ? `F1 of ${namesText(composite.over)} is ${composite.f1.toFixed(2)}, and keys that are always held have ${composite.always.toFixed(2)}; `
      : '';
    return `Little was learned: ${scored}${of}; record more play, then take over from the agent where it errs (\`understudy play --record NAME\`) and train on both.`;
  }
  if (verdict === 'some') {
    return `Something was learned: ${of}; let it play, take over where it errs (\`understudy play --record NAME\`), and train on both.`;
  }
  return `Much was learned: ${of}; let it play and count its wins, which F1 does not rank.`;
}
