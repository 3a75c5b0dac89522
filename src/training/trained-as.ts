/** What a bundle's record says of how its head was trained: what a further training of it takes over. */
import { z } from 'zod';
import { badOption } from '../core/errors.js';
import type { Bundle } from '../policy/bundle.js';
import { corrupt } from '../policy/manifest.js';
import { LABEL_RULES } from '../session/labels.js';

/** Older records lack some of it. */
const recordSchema = z.object({
  head: z
    .object({
      kind: z.enum(['gru', 'lstm']).default('gru'),
      units: z.array(z.number()).optional(),
      rareWeight: z.number().optional(),
    })
    .default({ kind: 'gru' }),
  together: z.object({ channels: z.array(z.number()).optional() }).optional(),
  labelRule: z.enum(LABEL_RULES).default('at-frame'),
  labelLeadMs: z.number().default(0),
});

export type TrainedAs = Readonly<z.infer<typeof recordSchema>>;

/** @throws UnderstudyError `bad-option` for a bundle that is imported or untrained */
export function requireTrained({ folder, manifest }: Pick<Bundle, 'folder' | 'manifest'>): void {
  if (manifest.training['kind'] === 'trained') return;
  throw badOption(
    `${folder} was not trained by this program: its record does not say what it has learned from.`,
    'Name a bundle of `understudy train`, or train one first.',
  );
}

/** @throws UnderstudyError as {@link requireTrained}; `bundle-corrupt` for a record that this program did not write */
export function trainedAs({ folder, manifest }: Pick<Bundle, 'folder' | 'manifest'>): TrainedAs {
  requireTrained({ folder, manifest });
  const record = recordSchema.safeParse(manifest.training);
  if (record.success) return record.data;
  const [{ path, message }] = record.error.issues;
  throw corrupt(`${folder}: training.${path.join('.')}: ${message}`, record.error);
}
