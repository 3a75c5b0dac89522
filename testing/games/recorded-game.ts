/** A session of the drawn game, on a virtual clock: a menu, a fight that is lost, a menu, one that is won. */
import { join } from 'node:path';
import { VirtualClock } from '../../src/core/clock.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { drawGame, GAME_HEIGHT, GAME_WIDTH, type DrawnScene } from './drawn-game.js';

/** Frames at 10 Hz: the first of each part. */
export const RECORDED = { fight: 5, lost: 25, menu: 32, second: 37, won: 60, end: 66 } as const;

function sceneOf(frame: number): DrawnScene {
  const { fight, lost, menu, second, won } = RECORDED;
  const seed = 20 + Math.floor(frame / 3); // the scene changes as a game's does
  if (frame < fight || (frame >= menu && frame < second)) return { panel: false, seed };
  if (frame < lost) return { seed, health: 1 - (frame - fight) / 25, score: 10 * frame };
  if (frame < menu) return { seed, screen: 'lost' };
  if (frame < won) return { seed, health: 1 - (frame - second) / 50, score: 12_345 + frame };
  return { panel: false, seed, screen: 'won' };
}

/** @returns its path without ending */
export async function recordGame(folder: string, name: string): Promise<string> {
  const files = filesAt(join(folder, name));
  const clock = new VirtualClock();
  await using writer = await SessionWriter.create({
    files,
    rateHz: 10,
    width: GAME_WIDTH,
    height: GAME_HEIGHT,
    source: 'a drawn game',
    contract: STUDY_CONTRACT,
    clock,
  });
  for (let frame = 0; frame < RECORDED.end; frame += 1) {
    await clock.sleepUntil(frame * 100);
    await writer.room();
    writer.offer({ ...(await drawGame(sceneOf(frame))), capturedAtMs: frame * 100 });
  }
  await writer.finish('stopped');
  if (writer.failure !== null) throw writer.failure;
  return files.base;
}
