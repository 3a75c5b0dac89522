/**
 * Claim: a cue or a meter of a game costs at most 0.2 ms a tick (p50), seen or not, at any usual window size. Three cues
 * are timed together. A number costs more in a tick that shows another one than in the many that show the same.
 *
 *   npm run bench cues -- [--samples 2000]
 */
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { BarMeter } from '../../src/games/bar-meter.js';
import { CueMatcher } from '../../src/games/cue-matcher.js';
import { DigitsMeter, digitShapes } from '../../src/games/digits-meter.js';
import { grayPart } from '../../src/games/gray-image.js';
import { BOXES, drawGame, GAME_HEIGHT, GAME_WIDTH, regionOf, type DrawnScene } from '../../testing/games/drawn-game.js';
import { printResult } from '../support/machine.js';
import { countArgument, sampleMs } from '../support/sampling.js';

const WARMUP = 200;

/** px around the pictures: what `game cue` leaves. */
const MARGIN = 6;

const OF = { width: GAME_WIDTH, height: GAME_HEIGHT };
const n = countArgument('--samples', 2000);

async function cue(name: 'fighting' | 'won' | 'lost', scene: DrawnScene): Promise<CueMatcher> {
  const image = grayPart(await drawGame(scene), BOXES[name]);
  return new CueMatcher({ region: regionOf(name, MARGIN), of: OF, atLeast: 0.8, contrast: 'any' }, image);
}

const cues = [await cue('fighting', {}), await cue('won', { screen: 'won' }), await cue('lost', { screen: 'lost' })];
const bar = new BarMeter({ kind: 'bar', region: regionOf('health'), from: 'left', full: '#d03020', empty: '#301010' });
const digits = new Map<string, ReturnType<typeof digitShapes>[number]>();
for (let digit = 0; digit < 10; digit += 1) {
  digits.set(String(digit), digitShapes(grayPart(await drawGame({ score: digit }), BOXES.score))[0]);
}
const number = new DigitsMeter({ kind: 'digits', region: regionOf('score') }, digits);

const ms: Record<string, Quantiles | null> = {};
const measure = async (what: string, work: () => void): Promise<void> => {
  ms[what] = quantiles(await sampleMs(n, WARMUP, work));
};
for (const scale of [1, 2, 3]) {
  const size = `${GAME_WIDTH * scale}x${GAME_HEIGHT * scale}`;
  const fight = await drawGame({ scale, health: 0.6, score: 98_765 });
  const menu = await drawGame({ scale, panel: false, seed: 9 });
  const lost = await drawGame({ scale, screen: 'lost' });
  const look = (picture: typeof fight) => (): void => {
    for (const one of cues) one.look(picture);
  };
  await measure(`3 cues, in a fight, ${size}`, look(fight));
  await measure(`3 cues, in a menu, ${size}`, look(menu));
  await measure(`3 cues, on the last screen, ${size}`, look(lost));
  await measure(`a bar, ${size}`, () => bar.look(fight, false));
  await measure(`a number of 5 digits, as before, ${size}`, () => number.look(fight));
  const scores = [fight, await drawGame({ scale, health: 0.6, score: 98_766 })];
  let turn = 0;
  await measure(`a number of 5 digits, another at each tick, ${size}`, () => number.look(scores[(turn += 1) % 2]));
}
printResult({
  claim: 'a cue or a meter of a game: p50 at most 0.2 ms a tick; three cues are timed together',
  setting: { picture: 'drawn game, BGRA', region: `${MARGIN} px around each cue` },
  n,
  warmup: WARMUP,
  ms,
});
