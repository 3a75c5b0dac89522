import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { canonicalJson } from '../../src/core/plain-json.js';
import { Redis } from 'ioredis';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay, type CliResult, type RunningCli } from '../../testing/cli/cli.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-verbs');
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]): Promise<CliResult> => runCli(args, { env: withoutDisplay(), cwd: folder });
const start = (...args: string[]): RunningCli => startCli(args, { env: withoutDisplay(), cwd: folder });

let server: RedisServer;
let queue: readonly string[];
before(async () => {
  if (lacksRedis !== false) return;
  server = await RedisServer.start(at('redis'));
  queue = ['--queue', server.address];
});
after(async () => {
  if (lacksRedis === false) await server[Symbol.asyncDispose]();
});

const TINY = [
  ...['--engine', 'tfjs-node', '--deterministic', '--latents', '8,6', '--heads', 'gru,lstm', '--channels', '4'],
  ...['--units', '4', '--batch', '4', '--learning-rate', '0.01', '--autoencoder-epochs', '6', '--epochs', '3'],
];

/** Without what is of a run: how long it took, how it was asked, where it lies. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !['seconds', 'command', 'folder'].includes(key));
  return Object.fromEntries(kept.map(([key, entry]) => [key, plain(entry)]));
}

async function withWorker<T>(args: readonly string[], work: (worker: RunningCli) => Promise<T>): Promise<T> {
  const worker = start('worker', ...queue, ...args);
  try {
    await worker.untilSaid('worker ');
    return await work(worker);
  } finally {
    worker.child.kill('SIGINT');
    const ended = await worker.result;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /has left/);
  }
}

test(
  'a sweep on a queue makes the table and the bundles of one process, and asks for nothing twice',
  { skip: lacksRedis || lacksEngine },
  async () => {
    const session = await recordBlockSession(folder);
    const here = await run('sweep', session, '--out', 'here', ...TINY, '--json');
    assert.equal(here.code, 0, here.stderr);
    const store = ['--store', at('store')];
    const asked = ['sweep', session, '--out', 'there', ...TINY, '--json', ...queue, ...store];
    const there = await withWorker([...store, '--work', 'worker'], () => run(...asked));
    assert.equal(there.code, 0, there.stderr);
    assert.equal(canonicalJson(plain(there.json())), canonicalJson(plain(here.json())));
    const table = (name: string): unknown => plain(JSON.parse(readFileSync(at(name, 'sweep.json'), 'utf8')));
    assert.equal(JSON.stringify(table('there')), JSON.stringify(table('here')));
    for (const trial of readdirSync(at('here', 'trials'))) {
      for (const file of ['encoder.onnx', 'head.onnx']) {
        const [one, other] = ['here', 'there'].map((name) => readFileSync(at(name, 'trials', trial, 'bundle', file)));
        assert.ok(one.equals(other), `${trial} ${file}`);
      }
    }
    assert.match(there.stderr, /4 trials on 2 encoders asked for \(sweep-[0-9a-f]{12}\)/);

    // no worker any more: all is known, also where the folder is lost
    const again = await run(...asked);
    assert.equal(again.code, 0, again.stderr);
    rmSync(at('there'), { recursive: true });
    const fresh = await run(...asked);
    assert.equal(fresh.code, 0, fresh.stderr);
    assert.equal(canonicalJson(plain(fresh.json())), canonicalJson(plain(here.json())));

    // what the store has damaged is made again by the same command: an encoder and a head, of the same size as before
    for (const file of [
      findFile(at('there', 'encoders'), /\.keras$/),
      findFile(at('there', 'trials'), /head\.onnx$/),
    ]) {
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      const object = at('store', 'objects', sha256.slice(0, 2), sha256);
      writeFileSync(object, Buffer.alloc(statSync(object).size, 7));
    }
    rmSync(at('there'), { recursive: true });
    const healed = await withWorker([...store, '--work', 'another-worker'], () => run(...asked));
    assert.equal(healed.code, 0, healed.stderr);
    assert.match(healed.stderr, /made again/);
    assert.equal(canonicalJson(plain(healed.json())), canonicalJson(plain(here.json())));
  },
);

/** The first file below a folder whose path fits. */
function findFile(below: string, fits: RegExp): string {
  const name = readdirSync(below, { recursive: true, encoding: 'utf8' }).find((each) => fits.test(each));
  assert.ok(name !== undefined, `no ${String(fits)} in ${below}`);
  return join(below, name);
}

test('fights on a queue are those that are played here, byte for byte', { skip: lacksRedis }, async () => {
  await smallBundle(at('small'));
  const asked = ['evaluate', '--arena', '--model', 'small', '--fights', '23', '--no-players', '--json'];
  const store = ['--store', at('store')];
  const here = await run(...asked);
  const there = await withWorker([...store, '--work', 'worker'], () => run(...asked, ...queue, ...store));
  assert.equal(there.code, 0, there.stderr);
  assert.equal(there.stdout, here.stdout);
  assert.match(there.stderr, /2 fights jobs asked for/);
});

test('the server is checked before anything is put on it', { skip: lacksRedis }, async () => {
  const asked = ['evaluate', '--arena', '--fights', '1', '--store', at('store'), '--queue'];
  const absent = await run(...asked, 'redis://127.0.0.1:1');
  assertError(absent, 4, 'queue-failed', /No queue at redis:\/\/127\.0\.0\.1:1: nothing listens there/);

  await using locked = await RedisServer.start(at('locked'), ['--requirepass', 'hush-hush']);
  const wrong = await run(...asked, `redis://:wrong-word@127.0.0.1:${locked.port}`);
  assertError(wrong, 4, 'queue-failed', /does not let us in/);
  assert.doesNotMatch(wrong.stderr + wrong.stdout, /wrong-word/);
  assertError(await run(...asked, locked.address), 4, 'queue-failed', /does not let us in/);
  const right = await run('queue', 'status', '--queue', `redis://:hush-hush@127.0.0.1:${locked.port}`);
  assert.deepEqual(
    [right.code, right.stdout.trim()],
    [0, 'Nothing waits, runs or failed on this queue, and no worker listens.'],
  );

  await using evicting = await RedisServer.start(at('evicting'), ['--maxmemory-policy', 'allkeys-lru']);
  assertError(await run(...asked, evicting.address), 4, 'queue-failed', /removes keys .*allkeys-lru/);
  const looked = await run('doctor', '--queue', evicting.address);
  assert.equal(looked.code, 5);
  assert.match(
    looked.stdout,
    /FAIL {2}eviction +it removes keys when its memory is full \(maxmemory-policy allkeys-lru\)/,
  );

  await using replica = await RedisServer.start(at('replica'), ['--replicaof', '127.0.0.1', String(server.port)]);
  assertError(await run(...asked, replica.address), 4, 'queue-failed', /read-only replica/);
  const healthy = await run('doctor', ...queue, '--json');
  assert.equal(healthy.code, 0);
  assert.deepEqual(
    (healthy.json() as { checks: { name: string; ok: boolean }[] }).checks.map(({ name, ok }) => [name, ok]),
    [...['server', 'writes', 'eviction', 'persistence', 'clock'].map((name) => [name, true]), ['workers', false]],
  );
});

test('options that do not fit are refused before anything is asked', { skip: lacksRedis }, async () => {
  const arena = ['evaluate', '--arena', '--fights', '1'];
  for (const [args, says] of [
    [[...arena, ...queue], /--queue without --store/],
    [[...arena, '--store', 'x'], /--store is for --queue/],
    [[...arena, '--needs', 'gpu'], /--needs is for --queue/],
    [[...arena, ...queue, '--store', 'x', '--threads', '2'], /--threads is for fights that are played here/],
    [[...arena, '--queue', 'http://host', '--store', 'x'], /a queue is on a Redis server/],
    [[...arena, '--queue', 'secret word', '--store', 'x'], /--queue is no address of a server/],
    [[...arena, '--queue', 'redis://user:12/PASS@host', '--store', 'x'], /a path that is not a database/],
    [[...arena, '--queue', 'redis://:%zz@host', '--store', 'x'], /a password that cannot be read/],
    [['worker', ...queue, '--store', 'x', '--tags', 'GPU!'], /'GPU!' is no tag/],
  ] as const) {
    const refused = await run(...args);
    assertError(refused, 2, 'bad-option', says);
    assert.doesNotMatch(refused.stderr, /secret word|PASS|zz/);
  }
  writeFileSync(at('a-file'), '');
  assertError(await run(...arena, ...queue, '--store', at('a-file', 'x')), 4, 'store-failed', /a-file/);
  const worker = ['worker', ...queue, '--store', at('store'), '--work', 'taken'];
  mkdirSync(at('taken'));
  const other = { pid: process.pid, place: 'another-machine', token: 'theirs' };
  writeFileSync(at('taken', 'worker.json'), JSON.stringify(other));
  assertError(await run(...worker), 2, 'bad-option', /A worker of another-machine works in taken already/);
  const sweep = ['sweep', 'demos', '--out', 'x', ...queue, '--store', 'x'];
  for (const alone of [
    ['--only', '4-gru'],
    ['--emit', 'shell'],
  ])
    assertError(await run(...sweep, ...alone), 2, 'bad-option', /--queue was given too/);
});

test('a store that lost a file is named, and asking again brings it back', { skip: lacksRedis }, async () => {
  await smallBundle(at('other'), { seed: 7 });
  const store = ['--store', at('lossy')];
  const asked = ['evaluate', '--arena', '--model', 'other', '--fights', '2', '--no-players', '--json'];
  const asking = start(...asked, ...queue, ...store);
  await asking.untilSaid('asked for');
  rmSync(at('lossy', 'objects'), { recursive: true });
  const failed = await withWorker([...store, '--work', 'lossy-worker'], () => asking.result);
  assertError(failed, 4, 'store-failed', /has no whole file [0-9a-f]{64}/);
  assert.ok(!existsSync(at('lossy', 'objects')));
  const again = await withWorker([...store, '--work', 'lossy-worker'], () => run(...asked, ...queue, ...store));
  assert.equal(again.code, 0, again.stderr);
});

test('a store that was removed and made again is found by a worker that runs', { skip: lacksRedis }, async () => {
  await smallBundle(at('again'), { seed: 11 });
  const store = ['--store', at('removed')];
  const asked = [
    'evaluate',
    '--arena',
    '--model',
    'again',
    '--fights',
    '1',
    '--no-players',
    '--json',
    ...queue,
    ...store,
  ];
  await withWorker([...store, '--work', 'removed-worker'], async () => {
    assert.equal((await run(...asked)).code, 0);
    rmSync(at('removed'), { recursive: true });
    const again = await run(...asked, '--seed', '1000500');
    assert.equal(again.code, 0, again.stderr);
  });
});

test('a cancelled command ends, and so do its jobs', { skip: lacksRedis }, async () => {
  await smallBundle(at('ended'), { seed: 13 });
  const store = ['--store', at('store')];
  const asked = [
    'evaluate',
    '--arena',
    '--model',
    'ended',
    '--fights',
    '60',
    '--no-players',
    '--json',
    ...queue,
    ...store,
  ];
  await withWorker([...store, '--work', 'ended-worker'], async (worker) => {
    const asking = start(...asked);
    await worker.untilSaid('taken');
    const status = (await run('queue', 'status', ...queue, '--json')).json() as {
      lanes: { jobs: { group: string; state: string }[] }[];
    };
    const [{ group }] = status.lanes.flatMap(({ jobs }) => jobs).filter(({ state }) => state === 'active');
    assert.match((await run('queue', 'cancel', group, ...queue)).stdout, /2 removed, 1 told to end/);
    assertError(await asking.result, 4, 'job-failed', new RegExp(`The jobs of ${group} were cancelled`));
    await worker.untilSaid('ended, cancelled');
    const none = await run('queue', 'cancel', 'fights-unknown', ...queue);
    assert.match(none.stdout, /no job of fights-unknown waits or runs/);
  });
});

test(
  'Ctrl-C leaves the jobs to the workers; the same command waits for them again, and cancel ends them',
  { skip: lacksRedis },
  async () => {
    await smallBundle(at('third'), { seed: 9 });
    const store = ['--store', at('store')];
    const asked = [
      'evaluate',
      '--arena',
      '--model',
      'third',
      '--fights',
      '21',
      '--no-players',
      '--json',
      ...queue,
      ...store,
    ];
    const asking = start(...asked);
    await asking.untilSaid('asked for');
    asking.child.kill('SIGINT');
    const stopped = await asking.result;
    assert.equal(stopped.code, 130);
    const [, group] = /\((fights-[0-9a-f]+)\)/.exec(stopped.stderr)!;
    assert.match(stopped.stderr, new RegExp(`what was asked for stays on the queue.*queue cancel ${group}`));
    const status = await run('queue', 'status', ...queue);
    assert.match(status.stdout, /2 wait, 0 run/);
    assert.match((await run('queue', 'metrics', ...queue)).stdout, /bullmq_job_count/);
    const cancelled = await run('queue', 'cancel', group, ...queue);
    assert.equal(cancelled.stdout.trim(), '2 removed, 0 told to end');
    const client = new Redis(server.port, '127.0.0.1');
    assert.equal(await client.sismember('understudy:cancelled', group), 1);
    client.disconnect();
    const paused = await run('queue', 'pause', ...queue);
    assert.match(paused.stdout, /paused/);
    assert.match((await run('queue', 'resume', ...queue)).stdout, /resumed/);
    const cleaned = (await run('queue', 'clean', ...queue, '--json')).json() as { removed: number };
    assert.ok(cleaned.removed > 0);
    assert.deepEqual((await run('queue', 'status', ...queue, '--json')).json(), { lanes: [] });
  },
);
