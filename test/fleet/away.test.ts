/** Ctrl-C while the queue's server is away: nobody waits until it is back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { unlessAborted } from '../../src/fleet/unless-aborted.js';

const folder = folderForTests('fleet-away');

test('a worker with a job and a command that waits for it end at Ctrl-C', { skip: lacksRedis }, async (t) => {
  await using server = await RedisServer.start(join(folder, 'redis'));
  const store = join(folder, 'store');
  mkdirSync(store);
  const places = ['--queue', server.address, '--store', store];
  const env = withoutDisplay();
  const worker = startCli(['worker', ...places, '--work', join(folder, 'work')], { env });
  // a fight takes longer than this test
  const command = startCli(['evaluate', '--arena', '--fights', '20', '--no-players', ...places], { env });
  t.after(() => [worker, command].forEach(({ child }) => child.kill('SIGKILL')));
  await worker.untilSaid('taken (attempt 1)');
  await server.end('SIGKILL');
  await Promise.all([worker, command].map((one) => one.untilSaid('waiting for it')));
  for (const { child } of [worker, command]) child.kill('SIGINT');
  const ended = Promise.all([worker.result, command.result]);
  const results = await Promise.race([ended, delay(30_000, null, { ref: false })]);
  assert.ok(results !== null, 'they wait for the server');
  assert.deepEqual(
    results.map(({ code }) => code),
    [130, 130],
    results.map(({ stderr }) => stderr).join('\n'),
  );
  assert.match(results[0].stderr, /has left/);
});

test('work that is waited for is told from a signal, and may fail after it unheard', async () => {
  const control = new AbortController();
  assert.equal(await unlessAborted(Promise.resolve(7), control.signal), 7);
  await assert.rejects(unlessAborted(Promise.reject(new Error('gone')), control.signal), /gone/);
  const failing = delay(20).then(() => Promise.reject(new Error('later')));
  control.abort();
  assert.equal(await unlessAborted(failing, control.signal), null);
  await Promise.race([once(process, 'unhandledRejection').then(() => assert.fail('it was heard')), delay(60)]);
});
