import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAddress } from '../../src/fleet/address.js';
import { JobQueue, type Lane } from '../../src/fleet/queue.js';
import { statusOf, statusText } from '../../src/fleet/status.js';
import { Taker } from '../../src/fleet/taker.js';
import { PROBE_LANE, probe, SOON } from '../../testing/fleet/probes.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-ranking');

test('trials that are done are ranked while others of their sweep are not', { skip: lacksRedis }, async () => {
  await using server = await RedisServer.start(join(folder, 'redis'));
  await using queue = await JobQueue.open(parseAddress(server.address));
  const lane: Lane = PROBE_LANE;
  await queue.add(lane, [probe(1), probe(2), probe(3)]);
  let finish = (): void => undefined;
  const rest = new Promise<void>((resolve) => (finish = resolve));
  const stop = new AbortController();
  const taker = new Taker({
    ...{ queue, name: 'here', program: lane.program, tags: [], slots: 1, say: () => undefined, ...SOON },
    storeId: () => Promise.resolve(lane.store),
    // as a training answers
    run: async ({ payload }) => {
      const { number } = payload as { number: number };
      if (number === 3) await rest;
      return { files: [], test: null, composite: number / 10 };
    },
  });
  const taken = taker.take(stop.signal, true);
  const ranking = async () => (await statusOf(queue)).lanes.at(0)?.ranking ?? [];
  for (const endMs = performance.now() + 60_000; (await ranking()).length < 2; await delay(50))
    assert.ok(performance.now() < endMs, 'two are not done in time');
  assert.deepEqual(
    (await ranking()).map(({ rank, composite }) => [rank, composite]),
    [
      [1, 0.2],
      [2, 0.1],
    ],
  );
  assert.match(statusText(await statusOf(queue)), /rank +composite on validation/);
  finish();
  stop.abort();
  await taken;
});
