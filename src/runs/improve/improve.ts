/**
 * `improve`: rounds of correction from a request. In the arena the expert says what it would do where the agent goes; in a
 * game a person's corrections are a session a round, and agents are compared by playing it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { badOption } from '../../core/errors.js';
import { readBundle } from '../../policy/bundle.js';
import { trainSessions, type TrainRequest, type TrainWatcher } from '../../training/train-sessions.js';
import type { WatchedEnvironment } from '../environment.js';
import { arenaCourse, type ArenaRounds } from './arena-course.js';
import { gameCourse, type GameRounds } from './game-course.js';
import { improveByRounds, type Course, type Improvement } from '../../training/correction-rounds.js';

export interface ImproveRequest {
  /** Folder of the bundle that is improved. */
  readonly bundle: string;
  /** Where the best bundle goes. */
  readonly out: string;
  /** Rounds: their sessions, checkpoints and bundles. */
  readonly work: string;
  readonly rounds:
    { readonly in: 'arena'; readonly of: ArenaRounds } | { readonly in: 'game'; readonly of: GameRounds };
  /**
   * How each round is trained; its sessions are those that the bundle was trained on. `encoder` is the bundle, whose
   * encoder stays as it is, or null.
   */
  readonly training: Omit<TrainRequest, 'out' | 'work' | 'resume'>;
  readonly resume: boolean;
}

/** What `improve --json` prints. */
export interface ImproveReport extends Improvement {
  /** The bundle that was given. */
  readonly from: { readonly folder: string; readonly id: string; readonly name: string };
  readonly work: string;
  readonly seconds: number;
}

/**
 * @returns null where it was interrupted; what is done is kept for `--resume`
 * @throws UnderstudyError `bad-option` for a bundle that was not trained by this program; as improveByRounds
 */
export async function improve(
  request: ImproveRequest,
  watch: TrainWatcher,
  environment: WatchedEnvironment,
): Promise<ImproveReport | null> {
  const beganMs = performance.now();
  const { bundle, out, work, rounds, training, resume } = request;
  const { manifest, id } = await readBundle(bundle);
  if (manifest.training['kind'] !== 'trained') {
    throw badOption(
      `${bundle} was not trained by this program: its record does not say what it has learned from.`,
      'Improve a bundle of `understudy train`, or train one first.',
    );
  }
  if (!resume) for (const part of ['sessions', 'rounds']) rmSync(join(work, part), { recursive: true, force: true });
  const { signal } = environment.signals;
  const train: Course['train'] = async (round, gathered) => {
    const folder = join(work, 'rounds', `round-${round}`);
    const sessions = [...training.sessions, ...gathered];
    const result = await trainSessions(
      { ...training, sessions, out: folder, work: `${folder}.work`, resume: true },
      watch,
      signal,
    );
    return result && folder;
  };
  const course =
    rounds.in === 'arena'
      ? arenaCourse(rounds.of, { work, train, signal })
      : gameCourse(rounds.of, { train, environment });
  const result = await improveByRounds(
    { bundle, out, work, settings: settingsOf(request), resume, say: watch.say },
    course,
  );
  if (result === null) return null;
  const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
  return { from: { folder: bundle, id, name: manifest.name }, ...result, work, seconds };
}

/** What the rounds' results depend on beside the bundle. */
function settingsOf({ rounds, training }: ImproveRequest): unknown {
  const { sessions, encoder, pictures, settings, reading, labelRule, labelLeadMs, split, storage } = training;
  return {
    asked: rounds.in === 'arena' ? rounds.of : { corrections: rounds.of.corrections },
    ...{ sessions, encoder, pictures, settings, reading, labelRule, labelLeadMs, split, storage },
  };
}
