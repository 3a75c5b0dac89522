import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { readSession, type Session } from '../../src/session/session.js';
import { trainingContract } from '../../src/training/picture-contract.js';
import { dataFromSessions } from '../../src/training/session-data.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../../src/vision/preprocessing-contract.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('picture-contract');

const RIGHT: PreprocessingContract = { ...STUDY_CONTRACT, crop: { left: 0.5, top: 0, width: 0.5, height: 1 } };
const AS_RECORDED = { crop: null, size: null };

async function recorded(name: string, contract = STUDY_CONTRACT): Promise<Session> {
  return readSession(await recordBlockSession(folder, { fights: 3, length: 12, contract }, name));
}

test('a training sees the part of the window that its recordings have', async () => {
  const cropped = await recorded('cropped', RIGHT);
  assert.deepEqual(await trainingContract([cropped], AS_RECORDED), RIGHT);
  const workFolder = `${folder}/work`;
  const split = { by: 'fight', seed: 1 } as const;
  const { data, preprocessing } = await dataFromSessions([cropped.files.base], {
    pictures: AS_RECORDED,
    split,
    workFolder,
  });
  using frames = data.frames;
  assert.deepEqual(preprocessing, RIGHT);
  const first = new Uint8Array(frames.rowBytes);
  frames.read(0, 1, first, 0);
  // the block is on the left of the whole window at first: in the right half there is none
  assert.ok(Math.max(...first) < 0x20, 'these are the pictures of the crop');
});

test('recordings of two crops are refused until one is asked for', async () => {
  const sessions = [await recorded('whole'), await recorded('half', RIGHT)];
  await assert.rejects(trainingContract(sessions, AS_RECORDED), {
    code: 'session-invalid',
    message: /whole were recorded with crop\.left 0, those of half with crop\.left 0\.5/,
  });
  assert.deepEqual(await trainingContract(sessions, { crop: RIGHT.crop, size: null }), RIGHT);
});

test('a size that is asked for is taken, the crop stays that of the recording', async () => {
  const size = { width: 160, height: 90 };
  const contract = await trainingContract([await recorded('larger', RIGHT)], { crop: null, size });
  assert.deepEqual(contract, { ...RIGHT, ...size });
});

test("recordings without lossless pictures take the others' crop, and alone the whole window", async () => {
  const video = await recorded('video');
  rmSync(video.files.gray);
  assert.deepEqual(await trainingContract([video], AS_RECORDED), STUDY_CONTRACT);
  assert.deepEqual(await trainingContract([video, await recorded('beside', RIGHT)], AS_RECORDED), RIGHT);
});
