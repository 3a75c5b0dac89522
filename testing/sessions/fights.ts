/** Fights for tests: stepping by seconds, and to a moment that a test names. */
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { Fight, STEP_RATE_HZ, type FightState, type Level } from '../../src/arena/fight.js';
import { FightCanvas } from '../../src/arena/canvas.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';

export function newFight(seed = 1, level: Level = 'normal'): Fight {
  return new Fight({ seed, level });
}

/** Holds the same for a while. */
export function hold(fight: Fight, held: HeldActions, seconds: number): void {
  for (let i = 0; i < Math.round(seconds * STEP_RATE_HZ); i += 1) fight.step(held);
}

/** A fight just after the player may move. */
export function startedFight(seed = 1, level: Level = 'normal'): Fight {
  const fight = newFight(seed, level);
  while (fight.state.stage === 'ready') fight.step(NONE_HELD);
  return fight;
}

/** Lets the expert play until `reached`; throws when the fight ends before. */
export function expertUntil(reached: (state: Readonly<FightState>) => boolean, seed = 1): Fight {
  const fight = newFight(seed);
  const expert = createPlayer('expert', seed);
  while (!reached(fight.state)) {
    if (fight.outcome !== null) throw new Error(`the fight of seed ${seed} ended before the moment came`);
    fight.step(expert.decide(fight.state));
  }
  return fight;
}

/** Gray pictures [72, 128] of the expert's fight at 10 a second; each is valid until the next. */
export async function* expertPictures(count: number, seed = 1): AsyncGenerator<Uint8Array> {
  const fight = newFight(seed);
  const expert = createPlayer('expert', seed);
  const canvas = await FightCanvas.open();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  for (let picture = 0; picture < count; picture += 1) {
    preprocessor.process({ ...canvas.size, pixels: canvas.draw(fight.state) });
    yield preprocessor.gray;
    for (let step = 0; step < 6; step += 1) fight.step(expert.decide(fight.state));
  }
}
