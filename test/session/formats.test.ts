import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkSession } from '../../src/session/check.js';
import { describeSession } from '../../src/session/info.js';
import { labelFrames } from '../../src/session/labels.js';
import { loadFrames } from '../../src/session/load-frames.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { numberShown, numberedPicture } from '../../testing/sessions/session-pictures.js';

/** The sources' folder of recorded sessions, one for each released format; compiled tests lie elsewhere. */
function formatsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'test', 'session', 'formats');
}

test('a session of format 1 reads as it was recorded', async () => {
  const base = join(formatsFolder(), 'format-1');
  const session = await readSession(base);
  const info = await describeSession(session);
  assert.deepEqual(
    [info.formatVersion, info.frames, info.duplicates, info.fights, info.framesInFights],
    [1, 16, 2, 1, 10],
  );
  assert.deepEqual([info.width, info.height, info.source, info.syntheticEvents], [97, 55, 'arena', 1]);
  assert.deepEqual(session.fights, [{ start: 1764000000.215, end: 1764000001.29 }]);
  const labels = labelFrames(session);
  const held = (action: string): number[] =>
    [...Array(16).keys()].filter((frame) => labels.at(frame, labels.actions.indexOf(action)) === 1);
  assert.deepEqual(held('UP'), [...Array(15).keys()]);
  assert.deepEqual(held('SHOOT'), [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  assert.deepEqual(held('JUMP'), []);
  assert.deepEqual((await checkSession(session)).problems, []);
});

test('the pictures of format 1 are the recorded ones, lossless in the gray file and recognisable in the video', async () => {
  const session = await readSession(join(formatsFolder(), 'format-1'));
  const recorded = [0, 1, 2, 3, 4, 5, 6, 6, 6, 9, 10, 11, 12, 13, 14, 15];
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  for await (const { frame, gray } of loadFrames(session, STUDY_CONTRACT)) {
    preprocessor.process({ width: 97, height: 55, pixels: numberedPicture(recorded[frame], 97, 55) });
    assert.deepEqual(gray, preprocessor.gray);
  }
  const shown: number[] = [];
  for await (const { pixels, width } of readVideo(session.files.video, { width: 97, height: 55 })) {
    shown.push(numberShown(pixels, width));
  }
  assert.deepEqual(shown, recorded);
});
