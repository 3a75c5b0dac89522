/** Rounds in the arena: the agent plays, the scripted expert says at each frame what it would hold. */
import { ARENA_ACTIONS } from '../../arena/actions.js';
import type { Level } from '../../arena/fight.js';
import { UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { rowOf } from '../../evaluation/arena/rows.js';
import { scoreInArena, type ArenaScore, type PlayFights } from '../../evaluation/arena/score.js';
import type { Bundle } from '../../policy/bundle.js';
import { Progress } from '../../terminal/progress.js';
import { contractDifference, STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import { RATE_HZ } from '../record/arena-demos.js';
import type { PlayedFights } from '../../training/correction-rounds.js';
import type { Teaching, TeacherRounds } from './teacher-course.js';

export interface ArenaRounds extends TeacherRounds {
  readonly level: Level;
  /** The expert waits for the ground before it presses JUMP again. */
  readonly patient: boolean;
}

/** @param playFights default: on threads of this process */
export function arenaTeaching({ level, patient }: ArenaRounds, playFights?: PlayFights): Teaching {
  return {
    in: { kind: 'arena', level, patient, noise: 0 },
    how: { level },
    identity: { level },
    play: async (bundle, { seed, fights }, signal) => {
      using progress = new Progress({ unit: 'fights', total: fights });
      const score = await scoreInArena({
        ...{ bundle, fights, level, signal, seed, withPlayers: false },
        onProgress: ({ done }) => progress.update(done),
        ...given({ play: playFights }),
      });
      progress.finish();
      return score && playedOf(score);
    },
  };
}

/** @throws UnderstudyError `bundle-mismatch` for a bundle that the arena's demonstrations cannot teach */
export function assertForArena({ manifest, actions, folder }: Bundle): void {
  const contract = contractDifference(STUDY_CONTRACT, manifest.preprocessing);
  const mismatches: readonly (readonly [field: string, got: unknown, expected: unknown])[] = [
    ['actions', actions.names.join(), ARENA_ACTIONS.names.join()],
    ['fps', manifest.fps, RATE_HZ],
    ...(contract === null ? [] : [[contract.field, contract.got, contract.expected] as const]),
  ];
  const wrong = mismatches.find(([, got, expected]) => got !== expected);
  if (wrong === undefined) return;
  const [field, got, expected] = wrong;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${folder} cannot be improved in the arena: its ${field} is ${String(got)}, and the arena's demonstrations have ${String(expected)}.`,
    next: 'Improve it in its own game with --corrections and --judge-by.',
  });
}

function playedOf({ perFight }: ArenaScore): PlayedFights {
  const { meanSeconds, meanHits, meanDamage, byPhase } = rowOf(perFight);
  const hits = byPhase.map((row) => [`hitsInPhase${row.phase}`, row.meanHits] as const);
  return {
    by: 'wins',
    values: perFight.map(({ outcome }) => (outcome === 'won' ? 1 : 0)),
    figures: { meanSeconds, meanHits, meanDamage, ...Object.fromEntries(hits) },
  };
}
