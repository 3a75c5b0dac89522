/**
 * How a bundle's autoencoder and head were trained, from its record. The record is untrusted: a part that does not match
 * its schema is ignored and never an error. Reads no file.
 */
import { z } from 'zod';
import type { BundleManifest } from '../policy/manifest.js';
import type { TrainingCurve } from './figures/training-curves.js';

/** Epochs that are drawn, at most: `train` takes no more. */
const MOST_EPOCHS = 1000;
/** Longest chain of bundles whose encoder came from another bundle. */
const DEEPEST = 8;

const loss = z.number();
const historySchema = z
  .array(z.object({ epoch: z.number().int().min(1), loss, validationLoss: loss.nullable() }))
  .min(1)
  .max(MOST_EPOCHS);
const fitSchema = z.object({ bestEpoch: z.number().int().min(1), history: historySchema });
const autoencoderSchema = fitSchema.extend({ meanFrameLoss: loss.nullable().default(null) });
const headSchema = fitSchema.extend({
  kind: z.string().max(40),
  loss: z.object({ kind: z.enum(['bce', 'focal']) }),
});

const LOSS_NAMES = { bce: 'binary cross-entropy', focal: 'focal loss' } as const;

/**
 * The curves of a bundle: its autoencoder's, also where it came from another bundle, and its head's.
 *
 * @returns none where the record has no epochs, such as an imported bundle's
 */
export function trainingCurvesOf({ training }: Pick<BundleManifest, 'training'>): TrainingCurve[] {
  const curves: TrainingCurve[] = [];
  const autoencoder = autoencoderSchema.safeParse(autoencoderOf(training));
  if (autoencoder.success) {
    const { bestEpoch, history: epochs, meanFrameLoss } = autoencoder.data;
    curves.push({ model: 'autoencoder', loss: 'mean squared error', bestEpoch, epochs, meanFrameLoss });
  }
  const head = headSchema.safeParse(training['head']);
  if (head.success) {
    const { kind, bestEpoch, history: epochs } = head.data;
    const name = LOSS_NAMES[head.data.loss.kind];
    curves.push({ model: `${kind} head`, loss: name, bestEpoch, epochs, meanFrameLoss: null });
  }
  return curves;
}

const givenSchema = z.object({ autoencoder: z.unknown(), givenEncoder: z.unknown() }).partial();

/** The autoencoder's record of this training, or of the one that the encoder was taken from. */
function autoencoderOf(training: unknown): unknown {
  let record = training;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const { autoencoder, givenEncoder } = givenSchema.catch({}).parse(record);
    if (autoencoder !== undefined) return autoencoder;
    record = givenEncoder;
  }
  return undefined;
}
