/**
 * The video library used by two threads of one process. A fault there ends the whole process, so the test starts one.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Mp4Encoder } from '../../src/session/video.js';
import { numberedPicture } from '../../testing/sessions/session-pictures.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const PROGRAM = fileURLToPath(new URL('../../testing/sessions/decode-while-recording.js', import.meta.url));

test('a process decodes 4,000 pictures while its video thread encodes others', async (t) => {
  const folder = temporaryFolder(t);
  const video = join(folder, 'decoded.mp4');
  const fd = openSync(video, 'wx');
  const size = { width: 96, height: 54 };
  const encoder = await Mp4Encoder.create({ ...size, rateHz: 10, write: (bytes) => void writeSync(fd, bytes) });
  for (let k = 0; k < 500; k += 1) await encoder.encode(numberedPicture(k % 64, size.width, size.height));
  await encoder.finish();
  closeSync(fd);
  const output = execFileSync(process.execPath, [PROGRAM, video, join(folder, 'recorded')], { encoding: 'utf8' });
  assert.equal(output.trim(), '4000');
});
