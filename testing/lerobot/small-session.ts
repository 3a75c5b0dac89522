/** A small recorded session with a video: two fights, one of them won, in which a bright square follows the held keys. */
import { join } from 'node:path';
import { ActionSet } from '../../src/core/action-set.js';
import { VirtualClock } from '../../src/core/clock.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';

export const SMALL_ACTIONS = new ActionSet({
  names: ['HOP', 'DUCK', 'FIRE'],
  opposing: [['HOP', 'DUCK']],
  rare: ['FIRE'],
});

export interface SmallSession {
  readonly name?: string;
  /** Default 10. */
  readonly rateHz?: number;
  readonly width?: number;
  readonly height?: number;
  readonly actions?: ActionSet;
  /** A person takes over in the middle of the first fight. Default: a person plays all of it. */
  readonly takeover?: boolean;
  /** Of each of the two fights. Default 12. */
  readonly frames?: number;
  readonly marked?: boolean;
  /** Of the crop of the gray pictures. Default 0. */
  readonly left?: number;
  /** Which key the first action has. Default 0. */
  readonly firstKey?: number;
}

/** @returns its path without ending */
export async function recordSmallSession(folder: string, options: SmallSession = {}): Promise<string> {
  const {
    name = 'small',
    rateHz = 10,
    width = 64,
    height = 48,
    frames = 12,
    takeover = false,
    marked = true,
  } = options;
  const { actions = SMALL_ACTIONS, left = 0, firstKey = 0 } = options;
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  const startUnixMs = 1_700_000_000_000;
  await using writer = await SessionWriter.create({
    ...{ files, rateHz, width, height, clock, actions, source: 'a test', game: 'hopper' },
    contract: { ...STUDY_CONTRACT, width: 32, height: 24, crop: { left, top: 0, width: 1 - left, height: 1 } },
    keys: new Map(actions.names.map((action, index) => [`k${(index + firstKey) % actions.count}`, action])),
    wallMs: () => startUnixMs + clock.nowMs(),
  });
  const pauses = 3;
  for (let slot = 0; slot < 2 * frames + pauses; slot += 1) {
    const atMs = (slot * 1000) / rateHz;
    const inFight = slot < frames ? slot : slot - frames - pauses;
    const isFight = inFight >= 0;
    await clock.sleepUntil(atMs);
    if (marked && (slot === 0 || slot === frames + pauses)) writer.marker('fight_start', atMs);
    if (takeover && slot === 0) writer.control('agent', atMs);
    if (takeover && slot === 5) writer.control('human', atMs);
    if (takeover && slot === 9) writer.control('agent', atMs, true);
    const byHand = takeover && slot >= 5 && slot < 9;
    const origin = takeover
      ? ({ synthetic: !byHand, source: byHand ? 'human' : 'agent' } as const)
      : { synthetic: false };
    if (slot % 4 === 1 || (takeover && (slot === 5 || slot === 9))) {
      writer.releaseAll(atMs);
      if (isFight) writer.keyDown({ action: actions.names[slot % actions.count] }, atMs, origin);
    }
    await writer.room();
    writer.offer({ width, height, pixels: square(slot, width, height), capturedAtMs: atMs });
    if (!marked) continue;
    if (slot === frames - 1) writer.marker('fight_end', atMs, 'won');
    if (slot === 2 * frames + pauses - 1) writer.marker('fight_end', atMs, 'lost');
  }
  await clock.sleepUntil(((2 * frames + pauses - 0.5) * 1000) / rateHz); // the last key comes up after the last frame
  await writer.finish('stopped');
  if (writer.failure !== null) throw writer.failure;
  return files.base;
}

/** BGRA; reddish, so that swapped channels show. */
function square(slot: number, width: number, height: number): Uint8Array {
  const words = new Uint32Array(width * height).fill(0xff602010);
  const left = (slot * 5) % (width - 16);
  for (let y = 8; y < 24; y += 1) words.fill(0xffe08040, y * width + left, y * width + left + 16);
  return new Uint8Array(words.buffer);
}
