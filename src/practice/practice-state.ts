/** What a practice keeps on the disk: where it stands, in one file that is replaced after each update. */
import { z } from 'zod';
import type { NamedArray, WeightSpec } from '../training/network.js';
import type { ParameterState } from '../training/parameters.js';
import {
  floatCount,
  FloatReader,
  readStateFile,
  specsOf,
  unusableState,
  valuesOf,
  writeStateFile,
} from '../training/state-file.js';
import type { LearnerState } from './learner.js';

const updateSchema = z.object({
  /** 1-based */
  update: z.number(),
  fights: z.number(),
  won: z.number(),
  /** Mean over the fights of what tells the better agent: of wins 0..1. */
  value: z.number(),
  decisions: z.number(),
  /** Mean sum of rewards of a fight. */
  meanReturn: z.number(),
  moved: z.number(),
  klToFirst: z.number(),
  entropy: z.number(),
  clipped: z.number(),
  explained: z.number(),
  passes: z.number(),
  playSeconds: z.number(),
  learnSeconds: z.number(),
});

/** One update, of fights in which keys were drawn. */
export type Update = Readonly<z.infer<typeof updateSchema>>;

const checkSchema = z.object({
  /** After this update; 0: as practice began. */
  update: z.number(),
  /** Decisions practised until then. */
  decisions: z.number(),
  /** [fights] what tells the better agent: 1 for a win and else 0, or how much of an event. */
  values: z.array(z.number()),
  /** Means over the fights, by event of the game. */
  events: z.record(z.string(), z.number()),
});

/** How a head plays fights that nothing is practised on, by its thresholds. */
export type Check = Readonly<z.infer<typeof checkSchema>>;

const meanSchema = z.object({
  n: z.number(),
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

const weightsSchema = z.array(z.object({ name: z.string(), shape: z.array(z.number()) }));

const headerSchema = z.object({
  version: z.literal(3),
  fingerprint: z.string(),
  random: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  updates: z.array(updateSchema),
  checks: z.array(checkSchema),
  bestUpdate: z.number(),
  looks: z.number(),
  judged: z
    .object({
      update: z.number(),
      fights: z.number(),
      compared: z.object({ before: checkSchema, after: checkSchema, difference: meanSchema }),
      kept: z.boolean(),
    })
    .nullable(),
  stopped: z.string().nullable(),
  head: z.object({ step: z.number(), weights: weightsSchema }),
  critic: z.object({ step: z.number(), weights: weightsSchema }),
});

export interface PracticeState {
  /** Hash of the bundle and the options: those of another practice are refused. */
  readonly fingerprint: string;
  /** Of the order of decisions. */
  readonly random: readonly [number, number, number, number];
  readonly learner: LearnerState;
  readonly updates: readonly Update[];
  readonly checks: readonly Check[];
  /** The best check's. */
  readonly best: { readonly update: number; readonly weights: readonly NamedArray[] };
  /** Comparisons of the best with the bundle that was given, made so far: each has fights of its own. */
  readonly looks: number;
  /** What the last comparison said, of the best after which update, in how many fights; null before the first. */
  readonly judged: Readonly<z.infer<typeof headerSchema>>['judged'];
  /** Why practice ended before its time; null where it did not. */
  readonly stopped: string | null;
}

/** @throws UnderstudyError `write-failed`; the earlier file is intact */
export function writeState(path: string, state: PracticeState): void {
  const { learner, best, random, ...rest } = state;
  const partOf = ({ step, weights }: ParameterState) => ({ step, weights: specsOf(weights) });
  const header = {
    version: 3,
    ...rest,
    random: [...random],
    bestUpdate: best.update,
    head: partOf(learner.head),
    critic: partOf(learner.critic),
  };
  const arraysOf = ({ weights, firstMoments, secondMoments }: ParameterState): Float32Array[] => [
    ...valuesOf(weights),
    ...firstMoments,
    ...secondMoments,
  ];
  writeStateFile(path, header, [...valuesOf(best.weights), ...arraysOf(learner.head), ...arraysOf(learner.critic)]);
}

/**
 * @returns null where there is no file
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged, or of another bundle or other options
 */
export function readState(path: string, fingerprint: string): PracticeState | null {
  const parse = (header: unknown): z.infer<typeof headerSchema> => {
    const parsed = headerSchema.safeParse(header);
    if (!parsed.success) throw unusableState(path, 'its header is not that of a practice');
    return parsed.data;
  };
  const file = readStateFile(path, (header) => {
    const { head, critic } = parse(header);
    return 4 * floatCount(head.weights) + 3 * floatCount(critic.weights);
  });
  if (file === null) return null;
  const { head, critic, bestUpdate, random, updates, checks, looks, judged, stopped, ...header } = parse(file.header);
  if (header.fingerprint !== fingerprint) throw unusableState(path, 'it is of another bundle or other options');
  const floats = new FloatReader(file.floats);
  const best = { update: bestUpdate, weights: floats.take(head.weights) };
  const partOf = ({ step, weights }: { readonly step: number; readonly weights: WeightSpec[] }): ParameterState => ({
    step,
    weights: floats.take(weights),
    ...floats.takeMoments(weights),
  });
  const learner = { head: partOf(head), critic: partOf(critic) };
  return { fingerprint, random, learner, updates, checks, best, looks, judged, stopped };
}
