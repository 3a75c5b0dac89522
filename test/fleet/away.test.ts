/** Ctrl-C while the queue's server is away: nothing waits until it is back. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { folderForTests } from '../../testing/temporary-folder.js';

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
  for (const [name, { child, result }] of Object.entries({ worker, command })) {
    const ended = await Promise.race([result, delay(30_000, null, { ref: false })]);
    assert.ok(ended !== null, `the ${name} waits for the server`);
    assert.equal(ended.code, 130, ended.stderr);
    assert.notEqual(child.exitCode, null);
  }
  assert.match((await worker.result).stderr, /has left/);
});
