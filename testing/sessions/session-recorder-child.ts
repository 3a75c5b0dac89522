/**
 * A recorder to be killed: records numbered pictures and quick key events in real time until it is stopped. Tells on
 * standard output, synchronously, each event it has handed to the writer (`key <Unix ms>`) and each frame (`frame <n>`).
 *
 *   node session-recorder-child.js <path without ending>
 */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../src/core/clock.js';
import { openKeptLogs } from '../../src/session/log-keeper.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { numberedPicture } from './session-pictures.js';

const RATE_HZ = 10;
const SIZE = { width: 320, height: 180 };
/** A key goes down or comes up this often, ms: no divisor of the frame period. */
const KEY_EVERY_MS = 7;

const clock = new SystemClock();
const writer = await SessionWriter.create({
  files: filesAt(process.argv[2]),
  rateHz: RATE_HZ,
  ...SIZE,
  source: 'a recorder to be killed',
  contract: STUDY_CONTRACT,
  clock,
  openLogs: openKeptLogs,
});
writer.marker('fight_start', clock.nowMs());

/** On standard output when this returns: a pipe that is full for a moment is tried again. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

async function pressKeys(): Promise<void> {
  const startMs = clock.nowMs();
  for (let k = 0; ; k += 1) {
    await clock.sleepUntil(startMs + k * KEY_EVERY_MS);
    const unixMs = Date.now();
    if (k % 2 === 0) writer.keyDown('f', clock.nowMs());
    else writer.keyUp('f', clock.nowMs());
    tell(`key ${unixMs}`);
  }
}

void pressKeys();
const startMs = clock.nowMs();
for (let k = 0; ; k += 1) {
  await clock.sleepUntil(startMs + (k * 1000) / RATE_HZ);
  const capturedAtMs = clock.nowMs();
  writer.offer({ ...SIZE, pixels: numberedPicture(k, SIZE.width, SIZE.height), capturedAtMs });
  writer.tick();
  tell(`frame ${k}`);
}
