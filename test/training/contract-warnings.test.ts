import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { GrayFileWriter } from '../../src/session/gray-file.js';
import { readSession, type Session } from '../../src/session/session.js';
import { contractWarnings } from '../../src/training/contract-warnings.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('contracts');

const recorded = async (name: string): Promise<Session> =>
  readSession(await recordBlockSession(folder, { fights: 1, length: 6 }, name));

test('sessions that were recorded alike are not warned of', async () => {
  assert.deepEqual(await contractWarnings([await recorded('a'), await recorded('b')], STUDY_CONTRACT), []);
});

test('a session of another crop, and compressed pictures beside lossless ones, are reported before training', async () => {
  const [one, other] = [await recorded('one'), await recorded('other')];
  rmSync(other.files.gray);
  writeFileSync(other.files.video, 'looked at later');
  const mixed = await contractWarnings([one, other], STUDY_CONTRACT);
  assert.deepEqual(mixed, [
    'Pictures of one are lossless, those of other come from compressed video: the model may learn that difference.',
  ]);
  const crop = { left: 0.1, top: 0, width: 0.9, height: 1 };
  new GrayFileWriter(other.files.gray, { ...STUDY_CONTRACT, crop }).close();
  const [first, second] = await contractWarnings([one, other], STUDY_CONTRACT);
  assert.match(first, /lossless pictures of other were made with crop\.left 0\.1, asked for is 0: its video is used/);
  assert.equal(second, mixed[0]);
});

test('windows of another shape are reported before training', async () => {
  const [one, other] = [await recorded('wide'), await recorded('square')];
  const square = { ...other, header: { ...other.header!, width: 800, height: 800 } };
  const [warning] = await contractWarnings([one, square], STUDY_CONTRACT);
  assert.match(warning, /wide shows 128x72 and square 800x800/);
  const similar = { ...other, header: { ...other.header!, width: 1280, height: 721 } };
  assert.deepEqual(await contractWarnings([one, similar], STUDY_CONTRACT), []);
});
