/**
 * A program: decodes a video again and again while it records a session of small pictures, then prints how many pictures
 * were decoded. Two threads of this process use the video library at once. Arguments: the video, the session's path.
 */
import { VirtualClock } from '../../src/core/clock.js';
import { readVideo } from '../../src/session/read-video.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';

const SIZE = { width: 64, height: 36 };
const RATE_HZ = 10;
const DECODED = 4_000;

const [, , video, session] = process.argv;
const pixels = new Uint8Array(SIZE.width * SIZE.height * 4);
const clock = new VirtualClock();
await using writer = await SessionWriter.create({
  ...SIZE,
  files: filesAt(session),
  rateHz: RATE_HZ,
  source: 'test',
  contract: STUDY_CONTRACT,
  clock,
});

let decoded = 0;
while (decoded < DECODED) {
  for await (const { index } of readVideo(video)) {
    const capturedAtMs = (decoded * 1000) / RATE_HZ;
    await clock.sleepUntil(capturedAtMs);
    writer.offer({ ...SIZE, pixels: pixels.fill(index % 256), capturedAtMs });
    decoded += 1;
  }
}
await writer.finish('stopped');
console.log(decoded);
