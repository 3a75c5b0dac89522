/** Sessions with pictures, recorded on a virtual clock: numbered pictures, keys that go up and down, two fights. */
import { join } from 'node:path';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { VirtualClock } from '../../src/core/clock.js';
import { Random } from '../../src/core/random.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { numberedPicture } from './session-pictures.js';

const WIDTH = 160;
const HEIGHT = 90;

/** Frames of the fights of {@link recordSession}: the first and the one after the last. */
export const RECORDED_FIGHTS = [
  [10, 50],
  [60, 100],
] as const;

/** Frames of {@link recordSession}. */
export const RECORDED_FRAMES = 110;

/** Records 11 s at 10 Hz, 160x90, with seeded presses half a frame off the frames. @returns its path without ending */
export async function recordSession(folder: string, name = 'recorded'): Promise<string> {
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  const random = new Random(5);
  await using writer = await SessionWriter.create({
    files,
    rateHz: 10,
    width: WIDTH,
    height: HEIGHT,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
  });
  const down = new Set<(typeof STUDY_ACTIONS.names)[number]>();
  for (let k = 0; k < RECORDED_FRAMES; k += 1) {
    await clock.sleepUntil(k * 100);
    for (const [first, end] of RECORDED_FIGHTS) {
      if (k === first) writer.marker('fight_start', k * 100 - 10);
      if (k === end) writer.marker('fight_end', k * 100 - 10);
    }
    await writer.room();
    writer.offer({ width: WIDTH, height: HEIGHT, pixels: numberedPicture(k, WIDTH, HEIGHT), capturedAtMs: k * 100 });
    if (k === RECORDED_FRAMES - 1) break; // the recording ends before another key could follow
    const action = STUDY_ACTIONS.names[random.integer(0, STUDY_ACTIONS.count - 1)];
    if (down.delete(action)) writer.keyUp({ action }, k * 100 + 50);
    else {
      down.add(action);
      writer.keyDown({ action }, k * 100 + 50);
    }
  }
  await writer.finish('stopped');
  if (writer.failure !== null) throw writer.failure;
  return files.base;
}
