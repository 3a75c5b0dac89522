/** Fights of the arena that a bundle has learned from or was chosen by, as its record tells. */
import { z } from 'zod';
import { UnderstudyError } from '../../core/errors.js';
import type { Bundle } from '../../policy/bundle.js';
import { arenaName, type FightSettings } from './settings.js';

const range = z.tuple([z.number(), z.number()]);

/** What `practice` writes; a record without it has not practised. `before`: the practice of the bundle that this one began with. */
const practisedSchema = z.object({
  game: z.string(),
  seeds: z.object({ practised: range, checked: range, compared: range }),
  before: z.unknown().optional(),
});

/** What `improve` writes of rounds in the arena. */
const improvedSchema = z.object({
  improved: z.object({
    gathered: z.array(z.object({ fights: z.number(), how: z.object({ seed: z.number(), level: z.string() }) })),
  }),
});

type Range = readonly [first: number, count: number];

function practisedSeeds(record: unknown, level: FightSettings['level']): Range[] {
  const practised = practisedSchema.safeParse(record).data;
  if (practised === undefined) return [];
  const { game, seeds, before } = practised;
  return [...(game === arenaName(level) ? Object.values(seeds) : []), ...practisedSeeds(before, level)];
}

function knownSeeds({ manifest: { training } }: Bundle, level: FightSettings['level']): Range[] {
  const improved = improvedSchema.safeParse(training).data?.improved;
  const rounds = improved?.gathered.filter(({ how }) => how.level === level) ?? [];
  return [
    ...practisedSeeds(training['practised'], level),
    ...rounds.map(({ fights, how }) => [how.seed, fights] as const),
  ];
}

/**
 * Refuses fights that the bundle has practised, was chosen by, or was corrected in.
 *
 * @throws UnderstudyError `training-fights`
 */
export function refuseKnownSeeds({ bundle, seed, level }: FightSettings, fights: number): void {
  const known = knownSeeds(bundle, level).find(([first, count]) => seed < first + count && first < seed + fights);
  if (known === undefined) return;
  const [first, count] = known;
  throw new UnderstudyError({
    kind: 'input',
    code: 'training-fights',
    message: `${bundle.manifest.name} has learned from the ${level} fights of seeds ${first} to ${first + count - 1}, or was chosen by them; ${seed} to ${seed + fights - 1} are asked for. A score on them says how well it remembers, not how well it plays.`,
    next: 'Give another --seed; or take the score for what it is with --allow-train.',
  });
}
