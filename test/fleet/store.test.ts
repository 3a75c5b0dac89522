/** Stores in folders and in buckets do the same; which one a text names. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore } from '../../src/fleet/open-store.js';
import { FolderStore } from '../../src/fleet/store.js';
import { hasCode } from '../../testing/error-code.js';
import { CREDENTIALS, LACKS_S3_SERVER, startS3Server, type S3Server } from '../../testing/fleet/s3-server.js';
import { checkStore } from '../../testing/fleet/store-checks.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('stores');
let server: S3Server | null = null;

before(async () => {
  Object.assign(process.env, CREDENTIALS);
  if (LACKS_S3_SERVER === false) server = await startS3Server('bucket-of-tests');
});
after(() => server?.[Symbol.asyncDispose]());

checkStore('a folder', (name) => openStore(join(folder, name)));

checkStore(
  'a bucket',
  (name) => openStore(`s3://bucket-of-tests/${name}?endpoint=${server!.endpoint}`),
  LACKS_S3_SERVER,
);

test('a bucket that is absent is named, with what to do', { skip: LACKS_S3_SERVER }, async () => {
  const store = await openStore(`s3://no-such-bucket/jobs?endpoint=${server!.endpoint}`);
  const isNamed = hasCode('store-failed', 'NoSuchBucket', 's3://no-such-bucket/jobs/', 'Make the bucket');
  await assert.rejects(store.sizeOf('key'), isNamed);
  await assert.rejects(store.get('key', join(folder, 'got')), isNamed);
  await assert.rejects(store.list(''), isNamed);
  await assert.rejects(store.put('key', process.execPath), isNamed);
});

test('a path without a scheme is a folder, and another scheme is refused without what follows it', async () => {
  assert.ok((await openStore(folder)) instanceof FolderStore);
  await assert.rejects(openStore(''), hasCode('bad-option'));
  await assert.rejects(openStore('redis://user:password@host/0'), (error: Error) => {
    hasCode('bad-option', 'redis://')(error);
    assert.doesNotMatch(error.message, /password|host/);
    return true;
  });
});
