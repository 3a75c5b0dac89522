import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Artefacts } from '../../src/fleet/artefacts.js';
import { FolderStore } from '../../src/fleet/store.js';
import { hasCode } from '../../testing/error-code.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('artefacts');
const TEXT = 'what a job needs';

/** A store with one file, and a machine that has not fetched it. */
async function published(name: string) {
  const store = new FolderStore(join(folder, name));
  const path = join(folder, `${name}.txt`);
  writeFileSync(path, TEXT);
  const asker = new Artefacts(store, join(folder, `${name}-asker`));
  const file = await asker.publish(path, 'a.txt');
  const object = join(folder, name, 'objects', file.sha256.slice(0, 2), file.sha256);
  const place = (): Promise<void> =>
    new Artefacts(store, join(folder, `${name}-cache`)).place([file], join(folder, `${name}-to`));
  return { asker, path, file, object, place, placed: join(folder, `${name}-to`, 'a.txt') };
}

test('a file that was cut short in the store is missed by its asker, and published again', async () => {
  const { asker, path, file, object, place, placed } = await published('short');
  truncateSync(object, 3);
  assert.equal(await asker.tryToPlace([file], join(folder, 'elsewhere too')), false);
  assert.deepEqual(await asker.publish(path, 'a.txt'), file);
  await place();
  assert.equal(readFileSync(placed, 'utf8'), TEXT);
});

test('a file with other content is refused by who needs it, and taken away, so that it is published again', async () => {
  const { asker, path, file, object, place, placed } = await published('other');
  writeFileSync(object, 'something else..');
  await assert.rejects(place(), hasCode('store-failed', 'has no whole file', 'publishes what is not there'));
  assert.equal(await asker.tryToPlace([file], join(folder, 'elsewhere')), false);
  await asker.publish(path, 'a.txt');
  await place();
  assert.equal(readFileSync(placed, 'utf8'), TEXT);
});
