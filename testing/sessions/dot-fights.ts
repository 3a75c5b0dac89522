/**
 * Tiny made-up fights for tests of training: a bright dot wanders over a dark 16x32 picture, and the keys held follow
 * from where it is and where it goes, so that a right model learns them within seconds.
 */
import { ACTIONS, ACTION_COUNT } from '../../src/core/actions.js';
import { Random } from '../../src/core/random.js';
import { dataInMemory } from './data-in-memory.js';
import { TEST, TRAIN, VALIDATION, type TrainingData } from '../../src/training/dataset.js';

export const DOT_IMAGE = [16, 32] as const;
const [HEIGHT, WIDTH] = DOT_IMAGE;

const at = (action: (typeof ACTIONS)[number]): number => ACTIONS.indexOf(action);

/** `fights` fights of `length` frames: the last but one is for validation, the last for the test. */
export function dotFights(fights: number, length: number, seed = 1): TrainingData {
  const random = new Random(seed);
  const count = fights * length;
  const gray = new Uint8Array(count * HEIGHT * WIDTH).fill(10);
  const labels = new Uint8Array(count * ACTION_COUNT);
  const fightOf = new Int32Array(count);
  const partOf = new Uint8Array(count);
  for (let fight = 0; fight < fights; fight += 1) {
    let x = random.integer(3, WIDTH - 4);
    let step = random.next() < 0.5 ? -1 : 1;
    for (let i = 0; i < length; i += 1) {
      const frame = fight * length + i;
      if (x <= 2 || x >= WIDTH - 3) step = -step;
      x += step;
      for (let row = 6; row < 10; row += 1) {
        gray.fill(230, (frame * HEIGHT + row) * WIDTH + x - 1, (frame * HEIGHT + row) * WIDTH + x + 2);
      }
      labels[frame * ACTION_COUNT + at('SHOOT')] = 1;
      labels[frame * ACTION_COUNT + at(step > 0 ? 'RIGHT' : 'LEFT')] = 1;
      if (x < 8) labels[frame * ACTION_COUNT + at('JUMP')] = 1;
      fightOf[frame] = fight;
      partOf[frame] = fight === fights - 1 ? TEST : fight === fights - 2 ? VALIDATION : TRAIN;
    }
  }
  return dataInMemory({ gray, image: DOT_IMAGE, labels, fightOf, partOf });
}
