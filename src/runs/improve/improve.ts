/**
 * `improve`: rounds of correction from a request. In the arena the expert says what it would do where the agent goes; in a
 * game a person's corrections are a session a round, and agents are compared by playing it.
 */
import { rmSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { badOption, UnderstudyError } from '../../core/errors.js';
import type { PlayFights } from '../../evaluation/arena/score.js';
import { writeFigureOrWarn } from '../../evaluation/figures/figure.js';
import { readBundle, refuseOut, type Bundle } from '../../policy/bundle.js';
import { readDataset } from '../../session/dataset.js';
import {
  figureOf,
  improveByRounds,
  ROUNDS_FOLDER,
  type Course,
  type Improvement,
} from '../../training/correction-rounds.js';
import { trainSessions, type TrainRequest, type TrainWatcher } from '../../training/train-sessions.js';
import { requireTrained } from '../../training/trained-as.js';
import type { WatchedEnvironment } from '../environment.js';
import { refuseEndless } from '../game/evaluate-game.js';
import { arenaTeaching, assertForArena, type ArenaRounds } from './arena-teaching.js';
import { correctionsOf, gameCourse, type GameRounds } from './game-course.js';
import { steppedTeaching, type SteppedRounds } from './stepped-teaching.js';
import { teacherCourse, type Teaching } from './teacher-course.js';

export interface ImproveRequest {
  /** Folder of the bundle that is improved. */
  readonly bundle: string;
  /** Where the best bundle goes. */
  readonly out: string;
  /** Rounds: their sessions, checkpoints and bundles. */
  readonly work: string;
  readonly rounds:
    | { readonly in: 'arena'; readonly of: ArenaRounds }
    | { readonly in: 'stepped'; readonly of: SteppedRounds }
    | { readonly in: 'game'; readonly of: GameRounds };
  /**
   * How each round is trained; its sessions are those that the bundle was trained on. `encoder` is the bundle, whose
   * encoder stays as it is, or null.
   */
  readonly training: Omit<TrainRequest, 'out' | 'work' | 'resume'>;
  readonly resume: boolean;
  /** Plays the arena's fights that compare agents; default: on threads of this process. The same fights in any case. */
  readonly play?: PlayFights;
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
 * @throws UnderstudyError before anything is done: as {@link assertCanImprove}; then as improveByRounds
 */
export async function improve(
  request: ImproveRequest,
  watch: TrainWatcher,
  environment: WatchedEnvironment,
): Promise<ImproveReport | null> {
  const beganMs = performance.now();
  const { bundle: folder, out, work, rounds, training, resume, play } = request;
  const bundle = await readBundle(folder);
  await assertCanImprove(bundle, request);
  const teaching = await teachingOf(rounds, bundle, play);
  const roundsFolder = join(work, ROUNDS_FOLDER);
  const { signal } = environment.signals;
  const train: Course['train'] = async (round, gathered) => {
    const result = join(roundsFolder, `round-${round}`);
    const sessions = [...training.sessions, ...gathered];
    const asked = { ...training, sessions, out: result, work: `${result}.work`, resume: true };
    if ((await trainSessions(asked, watch, signal)) === null) return null;
    // pictures and latents of every round would fill the disk
    if (round > 1) rmSync(join(roundsFolder, `round-${round - 1}.work`), { recursive: true, force: true });
    return result;
  };
  const course =
    rounds.in === 'game'
      ? gameCourse(rounds.of, { work: roundsFolder, train, environment })
      : teacherCourse(rounds.of, teaching!, { work: roundsFolder, train, signal });
  const settings = settingsOf(request, teaching);
  const result = await improveByRounds({ bundle: folder, out, work, settings, resume, say: watch.say }, course);
  if (result === null) return null;
  await writeFigureOrWarn(work, () => figureOf(result.rounds), 'the rounds are not drawn', watch.say);
  const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
  return { from: { folder, id: bundle.id, name: bundle.manifest.name }, ...result, work, seconds };
}

/** Null where a person's sessions teach. */
async function teachingOf(
  rounds: ImproveRequest['rounds'],
  bundle: Bundle,
  play: PlayFights | undefined,
): Promise<Teaching | null> {
  if (rounds.in === 'game') return null;
  return rounds.in === 'arena' ? arenaTeaching(rounds.of, play) : await steppedTeaching(rounds.of, bundle);
}

/**
 * What would be found only after hours of training.
 *
 * @throws UnderstudyError `bad-option`, `bundle-mismatch`, `session-invalid`; as readDataset
 */
async function assertCanImprove(bundle: Bundle, { out, work, rounds, training }: ImproveRequest): Promise<void> {
  const { folder, actions } = bundle;
  requireTrained(bundle);
  await refuseOut(out, folder);
  const corrections = rounds.in === 'game' ? rounds.of.corrections : [];
  const sessions = [...training.sessions, ...corrections];
  const ours = resolve(work, ROUNDS_FOLDER) + sep;
  const inside = sessions.find((name) => resolve(name).startsWith(ours));
  if (inside !== undefined) {
    throw badOption(
      `The session ${inside} lies in the work folder, which a new run clears.`,
      'Name another --out or --work.',
    );
  }
  const twice = sessions.find(
    (name, index) => sessions.findIndex((other) => resolve(other) === resolve(name)) !== index,
  );
  if (twice !== undefined) throw badOption(`The session ${twice} is named twice.`, 'Name each session once.');
  for (const name of corrections) await correctionsOf(name);
  await readDataset(sessions, training.reading); // that they fit each other
  if (rounds.in === 'arena') return assertForArena(bundle);
  if (rounds.in === 'game') refuseEndless(rounds.of.evaluation);
  const file = rounds.in === 'game' ? rounds.of.evaluation.game.file : rounds.of.file;
  if (file.actions.names.join() === actions.names.join()) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${folder} has the actions ${actions.names.join(', ')}; ${file.path} has ${file.actions.names.join(', ')}.`,
    next: 'Name the game file that the sessions were recorded with.',
  });
}

/** What the rounds' results depend on beside the bundle; not how many there are, so that more may follow. */
function settingsOf({ rounds, training }: ImproveRequest, teaching: Teaching | null): unknown {
  const { pictures, settings, reading, labelRule, labelLeadMs, split, storage, encoder } = training;
  const asked = (): unknown => {
    if (rounds.in === 'arena') return { ...rounds.of, rounds: undefined };
    if (rounds.in === 'stepped') {
      const { file, ...asked } = rounds.of;
      return { ...asked, allowLaunch: undefined, rounds: undefined, game: file.name, ...teaching!.identity };
    }
    const { evaluation } = rounds.of;
    const { fights, seed, game } = evaluation;
    return { fights, seed, game: game.file.name };
  };
  return {
    asked: asked(),
    sessions: training.sessions.map((name) => resolve(name)),
    keepsEncoder: encoder !== null,
    ...{ pictures, settings, reading, labelRule, labelLeadMs, split, storage },
  };
}
