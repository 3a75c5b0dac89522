import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { FolderStore } from '../../src/fleet/store.js';
import { Checkpoints } from '../../src/fleet/work/checkpoints.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-checkpoints');
const store = new FolderStore(join(folder, 'store'));
const HEAD = 'trials/one/head.checkpoint';

/** One attempt at a job on a machine of its own. */
function attempt(attempt: number, machine: string): Checkpoints {
  return new Checkpoints(store, assert.fail, {
    id: 'trial-1',
    attempt,
    folder: join(folder, machine),
    within: 'trials/one/',
  });
}

function write(machine: string, path: string, text: string, seconds: number): void {
  const to = join(folder, machine, path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  utimesSync(to, seconds, seconds);
}

const read = (machine: string): string => readFileSync(join(folder, machine, HEAD), 'utf8');

test('another machine begins with the last epoch that was kept, and an older worker cannot write over it', async () => {
  const first = attempt(1, 'a');
  await first.bring(); // nothing is there yet
  write('a', HEAD, 'epoch 1', 100);
  write('a', 'trials/two/head.checkpoint', 'of another trial', 100);
  await first.kept();

  const second = attempt(2, 'b');
  await second.bring();
  assert.equal(read('b'), 'epoch 1');
  write('b', HEAD, 'epoch 2', 200);
  await second.kept();

  // the first one comes back from a freeze and knows nothing of it
  write('a', HEAD, 'epoch 1 again', 150);
  await first.kept();
  const third = attempt(3, 'c');
  await third.bring();
  assert.equal(read('c'), 'epoch 2');
  assert.deepEqual(
    (await store.list('checkpoints/')).filter((key) => key.includes('two')),
    [],
  );

  // a machine whose clock is behind continues from there, and what it keeps counts as newer
  write('c', HEAD, 'epoch 3, slow clock', 50);
  await third.kept();
  await attempt(4, 'e').bring();
  assert.equal(read('e'), 'epoch 3, slow clock');

  // what lies here already and is newer stays
  write('b', HEAD, 'epoch 3', 300);
  await attempt(4, 'b').bring();
  assert.equal(read('b'), 'epoch 3');

  await third.remove();
  assert.deepEqual(await store.list('checkpoints/'), []);
});

test('an index that is not ours names no file outside the folder', async () => {
  const index = join(folder, 'index.json');
  writeFileSync(
    index,
    JSON.stringify({ files: ['../evil.checkpoint', '../../evil.checkpoint'].map((path) => ({ path, mtimeMs: 9e12 })) }),
  );
  await store.put('checkpoints/trial-1/9/index.json', index);
  await attempt(10, 'd').bring();
  assert.equal(existsSync(join(folder, 'evil.checkpoint')), false);
  assert.equal(existsSync(join(folder, '..', 'evil.checkpoint')), false);
  await attempt(10, 'd').remove();
});
