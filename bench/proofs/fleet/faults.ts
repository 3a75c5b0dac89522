/** A sweep by workers that are killed and frozen, on a server that is restarted, against one in a single process. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '../../../src/core/plain-json.js';
import type { Random } from '../../../src/core/random.js';
import type { ProbeJob } from '../../../src/fleet/payloads.js';
import { parseAddress } from '../../../src/fleet/address.js';
import { jobId, JobQueue, type NamedJob, type SeenJob } from '../../../src/fleet/queue.js';
import { textTable } from '../../../src/terminal/table.js';
import { runCli, startCli, withoutDisplay } from '../../../testing/cli/cli.js';
import { textBlock } from '../../support/results.js';
import { allJobs, openGround, OwnWorker, placesOf, type Ground } from './ground.js';
import { keep, orphansAfter } from './processes.js';
import { say, type Part } from './part.js';

const WORKERS = 3;
const LATENTS = [4, 8, 16, 32];
const HEADS = ['gru', 'lstm'];
const FIGHTS = 8;
const KILL_AFTER_MS = [3000, 11_000] as const;
const BACK_AFTER_MS = [500, 2500] as const;
/** How long the server is away. */
const AWAY_MS = 3000;
const FROZEN_MS = 120_000;
/** Within which a frozen worker's job is to be begun elsewhere. */
const ELSEWHERE_WITHIN_S = 60;
const POLL_MS = 250;
/** Of a job that occupies a worker while others are to take the next. */
const PROBE_SECONDS = 15;
/** A child whose worker was killed ends after its step, and 5 s. */
const ORPHAN_SECONDS = 20;

export interface FaultsAsked {
  readonly folder: string;
  readonly kills: number;
  readonly epochs: number;
  readonly random: Random;
}

/** What was done to the sweep while it ran. */
interface Done {
  kills: number;
  /** Of the kills, those of a worker that had a job. */
  killsAtWork: number;
  readonly restarts: string[];
  /** Workers that ended without being killed, and were started again: one that starts needs the server. */
  ended: number;
  freeze: Freeze | null;
}

interface Freeze {
  readonly job: string;
  /** Until the queue said that its worker is gone; null where it never did. */
  noticedAfterS: number | null;
  beganElsewhereAfterS: number | null;
  frozenS: number;
}

export async function proveFaults(asked: FaultsAsked): Promise<Part> {
  const { folder, epochs } = asked;
  const at = (name: string): string => join(folder, name);
  const demos = ['--player', 'expert', '--fights', String(FIGHTS), '--no-video', '--out', folder, '--name', 'demos'];
  // in a folder that was kept, the reference continues from what lies there, and costs its time once
  if (!existsSync(at('demos_events.jsonl'))) await cli(['demos', ...demos]);
  const grid = ['--latents', LATENTS.join(','), '--heads', HEADS.join(','), '--channels', '4,8', '--batch', '64'];
  const fit = ['--epochs', String(epochs), '--autoencoder-epochs', String(epochs), '--deterministic', '--json'];
  const sweep = ['sweep', at('demos'), ...grid, ...fit];
  const reference = await referenceSeconds(at('reference'), () => cli([...sweep, '--out', at('reference')]));
  say(`the reference took ${reference.toFixed(0)} s`);

  for (const name of ['ground', 'fleet']) rmSync(at(name), { recursive: true, force: true });
  const ground = await openGround(at('ground'));
  await using queue = await JobQueue.open(parseAddress(ground.redis.address));
  const workers = Array.from({ length: WORKERS }, (_, index) => new OwnWorker(ground, `worker-${index}`));
  for (const worker of workers) worker.start();
  const running = startCli([...sweep, '--out', at('fleet'), ...placesOf(ground)], { env: withoutDisplay() });
  keep(running.child);
  const over = new AbortController();
  void running.result.then(() => over.abort());
  const beganMs = performance.now();
  const done: Done = { kills: 0, killsAtWork: 0, restarts: [], ended: 0, freeze: null };
  const striking = strike(asked, { ground, queue, workers, done, over: over.signal });
  const { code, stderr } = await running.result;
  const seconds = (performance.now() - beganMs) / 1000;
  await striking;

  const jobs = await allJobs(queue);
  const standing = await workersThatWork(queue);
  for (const worker of workers) await worker.end();
  const broken = [
    ...(code === 0
      ? differences(at('reference'), at('fleet'))
      : [`the sweep ended with ${code}: ${stderr.slice(-500)}`]),
    ...lacking(asked, done),
    ...(standing < WORKERS ? [`${standing} of ${WORKERS} workers take jobs after it`] : []),
  ];
  const orphans = await orphansAfter(ORPHAN_SECONDS);
  if (orphans > 0) broken.push(`${orphans} children outlived their killed worker by ${ORPHAN_SECONDS} s`);
  await ground.redis.end();
  const onnx = Object.keys(onnxHashes(at('reference'))).length;
  return resultOf({ done, standing, jobs, reference, seconds, onnx, broken, asked });
}

interface Scene {
  readonly ground: Ground;
  readonly queue: JobQueue;
  readonly workers: readonly OwnWorker[];
  readonly done: Done;
  /** Aborts when the sweep has ended. */
  readonly over: AbortSignal;
}

/** Kills until there were enough or the sweep is over; the other faults come between. */
async function strike({ kills, random }: FaultsAsked, scene: Scene): Promise<void> {
  const { workers, done, over } = scene;
  const restarts = new Map([
    [Math.floor(kills * 0.3), 'SIGKILL'],
    [Math.floor(kills * 0.65), 'SIGTERM'],
  ] as const);
  let freezing: Promise<void> | null = null;
  while (done.kills < kills) {
    await pause(random.integer(...KILL_AFTER_MS), over);
    if (over.aborted) break;
    for (const worker of workers.filter(({ hasEnded }) => hasEnded)) {
      done.ended += 1;
      worker.start();
    }
    // before a victim is chosen: no one is frozen and killed at once
    if (done.kills >= 1) freezing ??= watchFrozen(scene, await freezeOne(scene));
    const how = restarts.get(done.kills);
    if (how !== undefined && done.restarts.push(how)) await restartServer(scene.ground, how);
    restarts.delete(done.kills);
    const standing = workers.filter(({ isFrozen }) => !isFrozen);
    const victim = standing[random.integer(0, standing.length - 1)];
    if (victim.hasJob) done.killsAtWork += 1;
    await victim.kill(random.next() < 0.5);
    done.kills += 1;
    say(`kill ${done.kills} of ${kills}`);
    await sleep(random.integer(...BACK_AFTER_MS));
    victim.start();
  }
  await freezing;
}

async function restartServer({ redis }: Ground, how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  say(`the server is ended by ${how}`);
  await redis.end(how);
  await sleep(AWAY_MS);
  await redis.run();
}

interface Found {
  readonly worker: OwnWorker;
  readonly job: SeenJob;
}

/** Stops a worker that has a job, and its job with it. @returns null where the sweep was over before */
async function freezeOne({ queue, workers, over }: Scene): Promise<Found | null> {
  const found = await findAtWork(queue, workers, over);
  found?.worker.freeze();
  if (found !== null) say(`${found.worker.nameOnQueue} is frozen with ${found.job.id}`);
  return found;
}

/** Waits until another has begun the job, and lets the worker continue in the end. */
async function watchFrozen({ queue, done, over }: Scene, found: Found | null): Promise<void> {
  if (found === null) return;
  const { worker, job } = found;
  const beganMs = performance.now();
  const seconds = (): number => (performance.now() - beganMs) / 1000;
  const frozen: Freeze = { job: job.id, noticedAfterS: null, beganElsewhereAfterS: null, frozenS: 0 };
  done.freeze = frozen;
  while (seconds() * 1000 < FROZEN_MS && !over.aborted) {
    const now = (await allJobs(queue)).find(({ id }) => id === job.id);
    if (now !== undefined && now.stalled > job.stalled) frozen.noticedAfterS ??= seconds();
    if (now !== undefined && now.begun > job.begun && frozen.beganElsewhereAfterS === null) {
      frozen.beganElsewhereAfterS = seconds();
      say(`${job.id} was begun elsewhere after ${frozen.beganElsewhereAfterS.toFixed(1)} s`);
    }
    await pause(POLL_MS, over);
  }
  frozen.frozenS = seconds();
  worker.thaw();
  say(`${worker.nameOnQueue} continues after ${frozen.frozenS.toFixed(0)} s`);
}

async function findAtWork(queue: JobQueue, workers: readonly OwnWorker[], over: AbortSignal): Promise<Found | null> {
  while (!over.aborted) {
    const active = (await allJobs(queue)).filter(({ state }) => state === 'active');
    for (const worker of workers) {
      const job = active.find(({ worker: name }) => name === worker.nameOnQueue);
      if (job !== undefined && worker.hasJob) return { worker, job };
    }
    await pause(POLL_MS, over);
  }
  return null;
}

/** After all that was done to them: as many jobs at once as there are workers, which one worker alone could not do in time. */
async function workersThatWork(queue: JobQueue): Promise<number> {
  const jobs: NamedJob[] = Array.from({ length: WORKERS }, (_, number) => {
    const job: ProbeJob = { version: 1, group: 'proof', kind: 'probe', number, seconds: PROBE_SECONDS };
    return { id: jobId(job), job };
  });
  const [lane] = await queue.lanes();
  await queue.add(lane, jobs);
  let names: (string | null)[] = [];
  for (let waited = 0; waited < PROBE_SECONDS; waited += 1) {
    await sleep(1000);
    const seen = await queue.look(
      lane,
      jobs.map(({ id }) => id),
    );
    names = seen.flatMap((job) => job?.worker ?? []);
  }
  return new Set(names).size;
}

/** What differs between the two sweeps, apart from times and names of folders. */
function differences(reference: string, fleet: string): string[] {
  const broken: string[] = [];
  const [ours, theirs] = [reference, fleet].map((folder) => sweepOf(folder));
  if (canonicalJson(ours) !== canonicalJson(theirs)) broken.push('sweep.json differs from that of one process');
  if (theirs.trials.length !== LATENTS.length * HEADS.length) broken.push(`${theirs.trials.length} trials`);
  const [expected, made] = [reference, fleet].map((folder) => onnxHashes(folder));
  for (const name of new Set([...Object.keys(expected), ...Object.keys(made)])) {
    if (expected[name] !== made[name]) broken.push(`${name} differs`);
  }
  return broken;
}

interface Sweep {
  readonly trials: readonly unknown[];
}

/** sweep.json without what may differ: `seconds`, the command line, and where the folder is. */
function sweepOf(folder: string): Sweep {
  const text = readFileSync(join(folder, 'sweep.json'), 'utf8');
  const sweep = JSON.parse(text, (key: string, value: unknown) =>
    key === 'seconds' || key === 'command' ? undefined : value,
  ) as Sweep & { best: { folder?: string } };
  delete sweep.best.folder;
  return sweep;
}

function onnxHashes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'));
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** What was to be done and was not, or took too long. */
function lacking({ kills }: FaultsAsked, done: Done): string[] {
  const broken: string[] = [];
  if (done.kills < kills)
    broken.push(`the sweep was over after ${done.kills} of ${kills} kills: give it more --epochs`);
  if (done.restarts.length < 2) broken.push(`the server was restarted ${done.restarts.length} times`);
  const after = done.freeze?.beganElsewhereAfterS ?? null;
  if (done.freeze === null) broken.push('no worker was frozen');
  else if (after === null) broken.push(`the frozen worker's job was not begun elsewhere`);
  else if (after > ELSEWHERE_WITHIN_S)
    broken.push(`the frozen worker's job was begun elsewhere after ${after.toFixed(0)} s`);
  return broken;
}

interface Outcome {
  readonly asked: FaultsAsked;
  readonly done: Done;
  /** Workers that take jobs at the end. */
  readonly standing: number;
  readonly jobs: readonly SeenJob[];
  readonly reference: number;
  readonly seconds: number;
  readonly onnx: number;
  readonly broken: readonly string[];
}

function resultOf({ asked, done, standing, jobs, reference, seconds, onnx, broken }: Outcome): Part {
  const { freeze, kills, killsAtWork, restarts, ended } = done;
  const s = (value: number | null): string => (value === null ? 'never' : `after ${value.toFixed(1)} s`);
  const frozen =
    freeze === null
      ? 'no worker was frozen'
      : `a worker frozen for ${freeze.frozenS.toFixed(0)} s: noticed ${s(freeze.noticedAfterS)}, its job begun elsewhere ${s(freeze.beganElsewhereAfterS)}`;
  const begun = jobs.reduce((sum, job) => sum + job.begun, 0);
  const rows = jobs.map((job) => [job.id, job.state, String(job.begun), String(job.stalled)]);
  return {
    n: `${kills} kills`,
    broken,
    sections: [
      `## Faults`,
      `A sweep of ${LATENTS.length} x ${HEADS.length} trials (at most ${asked.epochs} epochs of encoder and head) by ${WORKERS} workers:`,
      [
        `- ${kills} kills (SIGKILL) while it ran, ${killsAtWork} of a worker that had a job; each with a chance of a half together with the job's process`,
        `- the server was ended by ${restarts.join(' and ')} and started again after ${AWAY_MS / 1000} s`,
        `- ${ended} workers ended by themselves (one that starts while the server is away), and were started again`,
        `- ${frozen}`,
        `- after it ${standing} of ${WORKERS} workers take jobs`,
        `- ${jobs.length} jobs, begun ${begun} times; ${onnx} ONNX files compared with those of one process by their hash`,
        `- one process without faults took ${reference.toFixed(0)} s, the workers with them ${seconds.toFixed(0)} s`,
      ].join('\n'),
      textBlock(textTable(['job', 'state', 'begun', 'stalled'], rows)),
    ],
    document: {
      ...{ kills, killsAtWork, restarts, ended, freeze, standing, referenceSeconds: reference, seconds, onnx },
      jobs: jobs.map(({ id, state, begun: times, stalled }) => ({ id, state, begun: times, stalled })),
    },
  };
}

async function cli(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(args, { env: withoutDisplay() });
  if (code !== 0) throw new Error(`understudy ${args[0]} ended with ${code}: ${stderr.slice(-1000)}`);
}

/** How long it took; in a folder that was kept, when it was made. */
async function referenceSeconds(folder: string, work: () => Promise<void>): Promise<number> {
  const note = `${folder}.seconds`;
  const beganMs = performance.now();
  await work(); // nothing is trained again
  if (existsSync(note)) return Number(readFileSync(note, 'utf8'));
  const seconds = (performance.now() - beganMs) / 1000;
  writeFileSync(note, String(seconds));
  return seconds;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
