/** A trial's description, as it comes from another machine. */
import { z } from 'zod';
import { LABEL_RULES } from '../session/labels.js';
import type { Trial } from '../training/trial.js';

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const share = z.number().min(0).max(1);
const seed = whole(0, 2 ** 32);
const sizes = z.array(whole(1, 8192)).min(1).max(16).optional();

const fit = {
  epochs: whole(1, 100_000),
  batchSize: whole(1, 65_536),
  learningRate: z.number().positive().max(10),
  patience: whole(1, 100_000).nullable(),
  seed,
};

const crop = z.strictObject({ left: share, top: share, width: share, height: share });

const source = z.strictObject({
  /** As the user named them on the machine that asked: for the record only. */
  sessions: z.array(z.string().max(4096)).min(1).max(1000),
  preprocessing: z.strictObject({
    resize: z.literal('opencv-linear-u8'),
    gray: z.literal('bt601-15bit'),
    width: whole(8, 1024),
    height: whole(8, 1024),
    crop,
    scale: z.literal('1/255'),
  }),
  labelRule: z.enum(LABEL_RULES),
  labelLeadMs: z.number(),
  lenient: z.boolean(),
  keys: z.record(z.string(), z.string()).nullable(),
  split: z.strictObject({
    by: z.enum(['session', 'fight']),
    seed,
    validation: share.optional(),
    test: share.optional(),
  }),
});

const schema = z.strictObject({
  version: z.literal(1),
  source,
  dataSha256: z.string().regex(/^[0-9a-f]{64}$/),
  autoencoder: z.strictObject({
    kind: z.enum(['baseline', 'advanced']),
    latentSize: whole(1, 65_536),
    channels: sizes,
    ...fit,
    outputBias: z.enum(['mean-pixel', 'zero']),
  }),
  head: z.strictObject({
    kind: z.enum(['gru', 'lstm']),
    units: sizes,
    dropout: share.optional(),
    loss: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('bce') }),
      z.strictObject({ kind: z.literal('focal'), gamma: z.number(), alpha: z.number() }),
    ]),
    rareWeight: z.number().positive(),
    weightSemantics: z.enum(['per-sample', 'batch-wide']),
    windowLength: whole(1, 1000),
    horizon: whole(0, 100),
    acrossFights: z.boolean(),
    ...fit,
  }),
  threshold: share.nullable(),
  storage: z.enum(['float32', 'float16']),
});

export const trialSchema = z.custom<Trial>((value) => schema.safeParse(value).success, 'not a description of a trial');
