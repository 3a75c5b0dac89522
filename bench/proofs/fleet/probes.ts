/** Thousands of jobs that do nothing: what the queue itself costs, in time and in memory. */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddress } from '../../../src/fleet/address.js';
import { openFleetToAsk, type Fleet } from '../../../src/fleet/fleet.js';
import type { ProbeJob } from '../../../src/fleet/payloads.js';
import { jobId, type NamedJob } from '../../../src/fleet/queue.js';
import { lookAt } from '../../../src/fleet/server.js';
import { residentMb } from '../../../src/system/process-cost.js';
import { openGround, OwnWorker } from './ground.js';
import { say, type Part } from './part.js';

const POLL_MS = 100;
/** Without a job that ends. */
const STUCK_AFTER_MS = 60_000;
/** What a worker may grow by from its first job to its last, bytes: what Node's heap takes before it is cleaned. */
const MOST_GROWTH = 48 * 2 ** 20;
/** What a job may take on the server, bytes: done jobs stay there for a month. */
const MOST_A_JOB = 4096;

interface Sample {
  readonly done: number;
  readonly rss: number;
}

export async function proveProbes({
  folder,
  count,
}: {
  readonly folder: string;
  readonly count: number;
}): Promise<Part> {
  mkdirSync(folder, { recursive: true });
  const ground = await openGround(folder);
  const address = parseAddress(ground.redis.address);
  const memory = async (): Promise<number> => (await lookAt(address)).memoryBytes;
  await using fleet = await openFleetToAsk({ queue: ground.redis.address, store: ground.store, needs: [] }, say);
  const redis = { before: await memory(), added: 0, drained: 0 };
  const beganMs = performance.now();
  await fleet.queue.add(fleet.lane, probes(count));
  const addSeconds = (performance.now() - beganMs) / 1000;
  redis.added = await memory();
  say(`${count} jobs added in ${addSeconds.toFixed(2)} s`);
  const worker = new OwnWorker(ground, 'worker');
  worker.start();
  const { samples, seconds, lost } = await drain(fleet, worker, count);
  redis.drained = await memory();
  await worker.end();
  await ground.redis.end();
  return resultOf({ count, addSeconds, seconds, samples, redis, lost });
}

function probes(count: number): NamedJob[] {
  return Array.from({ length: count }, (_, number) => {
    const job: ProbeJob = { version: 1, group: 'proof', kind: 'probe', number, seconds: 0 };
    return { id: jobId(job), job };
  });
}

interface Drained {
  readonly samples: readonly Sample[];
  /** From the first job that was seen to be done to the last. */
  readonly seconds: number;
  readonly lost: number;
}

async function drain({ queue, lane }: Fleet, worker: OwnWorker, count: number): Promise<Drained> {
  const samples: Sample[] = [];
  let [firstMs, lastMs, first] = [0, performance.now(), 0];
  for (let done = 0; done < count; await sleep(POLL_MS)) {
    const now = (await queue.counts(lane)).completed ?? 0;
    if (now > done) lastMs = performance.now();
    if (now > 0 && samples.length === 0) [firstMs, first] = [lastMs, now];
    done = now;
    if (done > 0) samples.push({ done, rss: residentMb(worker.pid) * 1e6 });
    if (performance.now() - lastMs > STUCK_AFTER_MS) break;
  }
  const done = samples.at(-1)?.done ?? 0;
  const perSecond = (done - first) / ((lastMs - firstMs) / 1000);
  return { samples, seconds: done / perSecond, lost: count - done };
}

interface Outcome {
  readonly count: number;
  readonly addSeconds: number;
  readonly seconds: number;
  readonly samples: readonly Sample[];
  readonly redis: { readonly before: number; readonly added: number; readonly drained: number };
  readonly lost: number;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function resultOf({ count, addSeconds, seconds, samples, redis, lost }: Outcome): Part {
  const [first, last] = [samples[0], samples.at(-1)!];
  const most = Math.max(...samples.map(({ rss }) => rss));
  const aJob = (redis.drained - redis.before) / count;
  const broken = [
    ...(lost > 0 ? [`${lost} of ${count} probes were not done`] : []),
    ...(last.rss - first.rss > MOST_GROWTH ? [`the worker grew from ${mib(first.rss)} to ${mib(last.rss)}`] : []),
    ...(aJob > MOST_A_JOB ? [`a job takes ${aJob.toFixed(0)} bytes on the server`] : []),
  ];
  return {
    n: `${count} small jobs`,
    broken,
    sections: [
      '## Small jobs',
      [
        `- ${count} jobs that do nothing: added in ${addSeconds.toFixed(2)} s, done by one worker in ${seconds.toFixed(2)} s (${(count / seconds).toFixed(0)} a second)`,
        `- the worker's memory: ${mib(first.rss)} when ${first.done} jobs were done, ${mib(last.rss)} after the last, at most ${mib(most)}`,
        `- the server's: ${mib(redis.before)} empty, ${mib(redis.added)} with the jobs, ${mib(redis.drained)} with them done (${aJob.toFixed(0)} bytes a job, which stays for 30 days)`,
      ].join('\n'),
    ],
    document: { count, addSeconds, drainSeconds: seconds, jobsASecond: count / seconds, redis, samples: few(samples) },
  };
}

/** About twenty of them, with the first and the last. */
function few(samples: readonly Sample[]): Sample[] {
  const step = Math.max(1, Math.floor(samples.length / 20));
  return samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
}
