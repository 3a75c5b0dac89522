/** Fights of a game that can be played again by their seeds, which a bundle has learned from or was chosen by, as its record tells. */
import { UnderstudyError } from '../../core/errors.js';
import type { Bundle } from '../../policy/bundle.js';
import { improvedOf, practicesOf } from '../improvement-record.js';
import { arenaName } from './settings.js';

/** @returns [first, count] of each range */
function knownSeeds({ manifest }: Bundle, game: string): (readonly [number, number])[] {
  const practices = practicesOf(manifest).filter((practice) => (practice.fightsOf ?? [practice.game]).includes(game));
  const rounds = improvedOf(manifest)?.gathered ?? [];
  return [
    ...practices.flatMap(({ seeds }) => Object.values(seeds)),
    ...rounds.flatMap(({ fights, how: { seed, level, game: ofRound = level && arenaName(level) } }) =>
      seed === undefined || ofRound !== game ? [] : [[seed, fights] as const],
    ),
  ];
}

/**
 * Refuses fights that the bundle has practised, was chosen by, or was corrected in.
 *
 * @throws UnderstudyError `training-fights`
 */
export function refuseKnownSeeds(
  bundle: Bundle,
  { game, seed, fights }: { readonly game: string; readonly seed: number; readonly fights: number },
): void {
  const known = knownSeeds(bundle, game).find(([first, count]) => seed < first + count && first < seed + fights);
  if (known === undefined) return;
  const [first, count] = known;
  throw new UnderstudyError({
    kind: 'input',
    code: 'training-fights',
    message: `${bundle.manifest.name} has learned from the fights of ${game}, seeds ${first} to ${first + count - 1}, or was chosen by them; ${seed} to ${seed + fights - 1} are asked for. A score on them says how well it remembers, not how well it plays.`,
    next: 'Give another --seed; or take the score for what it is with --allow-train.',
  });
}
