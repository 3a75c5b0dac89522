import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UnderstudyError } from '../../src/core/errors.js';
import { Queue } from 'bullmq';
import { parseAddress } from '../../src/fleet/address.js';
import { results } from '../../src/fleet/ask/wait.js';
import { Artefacts } from '../../src/fleet/artefacts.js';
import type { Fleet } from '../../src/fleet/fleet.js';
import type { Payload } from '../../src/fleet/payloads.js';
import { errorOf, JobQueue, laneName, PREFIX, type Lane, type NamedJob, type SeenJob } from '../../src/fleet/queue.js';
import { statusOf, statusText } from '../../src/fleet/status.js';
import { FolderStore } from '../../src/fleet/store.js';
import { Taker, type TakerOptions } from '../../src/fleet/taker.js';
import { doJob } from '../../src/fleet/work/worker.js';
import { PROBE_LANE, probe, SOON } from '../../testing/fleet/probes.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-queue');
const skip = lacksRedis;
const store = new FolderStore(join(folder, 'store'));
const WITHIN_MS = 60_000;

let server: RedisServer;
before(async () => {
  if (skip === false) server = await RedisServer.start(join(folder, 'redis'));
});
after(async () => {
  if (skip === false) await server[Symbol.asyncDispose]();
});

/** A queue of a test's own: its jobs are those of a program that no other test has. */
async function open(name: string): Promise<Fleet & { readonly said: string[] }> {
  const said: string[] = [];
  const queue = await JobQueue.open(parseAddress(server.address), (lost) => said.push(lost ?? 'back'));
  const lane: Lane = { ...PROBE_LANE, program: name };
  const say = (text: string): void => void said.push(text);
  const artefacts = new Artefacts(store, join(folder, 'cache'));
  return { queue, lane, store, artefacts, say, said, [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose]() };
}

/** A worker in this process. @returns ends it, after what it has begun */
function work({ queue, lane, say }: Fleet, change: Partial<TakerOptions> = {}): () => Promise<void> {
  const parts = { queue, store, work: join(folder, 'work'), say };
  const stop = new AbortController();
  const taker = new Taker({
    ...{
      queue,
      name: 'here',
      program: lane.program,
      storeId: () => Promise.resolve(lane.store),
      tags: [],
      slots: 1,
      say,
      ...SOON,
    },
    run: (job, report, signal) => doJob(parts, job, report, signal),
    ...change,
  });
  const done = taker.take(stop.signal, true);
  return async () => {
    stop.abort();
    await done;
  };
}

async function ended(fleet: Fleet, jobs: readonly NamedJob[]): Promise<SeenJob[]> {
  const seen = await results(fleet, jobs, AbortSignal.timeout(WITHIN_MS), () => undefined);
  assert.ok(seen !== null, 'the jobs did not end in time');
  return seen;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + WITHIN_MS; performance.now() < endMs; await delay(50))
    if (await isSo()) return;
  assert.fail(`not in time: ${what}`);
}

const one = async ({ queue, lane }: Fleet, { id }: NamedJob): Promise<SeenJob | null> =>
  (await queue.look(lane, [id]))[0];

test('jobs are done, by priority, and the same ones are not added twice', { skip }, async () => {
  await using fleet = await open('twice');
  const fights: Payload = {
    ...{ version: 1, kind: 'fights', group: 'g', bundle: [], fights: 1 },
    settings: {
      ...{ seed: 1, level: 'hard', rateHz: 10, delayMs: 0, act: null, apply: null, thresholds: {} },
      size: { width: 1, height: 1 },
    },
  };
  const order: string[] = [];
  const jobs = [{ id: 'fights-a', job: fights }, probe(1), probe(2)];
  await fleet.queue.add(fleet.lane, jobs);
  await fleet.queue.add(fleet.lane, jobs);
  const run: TakerOptions['run'] = ({ id }) => (order.push(id), Promise.resolve(id));
  const stop = work(fleet, { run });
  const seen = await ended(fleet, jobs);
  assert.deepEqual(
    seen.map(({ result, state, begun }) => ({ result, state, begun })),
    jobs.map(({ id }) => ({ result: id, state: 'done', begun: 1 })),
  );
  assert.deepEqual(order, [jobs[1].id, jobs[2].id, 'fights-a']);
  assert.equal((await ended(fleet, jobs)).length, 3); // done already: no one has to work
  assert.equal(order.length, 3);
  await stop();
});

test(
  'a job that fails the same way twice is set aside by name, others continue, and it is tried again when it is asked for',
  { skip },
  async () => {
    await using fleet = await open('fails');
    const bad = probe(1, { fails: 'no such thing' });
    let calls = 0;
    const stop = work(fleet, {
      run: ({ id }) => {
        if (id !== bad.id) return Promise.resolve('fine');
        calls += 1;
        return Promise.reject(new Error(calls <= 2 ? 'the same' : `another ${calls}`));
      },
    });
    const [first, second] = await ended(fleet, [bad, probe(2)]);
    assert.deepEqual([first.state, first.begun, calls, second.state], ['failed', 2, 2, 'done']);
    assert.match(errorOf(first).message, /the same/);
    assert.match(statusText(await statusOf(fleet.queue)), /probe 1 +probes +failed: Error: the same/);
    // failures that differ are tried three times in all
    const [again] = await ended(fleet, [bad]);
    assert.deepEqual([again.state, calls], ['failed', 5]);
    await stop();
  },
);

test('a job that fails once and then succeeds is done', { skip }, async () => {
  await using fleet = await open('once');
  const job = probe(1);
  let calls = 0;
  const run = (): Promise<unknown> =>
    (calls += 1) === 1 ? Promise.reject(new Error('once')) : Promise.resolve('fine');
  const stop = work(fleet, { run });
  for (let times = 0; times < 2; times += 1) {
    const [done] = await ended(fleet, [job]);
    assert.deepEqual([done.state, done.result, done.failure, done.begun], ['done', 'fine', null, 2]);
  }
  assert.match(fleet.said.join('\n'), /failed: once/);
  await stop();
});

test('a worker that has no slot left takes nothing from a lane that is new', { skip }, async () => {
  await using fleet = await open('full');
  const { queue, lane } = fleet;
  const [long, other] = [probe(1, { seconds: 5 }), { ...lane, needs: ['gpu'] }];
  await queue.add(lane, [long]);
  await queue.add(other, [probe(2)]); // known before it is full, as a worker on it may be
  const stop = work(fleet, { tags: ['gpu'] });
  await until(
    'both are done',
    async () =>
      (await one(fleet, long))?.state === 'done' && (await queue.look(other, [probe(2).id]))[0]?.state === 'done',
  );
  const third = { ...lane, needs: ['gpu', 'more'] };
  const longer = probe(3, { seconds: 12 });
  await queue.add(lane, [longer]);
  await until('it runs', async () => (await one(fleet, longer))?.state === 'active');
  await queue.add(other, [probe(4)]);
  await queue.add(third, [probe(5)]);
  await delay(3500); // it looks for lanes in between
  assert.equal((await one(fleet, longer))?.state, 'active');
  assert.equal((await queue.look(third, [probe(5).id]))[0]?.begun, 0);
  await ended(fleet, [longer]);
  await until('the other lane is served', async () => (await queue.look(other, [probe(4).id]))[0]?.state === 'done');
  for (const number of [2, 4]) assert.ok((await queue.look(other, [probe(number).id]))[0]!.begun <= 3);
  await stop();
});

test('a payload that is not one of ours fails by name and harms nothing', { skip }, async () => {
  await using fleet = await open('poison');
  const poisons = [
    { version: 1, kind: 'run', group: 'g', command: 'rm -rf /' },
    { version: 1, kind: 'fights', group: 'g', bundle: [{ path: '../../x', sha256: 'a'.repeat(64), bytes: 1 }] },
    { version: 1, kind: 'probe', group: '../g', number: 1, seconds: 0 },
    { version: 1, kind: 'probe', group: 'g', number: 'one', seconds: 0 },
    null,
  ];
  const { queue, lane } = fleet;
  const raw = new Queue(laneName(lane), { connection: queue.client, prefix: PREFIX });
  const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => `poison-${name}`);
  for (const [index, id] of ids.entries()) await raw.add('poison', poisons[index], { jobId: id, attempts: 3 });
  const stop = work(fleet);
  assert.equal((await ended(fleet, [probe(1)]))[0].state, 'done');
  await until('all have failed', async () => (await queue.look(lane, ids)).every((job) => job?.state === 'failed'));
  for (const job of await queue.look(lane, ids)) {
    assert.match(errorOf(job!).message, /not one that this program makes/);
  }
  await raw.close();
  await stop();
});

test('jobs of another program, another store and other needs are not taken, and it is said', { skip }, async () => {
  await using fleet = await open('lanes');
  const { queue, lane } = fleet;
  const others: Lane[] = [
    { ...lane, program: 'lanes-2' },
    { ...lane, store: 'elsewhere' },
    { ...lane, needs: ['gpu', 'cores=8'] },
  ];
  for (const other of others) await queue.add(other, [probe(1)]);
  const stop = work(fleet, { tags: ['cores=4'] });
  await until('all three are said', async () => Promise.resolve(fleet.said.length >= 3));
  assert.match(fleet.said.join('\n'), /for understudy lanes-2, and this is lanes/);
  assert.match(fleet.said.join('\n'), /in another store \(elsewhere\)/);
  assert.match(fleet.said.join('\n'), /they need gpu, cores=8/);
  await stop();
  const able = work(fleet, { tags: ['cores=16', 'gpu'] });
  await until('needs are served', async () => (await queue.look(others[2], [probe(1).id]))[0]?.state === 'done');
  await able();
  for (const other of others.slice(0, 2)) assert.equal((await queue.look(other, [probe(1).id]))[0]?.state, 'waiting');
});

test(
  'a worker that leaves hands its job back, and another begins it again: no failure is counted',
  { skip },
  async () => {
    await using fleet = await open('leaves');
    const long = probe(1, { seconds: 1 });
    const { queue, lane } = fleet;
    await queue.add(lane, [long]);
    const stop = new AbortController();
    let isRunning = false;
    const taker = new Taker({
      ...{
        queue,
        name: 'first',
        program: lane.program,
        storeId: () => Promise.resolve(lane.store),
        tags: [],
        slots: 1,
        say: fleet.say,
        ...SOON,
      },
      run: async (_, __, signal) => {
        isRunning = true;
        await once(signal, 'abort');
        return undefined;
      },
    });
    const taking = taker.take(stop.signal, false);
    await until('it runs', () => Promise.resolve(isRunning));
    stop.abort();
    await taking;
    const waits = await one(fleet, long);
    assert.deepEqual([waits?.failure, waits?.begun], [null, 1]);
    const second = work(fleet);
    const [done] = await ended(fleet, [long]);
    assert.deepEqual([done.state, done.begun, done.stalled], ['done', 2, 0]);
    await second();
  },
);

test(
  'a group is cancelled: what waits is removed, what runs is ended, and the same command begins again',
  { skip },
  async () => {
    await using fleet = await open('cancel');
    const jobs = [probe(1, { seconds: 600, group: 'mine' }), probe(2, { group: 'mine' })];
    const other = probe(3, { group: 'yours' });
    const stop = work(fleet);
    await fleet.queue.add(fleet.lane, jobs);
    await until('it runs', async () => (await one(fleet, jobs[0]))?.state === 'active');
    await fleet.queue.add(fleet.lane, [other]);
    assert.deepEqual(await fleet.queue.cancel('mine'), { removed: 1, running: 1 });
    const [kept] = await ended(fleet, [other]);
    assert.equal(kept.state, 'done');
    const cancelled = await one(fleet, jobs[0]);
    assert.deepEqual([cancelled?.state, errorOf(cancelled!).message], ['failed', 'cancelled']);
    assert.equal(await one(fleet, jobs[1]), null);
    const short = [probe(2, { group: 'mine' })];
    assert.equal((await ended(fleet, short))[0].state, 'done');
    await stop();
  },
);

test('a paused queue gives nothing out', { skip }, async () => {
  await using fleet = await open('pause');
  const { queue, lane } = fleet;
  await queue.add(lane, [probe(1)]);
  await queue.pause();
  const stop = work(fleet);
  await delay(1500);
  assert.equal((await one(fleet, probe(1)))?.state, 'waiting');
  const [status] = (await statusOf(queue)).lanes.filter(({ program }) => program === 'pause');
  assert.deepEqual([status.isPaused, status.workers, status.counts.waiting], [true, ['here'], 1]);
  await queue.resume();
  assert.equal((await ended(fleet, [probe(1)]))[0].state, 'done');
  const metrics = await queue.metrics();
  for (const value of ['count{queue="NAME", state="completed"}', 'completed_total{queue="NAME"}'])
    assert.ok(metrics.includes(`bullmq_job_${value.replace('NAME', laneName(lane))} 1\n`), metrics);
  // the format demands all lines of a metric in one block, and other tests have made lanes too
  const families = metrics
    .split('\n')
    .map((line) => /^(?:# (?:HELP|TYPE) )?(\w+)/.exec(line)?.[1] ?? '')
    .filter((name, index, all) => name !== '' && name !== all[index - 1]);
  assert.deepEqual(families, [...new Set(families)]);
  await stop();
});

function startWorker(name: string): ChildProcess {
  const program = fileURLToPath(new URL('../../testing/fleet/probe-worker.js', import.meta.url));
  return spawn(process.execPath, [program, server.address, name], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('a job of a worker that is killed is begun by another one', { skip }, async () => {
  await using fleet = await open(PROBE_LANE.program);
  const job = probe(101, { seconds: 3 });
  await fleet.queue.add(PROBE_LANE, [job]);
  const first = startWorker('killed');
  const second = startWorker('heir');
  try {
    await until('it runs', async () => (await one(fleet, job))?.worker !== null);
    const { worker } = (await one(fleet, job))!;
    (worker === 'killed' ? first : second).kill('SIGKILL');
    const [done] = await ended(fleet, [job]);
    assert.deepEqual([done.state, done.begun, done.stalled, done.result], ['done', 2, 1, 101]);
    assert.notEqual(done.worker, worker);
  } finally {
    first.kill('SIGKILL');
    second.kill('SIGKILL');
  }
});

test('a worker that is full notices a dead one too', { skip }, async () => {
  await using fleet = await open(PROBE_LANE.program);
  const [long, orphan] = [probe(111, { seconds: 30 }), probe(112, { seconds: 30 })];
  await fleet.queue.add(PROBE_LANE, [long, orphan]);
  const [first, second] = [startWorker('full'), startWorker('dead')];
  try {
    await until('both run', async () =>
      (await fleet.queue.look(PROBE_LANE, [long.id, orphan.id])).every((job) => job?.state === 'active'),
    );
    const jobs = await fleet.queue.look(PROBE_LANE, [long.id, orphan.id]);
    second.kill('SIGKILL');
    const { id } = jobs.find((job) => job?.worker === 'dead')!;
    await until('it waits again', async () => (await fleet.queue.look(PROBE_LANE, [id]))[0]?.state === 'waiting');
    assert.equal((await fleet.queue.look(PROBE_LANE, [id]))[0]?.stalled, 1);
  } finally {
    first.kill('SIGKILL');
    second.kill('SIGKILL');
    await fleet.queue.cancel('probes');
  }
});

test('a failure of the machine is tried on another one, and a worker that has it rests', { skip }, async () => {
  await using fleet = await open('machines');
  const job = probe(1);
  const taken: string[] = [];
  const broken = new UnderstudyError({
    kind: 'environment',
    code: 'store-failed',
    message: 'no disk',
    next: 'Mend it.',
  });
  const bad: TakerOptions['run'] = () => (taken.push('bad'), Promise.reject(broken));
  const good: TakerOptions['run'] = () => (taken.push('good'), Promise.resolve('fine'));
  const stopBad = work(fleet, { name: 'bad', run: bad, restMs: 60_000 });
  await fleet.queue.add(fleet.lane, [job]);
  await until('the bad one had it', () => Promise.resolve(taken.length === 1));
  const stopGood = work(fleet, { name: 'good', run: good });
  const [done] = await ended(fleet, [job]);
  assert.deepEqual([taken, done.state], [['bad', 'good'], 'done']);
  await Promise.all([stopBad(), stopGood()]);
});

test('a worker that was frozen finds its job gone, and what it made does not count', { skip }, async () => {
  await using fleet = await open(PROBE_LANE.program);
  const job = probe(102, { seconds: 5 });
  await fleet.queue.add(PROBE_LANE, [job]);
  const frozen = startWorker('frozen');
  frozen.stdout!.resume();
  await until('it runs', async () => (await one(fleet, job))?.worker === 'frozen');
  frozen.kill('SIGSTOP');
  const heir = startWorker('heir');
  try {
    await until('another has it', async () => (await one(fleet, job))?.worker === 'heir');
    frozen.kill('SIGCONT');
    const [done] = await ended(fleet, [job]);
    assert.deepEqual([done.state, done.begun, done.worker], ['done', 2, 'heir']);
    // and it works again
    heir.kill('SIGKILL');
    await once(heir, 'exit');
    const next = probe(103);
    const [after] = await ended(fleet, [next]);
    assert.equal(after.worker, 'frozen');
  } finally {
    frozen.kill('SIGKILL');
    heir.kill('SIGKILL');
  }
});

test('workers and those who wait outlive a restart of the server', { skip }, async () => {
  await using fleet = await open('restart');
  const jobs = Array.from({ length: 6 }, (_, number) => probe(number, { seconds: 0.5 }));
  const stop = work(fleet);
  const all = ended(fleet, jobs);
  await until('one is done', async () => (await one(fleet, jobs[0]))?.state === 'done');
  await server.end('SIGKILL');
  await delay(700);
  await server.run();
  const seen = await all;
  assert.ok(seen.every(({ state }) => state === 'done'));
  assert.deepEqual(
    seen.map(({ result }) => result),
    [0, 1, 2, 3, 4, 5],
  );
  assert.ok(fleet.said.includes('back'));
  await stop();
});
