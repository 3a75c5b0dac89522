/** Fights played by workers, in ranges of seeds. Results are by seed, so that a range that is missing is seen. */
import { basename, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { hashOf } from '../../core/plain-json.js';
import type { PlayFights } from '../../evaluation/arena/score.js';
import type { PlayedFight } from '../../evaluation/arena/settings.js';
import type { Bundle } from '../../policy/bundle.js';
import { openFleetToAsk, type Fleet, type FleetRequest } from '../fleet.js';
import type { FightsJob, FileRef } from '../payloads.js';
import { errorOf, jobId, type NamedJob, type SeenJob } from '../queue.js';
import { results } from './wait.js';

/** About 15 s of one core. */
const FIGHTS_A_JOB = 20;

export interface FightsByQueue extends AsyncDisposable {
  readonly play: PlayFights;
}

/** @throws UnderstudyError as openFleetToAsk */
export async function openFightsByQueue(request: FleetRequest, say: (text: string) => void): Promise<FightsByQueue> {
  const fleet = await openFleetToAsk(request, say);
  return { play: fightsByQueue(fleet), [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose]() };
}

/** Plays fights of scoreInArena on the fleet's workers: the same fights, fight by fight. */
export function fightsByQueue(fleet: Fleet): PlayFights {
  return async (settings, fights, signal, onProgress) => {
    const { bundle, ...others } = settings;
    const files = await publishBundle(fleet, bundle);
    const plain = JSON.parse(JSON.stringify(others)) as FightsJob['settings'];
    const group = `fights-${hashOf([files, plain, fights], 12)}`;
    const jobs: NamedJob[] = [];
    for (let first = 0; first < fights; first += FIGHTS_A_JOB) {
      const job: FightsJob = {
        ...{ version: 1, kind: 'fights', group, bundle: files },
        settings: { ...plain, seed: plain.seed + first },
        fights: Math.min(FIGHTS_A_JOB, fights - first),
      };
      jobs.push({ id: jobId(job), job });
    }
    const sizes = new Map(jobs.map(({ id, job }) => [id, (job as FightsJob).fights]));
    const ended = await results(
      fleet,
      jobs,
      signal,
      (seen) => onProgress(progressOf(seen, sizes)),
      (job) => isWhole(job, sizes.get(job.id)!),
    );
    return ended === null ? null : ended.flatMap((job) => fightsOf(job, sizes.get(job.id)!));
  };
}

async function publishBundle({ artefacts }: Fleet, { folder, manifest }: Bundle): Promise<FileRef[]> {
  const names = ['manifest.json', manifest.files.encoder.path, manifest.files.head.path];
  return await Promise.all(names.map((name) => artefacts.publish(join(folder, name), basename(name))));
}

function progressOf(seen: readonly SeenJob[], sizes: ReadonlyMap<string, number>): { done: number; finished: number } {
  let [done, finished] = [0, 0];
  for (const { id, state, progress } of seen) {
    const size = sizes.get(id)!;
    if (state === 'done') finished += size;
    else if (state === 'active') done += size * (progress?.part ?? 0);
  }
  return { done: finished + done, finished };
}

function fightsOf(job: SeenJob, fights: number): PlayedFight[] {
  if (job.state === 'failed') throw errorOf(job);
  if (isWhole(job, fights)) return job.result as PlayedFight[];
  throw new UnderstudyError({
    kind: 'environment',
    code: 'job-failed',
    message: `${job.id} did not return its ${fights} fights.`,
    next: 'Look who else writes to this queue: workers of this program return them.',
  });
}

const isWhole = ({ result }: SeenJob, fights: number): boolean => Array.isArray(result) && result.length === fights;
