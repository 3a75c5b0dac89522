/** The same fights by one worker and by several: the same answer, in how much less time. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '../../../src/fleet/address.js';
import { JobQueue } from '../../../src/fleet/queue.js';
import { startCli, withoutDisplay } from '../../../testing/cli/cli.js';
import { markdownTable } from '../../support/results.js';
import { allJobs, openGround, OwnWorker, placesOf } from './ground.js';
import { say, type Part } from './part.js';
import { keep } from './processes.js';

const WORKERS = [1, 3];
const LISTENS_WITHIN_S = 30;

export interface FightsAsked {
  readonly folder: string;
  readonly fights: number;
}

interface Measured {
  readonly workers: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly json: string;
}

export async function proveFights(asked: FightsAsked): Promise<Part> {
  const cores = coresToUse();
  const measured: Measured[] = [];
  for (const workers of WORKERS) {
    measured.push(await playBy(workers, asked, cores));
    say(`${asked.fights} fights by ${workers} workers took ${measured.at(-1)!.seconds.toFixed(1)} s`);
  }
  const [one, ...others] = measured;
  const broken = others
    .filter(({ json }) => json !== one.json)
    .map(({ workers }) => `${workers} workers answer something else than one`);
  if (one.json === '') broken.push('there was no answer');
  return resultOf(asked, measured, cores, broken);
}

/** Each on a server and in a store of its own: a job that is done already is not done again. */
async function playBy(count: number, { folder, fights }: FightsAsked, cores: readonly number[]): Promise<Measured> {
  const own = join(folder, `by-${count}`);
  mkdirSync(own);
  const ground = await openGround(own);
  const workers = Array.from({ length: count }, (_, index) => {
    return new OwnWorker(ground, `worker-${index}`, ['taskset', '-c', String(cores[index % cores.length])]);
  });
  for (const worker of workers) worker.start();
  await untilListening(workers);
  const args = ['evaluate', '--arena', '--fights', String(fights), '--no-players', '--json', ...placesOf(ground)];
  const beganMs = performance.now();
  const running = startCli(args, { env: withoutDisplay() });
  keep(running.child);
  const { code, stdout, stderr } = await running.result;
  const seconds = (performance.now() - beganMs) / 1000;
  if (code !== 0) throw new Error(`evaluate ended with ${code}: ${stderr.slice(-1000)}`);
  await using queue = await JobQueue.open(parseAddress(ground.redis.address));
  const jobs = (await allJobs(queue)).length;
  for (const worker of workers) await worker.end();
  await ground.redis.end();
  return { workers: count, seconds, jobs, json: stdout };
}

/** Their start is not measured: they say themselves when they take jobs. */
async function untilListening(workers: readonly OwnWorker[]): Promise<void> {
  for (const worker of workers) await worker.untilSaid('worker ', LISTENS_WITHIN_S);
}

function coresToUse(): number[] {
  return Array.from({ length: availableParallelism() }, (_, core) => core);
}

function resultOf(
  { fights }: FightsAsked,
  measured: readonly Measured[],
  cores: readonly number[],
  broken: readonly string[],
): Part {
  const [one] = measured;
  const rows = measured.map(({ workers, seconds, jobs }) => ({
    ...{ workers, seconds, jobs },
    onPaper: jobs / Math.ceil(jobs / workers),
    onCores: Math.min(workers, cores.length),
    measured: one.seconds / seconds,
  }));
  const cells = rows.map(({ workers, jobs, seconds, onPaper, onCores, measured: times }) => [
    ...[String(workers), String(jobs), seconds.toFixed(1), onPaper.toFixed(2), String(onCores), times.toFixed(2)],
  ]);
  return {
    n: `${fights} fights, once by each number of workers`,
    broken,
    sections: [
      '## Fights',
      `\`evaluate --arena --fights ${fights} --no-players --json\`: ${broken.length === 0 ? 'the same JSON, byte for byte' : broken.join('; ')}.`,
      markdownTable(['workers', 'jobs', 'seconds', 'faster on paper', 'cores they have', 'faster, measured'], cells),
      `On paper: jobs by the most that one worker gets. Each worker is bound to one core (\`taskset\`), so that one does not play
with the threads of several; this machine has ${cores.length}, and workers beyond that share one: no more than
${cores.length} times as fast can be measured here, and the command that asks, the server and whatever else runs take from it.
The start of the workers is not in the seconds.`,
    ],
    document: { fights, cores: cores.length, rows },
  };
}
