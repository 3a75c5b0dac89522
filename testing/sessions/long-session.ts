/** Sessions of any length, with a video and without lossless frames, and how they are read in a process of their own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '../../src/core/clock.js';
import { Random } from '../../src/core/random.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { numberedPicture } from './session-pictures.js';

/** `load`: the gray frames, decoded; `sync`: the video of `session sync`. */
export type LongSessionReader = 'load' | 'sync';

const SIZE = { width: 320, height: 180 };
/** Pictures that are made once and shown again and again. */
const DIFFERENT_PICTURES = 50;
const NOISE = 24;

/** Writes a session of so many frames at 10 Hz, one fight of one held key. @returns its path without ending */
export async function longSession(folder: string, name: string, frames: number): Promise<string> {
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  const writer = await SessionWriter.create({
    files,
    rateHz: 10,
    ...SIZE,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
  });
  const random = new Random(1);
  const pictures = Array.from({ length: DIFFERENT_PICTURES }, (_, k) => {
    const pixels = numberedPicture(k, SIZE.width, SIZE.height);
    // noise, so that the video is as large as a game's
    for (let i = 0; i < pixels.length; i += 3) pixels[i] = (pixels[i] + random.integer(0, NOISE)) & 255;
    return pixels;
  });
  writer.marker('fight_start', 0);
  writer.keyDown('f', 0);
  for (let k = 0; k < frames; k += 1) {
    await clock.sleepUntil(k * 100);
    await writer.room();
    writer.offer({ ...SIZE, pixels: pictures[k % DIFFERENT_PICTURES], capturedAtMs: k * 100 });
  }
  await writer.finish('stopped');
  rmSync(files.gray);
  return files.base;
}
