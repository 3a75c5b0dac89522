import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeRows } from '../../src/training/rows.js';
import { WholeFile, writeWholeFile } from '../../src/core/whole-file.js';
import { WholeFolder } from '../../src/core/whole-folder.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('whole-file');

test('a file appears only once it is published, and replaces the one before', () => {
  const path = join(folder, 'made', 'a');
  for (const text of ['one', 'two']) {
    using file = new WholeFile(path, '');
    file.write(Buffer.from(text));
    if (text === 'one') assert.ok(!existsSync(path));
    file.publish();
    assert.equal(readFileSync(path, 'utf8'), text);
  }
  assert.deepEqual(readdirSync(join(folder, 'made')), ['a']);
});

test('an error that stops the rows is reported as it is, and leaves the previous file', async () => {
  const path = join(folder, 'rows');
  await writeRows(path, [Buffer.from('before')]);
  const reason = new Error('stopped');
  await assert.rejects(
    writeRows(
      path,
      (function* () {
        yield Buffer.from('half');
        throw reason;
      })(),
    ),
    (error) => error === reason,
  );
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('rows')),
    ['rows'],
  );
});

test('a disk that takes only a part of a write publishes nothing', { skip: process.platform === 'win32' }, () => {
  const path = join(folder, 'full');
  writeFileSync(path, 'before');
  const module = fileURLToPath(new URL('../../src/core/whole-file.js', import.meta.url));
  // 64 kB go through without an error, as they do on a disk that has no more room than that
  const script = `
    import { WholeFile } from ${JSON.stringify(module)};
    const file = new WholeFile(${JSON.stringify(path)}, 'make room');
    try {
      file.write(new Uint8Array(100_000));
      file.publish();
    } finally {
      file[Symbol.dispose]();
    }`;
  const limited = 'ulimit -f 64; exec "$0" --input-type=module --eval "$1"';
  const run = spawnSync('bash', ['-c', limited, process.execPath, script], { encoding: 'utf8' });
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /could not be written: EFBIG/);
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.equal(readdirSync(folder).filter((name) => name.startsWith('full')).length, 1, 'and leaves no half file');
});

test('a folder appears only once it is published, and replaces the one before', async () => {
  const path = join(folder, 'whole');
  for (const text of ['one', 'two']) {
    await using fresh = await WholeFolder.create(path);
    await fresh.write(text, text);
    assert.equal(existsSync(path), text === 'two');
    await fresh.publish();
    assert.deepEqual(readdirSync(path), [text]);
  }
  {
    await using fresh = await WholeFolder.create(path);
    await fresh.write('three', 'three');
  }
  assert.deepEqual(readdirSync(path), ['two'], 'what was never published is gone');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('whole')),
    ['whole'],
  );
});

test('a folder that cannot be made is reported at once', { skip: process.platform !== 'linux' }, () => {
  assert.throws(() => writeWholeFile('/proc/understudy/report/index.html', '', ''), { code: 'write-failed' });
});
