/**
 * Tiny made-up fights for tests of training: a bright dot wanders over a dark 16x32 picture, and the keys held follow
 * from where it is and where it goes, so that a right model learns them within seconds.
 */
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { Random } from '../../src/core/random.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { TEST, TRAIN, VALIDATION, type TrainingData } from '../../src/training/dataset.js';
import { dataInMemory } from './data-in-memory.js';

export const DOT_IMAGE = [16, 32] as const;
const [HEIGHT, WIDTH] = DOT_IMAGE;

/** `fights` fights of `length` frames: the last but one is for validation, the last for the test. */
export function dotFights(fights: number, length: number, seed = 1): TrainingData {
  const random = new Random(seed);
  const count = fights * length;
  const gray = new Uint8Array(count * HEIGHT * WIDTH).fill(10);
  const labels = LabelMatrix.zeros(STUDY_ACTIONS, count);
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
      const held = ['SHOOT', step > 0 ? 'RIGHT' : 'LEFT', ...(x < 8 ? ['JUMP'] : [])];
      labels.setHeld(frame, STUDY_ACTIONS.holding(...held));
      fightOf[frame] = fight;
      partOf[frame] = fight === fights - 1 ? TEST : fight === fights - 2 ? VALIDATION : TRAIN;
    }
  }
  return dataInMemory({ gray, image: DOT_IMAGE, labels, fightOf, partOf });
}
