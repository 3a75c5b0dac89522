/** What every kind of store must do. */
import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Store } from '../../src/fleet/store.js';
import { hasCode } from '../error-code.js';
import { temporaryFolder } from '../temporary-folder.js';

const MIB = 1024 ** 2;
const LARGE_BYTES = 64 * MIB + 13;
const LOOK_EVERY_MS = 25;
/** More than S3 lists at once. */
const MANY_KEYS = 1003;
/** What a key may hold on every system that can name a file so. */
const UNUSUAL_KEYS = ["ä b/ü & +c %41%2F 'q' (x)!~ #;=@$,é.json", '日本/語 &amp;.txt', 'a+b', 'a b', 'a%20b'];

type Open = (name: string) => Promise<Store>;
type Check = (name: string, holds: (t: TestContext) => Promise<void>) => void;

/**
 * Declares the tests.
 *
 * @param open an empty store of this name; called again it opens the same one
 * @param skip why they cannot run here, or false
 */
export function checkStore(kind: string, open: Open, skip: string | false = false): void {
  describe(kind, () => {
    // each test says why it is skipped: a suite's reason is not counted
    const check: Check = (name, holds) => void test(name, { skip }, holds);
    checkFiles(check, open);
    checkKeys(check, open);
    checkLargeFile(check, open);
  });
}

function checkFiles(check: Check, open: Open): void {
  check('a file is put and got byte for byte, into a folder that is made', async (t) => {
    const [store, folder] = [await open('files'), temporaryFolder(t)];
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
    await store.put('runs/one.bin', fileOf(folder, bytes));
    assert.notEqual(await store.sizeOf('runs/one.bin'), null);
    assert.equal(await store.get('runs/one.bin', join(folder, 'new', 'deep', 'one.bin')), true);
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'new', 'deep', 'one.bin'))), bytes);
    assert.deepEqual(readdirSync(join(folder, 'new', 'deep')), ['one.bin'], 'nothing else stays');
  });

  check('an empty file is a file', async (t) => {
    const [store, folder] = [await open('empty'), temporaryFolder(t)];
    await store.put('nothing', fileOf(folder, ''));
    assert.equal(await store.get('nothing', join(folder, 'got')), true);
    assert.equal(statSync(join(folder, 'got')).size, 0);
  });

  check('what is put again, and what is got again, replaces what was there', async (t) => {
    const [store, folder] = [await open('again'), temporaryFolder(t)];
    for (const text of ['a long first text', 'second', 'the third text']) {
      await store.put('key', fileOf(folder, text));
      await store.get('key', join(folder, 'got'));
      assert.equal(readFileSync(join(folder, 'got'), 'utf8'), text);
    }
    assert.deepEqual(await store.list(''), ['key']);
  });

  check('an absent key is absent, and leaves no file and no change', async (t) => {
    const [store, folder] = [await open('absent'), temporaryFolder(t)];
    assert.equal(await store.sizeOf('not/there'), null);
    assert.equal(await store.get('not/there', join(folder, 'got')), false);
    assert.deepEqual(readdirSync(folder), []);
    const path = fileOf(folder, 'earlier');
    assert.equal(await store.get('not/there', path), false);
    assert.equal(readFileSync(path, 'utf8'), 'earlier');
  });

  check('a local file that is absent changes nothing in the store', async (t) => {
    const [store, folder] = [await open('no-file'), temporaryFolder(t)];
    await store.put('key', fileOf(folder, 'there'));
    await assert.rejects(store.put('key', join(folder, 'absent')), hasCode('store-failed', 'key', 'ENOENT'));
    await store.get('key', join(folder, 'got'));
    assert.equal(readFileSync(join(folder, 'got'), 'utf8'), 'there');
  });
}

function checkKeys(check: Check, open: Open): void {
  check('keys are listed in sequence by what they begin with, and removed so', async (t) => {
    const [store, folder] = [await open('listed'), temporaryFolder(t)];
    const path = fileOf(folder, 'x');
    for (const key of ['b/2', 'b/10', 'a', 'b/deep/er', 'bc', 'c/1']) await store.put(key, path);
    assert.deepEqual(await store.list(''), ['a', 'b/10', 'b/2', 'b/deep/er', 'bc', 'c/1']);
    assert.deepEqual(await store.list('b/'), ['b/10', 'b/2', 'b/deep/er']);
    assert.deepEqual(await store.list('b/1'), ['b/10']);
    assert.deepEqual(await store.list('b'), ['b/10', 'b/2', 'b/deep/er', 'bc']);
    assert.deepEqual(await store.list('none/'), []);
    await store.remove('b/');
    await store.remove('none/');
    assert.deepEqual(await store.list(''), ['a', 'bc', 'c/1']);
    assert.equal(await store.sizeOf('b/2'), null);
  });

  check('stores beside each other do not see each other', async (t) => {
    const [one, other, path] = [await open('side'), await open('side-by'), fileOf(temporaryFolder(t), 'x')];
    await one.put('key', path);
    assert.deepEqual(await other.list(''), []);
    await other.put('own', path);
    assert.deepEqual(await one.list(''), ['key']);
    await other.remove('');
    assert.deepEqual(await (await open('side')).list(''), ['key']);
  });

  check('keys may hold spaces, signs and letters of any language', async (t) => {
    const [store, folder] = [await open('unusual ü & +'), temporaryFolder(t)];
    for (const key of UNUSUAL_KEYS) await store.put(key, fileOf(folder, key));
    assert.deepEqual(await store.list(''), UNUSUAL_KEYS.toSorted());
    for (const key of UNUSUAL_KEYS) {
      assert.equal(await store.get(key, join(folder, 'got')), true, key);
      assert.equal(readFileSync(join(folder, 'got'), 'utf8'), key);
      assert.deepEqual(await store.list(key), [key]);
    }
    await store.remove('日本/');
    assert.deepEqual(await store.list('日'), []);
    assert.notEqual(await store.sizeOf('a+b'), null);
  });

  check(`${MANY_KEYS} keys are listed and removed`, async (t) => {
    const [store, path] = [await open('many'), fileOf(temporaryFolder(t), '')];
    const keys = Array.from({ length: MANY_KEYS }, (_, i) => `many/${String(i).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 16) {
      await Promise.all(keys.slice(at, at + 16).map((key) => store.put(key, path)));
    }
    await store.put('other', path);
    assert.deepEqual(await store.list('many/'), keys);
    await store.remove('many/');
    assert.deepEqual(await store.list(''), ['other']);
  });
}

function checkLargeFile(check: Check, open: Open): void {
  check('a large file does not pass through the memory', async (t) => {
    const [store, folder] = [await open('large'), temporaryFolder(t)];
    const [path, got] = [join(folder, 'large'), join(folder, 'got')];
    const file = openSync(path, 'w');
    writeSync(file, 'the first bytes');
    ftruncateSync(file, LARGE_BYTES - 3);
    writeSync(file, 'end', LARGE_BYTES - 3);
    closeSync(file);
    const { mostBytes } = await memoryDuring(async () => {
      await store.put('large', path);
      await store.get('large', got);
    });
    assert.ok(mostBytes < LARGE_BYTES / 8, `${(mostBytes / MIB).toFixed(1)} MiB more were in use`);
    // a file that is in the memory is seen there
    const whole = await memoryDuring(() => Promise.all([readFile(path), readFile(got)]));
    assert.ok(whole.mostBytes > LARGE_BYTES, `${(whole.mostBytes / MIB).toFixed(1)} MiB more were in use`);
    assert.ok(whole.result[0].equals(whole.result[1]));
    await store.remove('large');
  });
}

/** How much more the process holds during the work and at its end than before; what may be collected does not count. */
async function memoryDuring<T>(work: () => Promise<T>): Promise<{ mostBytes: number; result: T }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    collect(); // the first one still counts what it is about to free
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let mostBytes = 0;
  const look = () => (mostBytes = Math.max(mostBytes, held() - before));
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    const result = await work();
    look();
    return { mostBytes, result };
  } finally {
    clearInterval(timer);
  }
}

/** @returns its path */
function fileOf(folder: string, content: string | Uint8Array): string {
  const path = join(folder, 'sent');
  writeFileSync(path, content);
  return path;
}
