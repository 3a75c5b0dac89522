/**
 * A recorded session of a game with any actions: a bright column stands in one of K places of a dark picture, and the
 * action held is the place it is in.
 */
import { join } from 'node:path';
import type { ActionSet } from '../../src/core/action-set.js';
import { given } from '../../src/core/given.js';
import { VirtualClock } from '../../src/core/clock.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../../src/vision/preprocessing-contract.js';

/** Small pictures, so that plain JavaScript learns from them within seconds. */
export const COLUMN_CONTRACT: PreprocessingContract = { ...STUDY_CONTRACT, width: 64, height: 16 };

/** Frames that the column stays in one place. */
export const STAY = 4;
const PERIOD_MS = 100;

/** BGRA */
function picture(action: number, actions: ActionSet, { width, height }: PreprocessingContract): Uint8Array {
  const words = new Uint32Array(width * height).fill(0xff101010);
  const columnWidth = Math.floor(width / actions.count);
  for (let y = 0; y < height; y += 1)
    words.fill(0xffe0e0e0, y * width + action * columnWidth, y * width + (action + 1) * columnWidth);
  return new Uint8Array(words.buffer);
}

/** The action held at a frame: each in its turn, backwards in every second fight. @param frame of the session */
export function heldAction(frame: number, actions: ActionSet): number {
  const stay = Math.floor(frame / STAY);
  const place = stay % actions.count;
  return Math.floor(stay / actions.count) % 2 === 0 ? place : actions.count - 1 - place;
}

/** Records `fights` fights of one turn each, gray pictures only. @returns the session's path without ending */
export async function recordColumnSession(
  folder: string,
  actions: ActionSet,
  {
    fights,
    name,
    contract = COLUMN_CONTRACT,
    game,
  }: {
    readonly fights: number;
    readonly name: string;
    readonly contract?: PreprocessingContract;
    readonly game?: string;
  },
): Promise<string> {
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  const { width, height } = contract;
  const length = STAY * actions.count;
  await using writer = await SessionWriter.create({
    ...{ files, rateHz: 1000 / PERIOD_MS, width, height, source: 'test', contract, clock, actions },
    keys: new Map(actions.names.map((action, index) => [`k${index}`, action])),
    video: false,
    ...given({ game }),
  });
  for (let frame = 0; frame < fights * length; frame += 1) {
    const atMs = frame * PERIOD_MS;
    await clock.sleepUntil(atMs);
    if (frame % length === 0) writer.marker('fight_start', atMs);
    if (frame % STAY === 0) {
      writer.releaseAll(atMs);
      writer.keyDown({ action: actions.names[heldAction(frame, actions)] }, atMs);
    }
    await writer.room();
    writer.offer({ width, height, pixels: picture(heldAction(frame, actions), actions, contract), capturedAtMs: atMs });
    if (frame % length === length - 1) writer.marker('fight_end', atMs + 1);
  }
  await clock.sleepUntil((fights * length - 0.5) * PERIOD_MS); // the last key comes up after the last frame
  await writer.finish('stopped');
  if (writer.failure !== null) throw writer.failure;
  return files.base;
}
