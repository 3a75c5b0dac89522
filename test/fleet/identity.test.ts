import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { FolderStore, identify } from '../../src/fleet/store.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-identity');

/** One whose writes arrive late, as over a network. */
class SlowStore extends FolderStore {
  override async put(key: string, path: string): Promise<void> {
    await delay(300);
    await super.put(key, path);
  }
}

test('machines that open a new store at the same time agree on what it is', async () => {
  const at = join(folder, 'store');
  const stores = [new FolderStore(at), new SlowStore(at), new FolderStore(at)];
  const ids = await Promise.all(stores.map((store, index) => identify(store, join(folder, String(index)))));
  assert.equal(new Set(ids).size, 1, ids.join(' '));
  assert.equal(await identify(new FolderStore(at), join(folder, 'later')), ids[0]);
});
