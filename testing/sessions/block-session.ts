/**
 * A recorded session that the smallest model learns within seconds: a bright block jumps from side to side of a dark
 * picture, and the key held is the side it is on.
 */
import { join } from 'node:path';
import { VirtualClock } from '../../src/core/clock.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../../src/vision/preprocessing-contract.js';

const [WIDTH, HEIGHT] = [STUDY_CONTRACT.width, STUDY_CONTRACT.height];
/** Frames that the block stays on one side. */
const STAY = 6;
const PERIOD_MS = 100;

/** BGRA; the block covers a third of the picture. */
function picture(isRight: boolean): Uint8Array {
  const words = new Uint32Array(WIDTH * HEIGHT).fill(0xff101010);
  for (let y = 0; y < HEIGHT; y += 1) {
    const from = y * WIDTH + (isRight ? Math.floor((WIDTH * 2) / 3) : 0);
    words.fill(0xffe0e0e0, from, from + Math.floor(WIDTH / 3));
  }
  return new Uint8Array(words.buffer);
}

/** Records `fights` fights of `length` frames, gray pictures only. @returns the session's path without ending */
export async function recordBlockSession(
  folder: string,
  options: { fights?: number; length?: number; rateHz?: number; contract?: PreprocessingContract } = {},
  name = 'blocks',
): Promise<string> {
  const { fights = 3, length = 24, rateHz = 10, contract = STUDY_CONTRACT } = options;
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  const periodMs = (PERIOD_MS * 10) / rateHz;
  await using writer = await SessionWriter.create({
    files,
    rateHz,
    width: WIDTH,
    height: HEIGHT,
    source: 'test',
    contract,
    clock,
    video: false,
  });
  for (let k = 0; k < fights * length; k += 1) {
    const atMs = k * periodMs;
    await clock.sleepUntil(atMs);
    if (k % length === 0) writer.marker('fight_start', atMs);
    const isRight = Math.floor(k / STAY) % 2 === 1;
    if (k % STAY === 0) {
      if (k > 0) writer.keyUp({ action: isRight ? 'LEFT' : 'RIGHT' }, atMs);
      writer.keyDown({ action: isRight ? 'RIGHT' : 'LEFT' }, atMs);
    }
    await writer.room();
    writer.offer({ width: WIDTH, height: HEIGHT, pixels: picture(isRight), capturedAtMs: atMs });
    if (k % length === length - 1) writer.marker('fight_end', atMs + 1);
  }
  await writer.finish('stopped');
  if (writer.failure !== null) throw writer.failure;
  return files.base;
}
