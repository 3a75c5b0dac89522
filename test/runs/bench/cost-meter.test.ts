import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { BusyLoad } from '../../../src/runs/bench/busy-load.js';
import { cpuSeconds, descendantsOf, residentMb } from '../../../src/system/process-cost.js';
import { until } from '../../../testing/until.js';

test('busy processes compute until they are disposed', async () => {
  using load = new BusyLoad(2);
  const { pids } = load;
  assert.equal(pids.length, 2);
  await until('both have computed', () => pids.every((pid) => cpuSeconds(pid) > 0.1), 30_000);
  load[Symbol.dispose]();
  await until('both are gone', () => pids.every((pid) => residentMb(pid) === 0));
});

test('descendants are those of the children too', async () => {
  const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const grandchild = Number(line.toString());
  assert.deepEqual(new Set(descendantsOf(process.pid)).has(grandchild), true);
  assert.ok(descendantsOf(child.pid!).includes(grandchild));
  process.kill(grandchild);
  await once(child, 'exit');
  assert.equal(descendantsOf(child.pid!).length, 0);
});
