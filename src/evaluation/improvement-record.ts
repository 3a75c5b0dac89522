/** What a bundle's record says of what came after its training: a kept round of `improve`, and `practice`. */
import { z } from 'zod';
import type { BundleManifest } from '../policy/manifest.js';

const differenceSchema = z.object({ mean: z.number(), low: z.number().nullable(), high: z.number().nullable() });

/** How the fights of a round were gathered: of those that can be played again, the seeds. */
const roundSchema = z.object({
  seed: z.number().optional(),
  level: z.string().optional(),
  game: z.string().optional(),
});

/** `training.improved` */
const improvedSchema = z.object({
  round: z.number(),
  from: z.object({ id: z.string() }),
  played: z.object({ by: z.string() }),
  difference: differenceSchema,
  /** Of all rounds until this one; level of those in the arena, game of others. */
  gathered: z.array(z.object({ fights: z.number(), how: roundSchema })),
});

/** [first, count] */
const seedsSchema = z.tuple([z.number(), z.number()]);

/** `training.practised` */
const practisedSchema = z.object({
  command: z.string(),
  game: z.string(),
  /** Names of the games that its fights are of; absent where they are of `game`. */
  fightsOf: z.array(z.string()).optional(),
  /** Absent in records of the arena's first practices. */
  judgedBy: z.string().default('wins'),
  from: z.object({ id: z.string() }),
  seeds: z.object({ practised: seedsSchema, checked: seedsSchema, compared: seedsSchema }),
  decisions: z.number(),
  updates: z.number(),
  /** Absent where it was stopped before its end. */
  compared: z.object({ difference: differenceSchema }).optional(),
  /** The practice of the bundle that this one began with. */
  before: z.unknown().optional(),
});

export type Improved = z.infer<typeof improvedSchema>;
export type Practised = z.infer<typeof practisedSchema>;

type Recorded = Pick<BundleManifest, 'training'>;

/** Null where no round was kept, or the record is of another kind. */
export const improvedOf = ({ training }: Recorded): Improved | null =>
  improvedSchema.safeParse(training['improved']).data ?? null;

/** From the first practice to the last one. */
export function practicesOf({ training }: Recorded): Practised[] {
  const practices: Practised[] = [];
  let record = practisedSchema.safeParse(training['practised']).data;
  while (record !== undefined) {
    practices.unshift(record);
    record = practisedSchema.safeParse(record.before).data;
  }
  return practices;
}
