import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OwnFolder } from '../../src/fleet/work/own-folder.js';
import { hasCode } from '../../testing/error-code.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const root = folderForTests('own-folder');
const HERE = 'box-a pid:[1]';
const inUse = (by: RegExp) => hasCode('bad-option', by, 'works in', '--work');

/** A folder in which another worker wrote that it works there. @param ageMs since it said so last */
function withOther(name: string, owner: object, ageMs = 0): { readonly work: string; readonly file: string } {
  const work = join(root, name);
  mkdirSync(work);
  const file = join(work, 'worker.json');
  writeFileSync(file, JSON.stringify(owner));
  const then = new Date(Date.now() - ageMs);
  utimesSync(file, then, then);
  return { work, file };
}

test('it is free again once its worker has left', () => {
  const work = join(root, 'mine');
  {
    using own = new OwnFolder(work, HERE);
    assert.equal(own.path, work);
    assert.ok(existsSync(join(work, 'worker.json')));
  }
  assert.ok(!existsSync(join(work, 'worker.json')));
});

test('a worker of another machine or container is noticed by what it renews, whatever its process id', () => {
  for (const [name, place] of [
    ['machine', 'box-b pid:[1]'],
    ['container', 'box-a pid:[2]'],
  ] as const) {
    const { work, file } = withOther(name, { pid: process.pid, place, token: 'theirs' });
    assert.throws(() => new OwnFolder(work, HERE), inUse(/box-[ab] works in/));
    assert.match(readFileSync(file, 'utf8'), /theirs/);
  }
});

test('what a killed worker left is in no one’s way: at once on its machine, and after half a minute elsewhere', () => {
  const gone = 2 ** 22 + 1; // above the largest process id
  for (const { work } of [
    withOther('killed here', { pid: gone, place: HERE, token: 'theirs' }),
    withOther('killed elsewhere', { pid: process.pid, place: 'box-b pid:[1]', token: 'theirs' }, 31_000),
    withOther('not ours', ['a list'], 0),
  ]) {
    using own = new OwnFolder(work, HERE);
    assert.ok(own.path);
  }
});

test('leaving takes away its own file alone', () => {
  const work = join(root, 'taken over');
  const own = new OwnFolder(work, HERE);
  const file = join(work, 'worker.json');
  writeFileSync(file, JSON.stringify({ pid: process.pid, place: 'box-b pid:[1]', token: 'theirs' }));
  own[Symbol.dispose]();
  assert.match(readFileSync(file, 'utf8'), /theirs/);
});
