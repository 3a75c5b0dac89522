/**
 * What stands in a queue: plain data, checked by the worker that takes it. A payload names files by the hash of their content and
 * by relative paths; it holds no code and no path that is used on the worker's machine.
 */
import { z } from 'zod';
import { LEVEL_NAMES } from '../arena/fight/rules.js';
import type { Scores } from '../evaluation/scores.js';
import { ACTS } from '../policy/act-gate.js';
import { trialSchema } from './trial-schema.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const isPart = (part: string): boolean => !['', '.', '..'].includes(part) && !/[\\\p{Cc}]/u.test(part);

/** Of files below a folder, with `/`. */
const relativePath = z
  .string()
  .max(1000)
  .refine((path) => path.split('/').every(isPart), 'not a relative path');

export const fileSchema = z.strictObject({ path: relativePath, sha256, bytes: z.number().int().min(0) });
/** A file in the store, and what the receiver names it. */
export type FileRef = Readonly<z.infer<typeof fileSchema>>;

const files = z.array(fileSchema).max(10_000);

/** Of all jobs. `group`: the command that asked for it; a group is cancelled together. */
const common = { version: z.literal(1), group: z.string().regex(/^[a-z0-9-]{1,80}$/) };

const fightsSchema = z.strictObject({
  ...common,
  kind: z.literal('fights'),
  /** Of the bundle. */
  bundle: files,
  settings: z.strictObject({
    seed: z.number().int().min(0),
    level: z.enum(LEVEL_NAMES),
    rateHz: z.number().positive().max(240),
    delayMs: z.number().min(0).max(10_000),
    act: z.enum(ACTS).nullable(),
    apply: z.enum(['next-tick', 'at-once']).nullable(),
    thresholds: z.record(z.string(), z.strictObject({ press: z.number(), release: z.number() })),
    size: z.strictObject({ width: z.number().int().min(1).max(8192), height: z.number().int().min(1).max(8192) }),
  }),
  fights: z.number().int().min(1).max(10_000),
});

/** Of the three that train. Sessions lie in folders `0`, `1`, ... in their order. */
const training = {
  ...common,
  trial: trialSchema,
  sessions: z
    .array(z.strictObject({ name: relativePath, files }))
    .min(1)
    .max(1000),
  engine: z.enum(['tfjs-node', 'cpu']),
  deterministic: z.boolean(),
};

/** A trial on an encoder that is trained. */
const trialJobSchema = z.strictObject({
  ...training,
  kind: z.literal('trial'),
  /** Of the encoder's folder; empty until it is trained. */
  encoder: files,
});

const encoderSchema = z.strictObject({
  ...training,
  kind: z.literal('encoder'),
  /** Ids and jobs that are added as soon as it is trained, with its files. */
  then: z.array(z.strictObject({ id: z.string().max(120), job: trialJobSchema })).max(1000),
});

/** The best trial, scored on test fights. */
const winnerSchema = z.strictObject({
  ...training,
  kind: z.literal('winner'),
  encoder: files,
  /** Of the trial's folder. */
  trained: files,
});

/** Nothing is done, for as long as asked: what the queue itself costs, and how it bears faults. */
const probeSchema = z.strictObject({
  ...common,
  kind: z.literal('probe'),
  number: z.number().int(),
  seconds: z.number().min(0).max(3600),
  /** It fails, with this text. */
  fails: z.string().max(200).optional(),
});

export const payloadSchema = z.discriminatedUnion('kind', [
  fightsSchema,
  encoderSchema,
  trialJobSchema,
  winnerSchema,
  probeSchema,
]);
export type Payload = Readonly<z.infer<typeof payloadSchema>>;
export type FightsJob = Extract<Payload, { kind: 'fights' }>;
export type EncoderJob = Extract<Payload, { kind: 'encoder' }>;
export type TrialJob = Extract<Payload, { kind: 'trial' }>;
export type WinnerJob = Extract<Payload, { kind: 'winner' }>;
export type TrainingJob = EncoderJob | TrialJob | WinnerJob;
export type ProbeJob = Extract<Payload, { kind: 'probe' }>;

/** Scoring before training; the smaller number is taken first. */
export const PRIORITY: Readonly<Record<Payload['kind'], number>> = {
  probe: 1,
  fights: 2,
  winner: 2,
  encoder: 5,
  trial: 6,
};

/** What people call a job: `trial 512 gru`, `fights from 1000000, hard`. */
export function labelOf(job: Payload): string {
  if (job.kind === 'probe') return `probe ${job.number}`;
  if (job.kind === 'fights') return `fights from ${job.settings.seed}, ${job.settings.level}`;
  const { autoencoder, head } = job.trial;
  const size = autoencoder.kind === 'baseline' ? autoencoder.kind : String(autoencoder.latentSize);
  return job.kind === 'encoder' ? `encoder ${size}` : `${job.kind} ${size} ${head.kind}`;
}

/** What a training returns: files by paths relative to the sweep's folder, one of which the result stands in. */
export const trainedSchema = z.object({
  files: z.array(fileSchema).max(10_000),
  test: z.custom<Scores | null>((value) => value === null || typeof value === 'object'),
  /** Of a trial on validation fights, by which it is ranked; null for an encoder and the winner. */
  composite: z.number().nullable(),
});
export type TrainedJob = Readonly<z.infer<typeof trainedSchema>>;

/** How far a job is, as a worker reports it. */
export const progressSchema = z.object({
  /** `autoencoder`, `head`, `fights`. */
  step: z.string(),
  /** 0..1 of the step. */
  part: z.number(),
  epoch: z.number().optional(),
  epochs: z.number().optional(),
  loss: z.number().nullable().optional(),
  secondsLeft: z.number().nullable(),
});
export type JobProgress = Readonly<z.infer<typeof progressSchema>>;
