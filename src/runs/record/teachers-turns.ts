/** Whose turn it is, second by second: the mixture of teacher and agent of dataset aggregation (Ross et al. 2011). */
import { Random } from '../../core/random.js';

/** Gives the turns another random stream than the player's. */
const TURNS_SEED = 0x7a11;

export class TeachersTurns {
  readonly #share: number;
  readonly #turnSteps: number;
  #random = new Random(TURNS_SEED);
  isTeachers = false;

  /**
   * @param share of the teacher, 0..1
   * @param stepsASecond a turn lasts a second: a teacher who plays for a tenth of one changes nothing
   */
  constructor(share: number, stepsASecond: number) {
    this.#share = share;
    this.#turnSteps = Math.round(stepsASecond);
  }

  reset(seed: number): void {
    this.#random = new Random(seed + TURNS_SEED);
  }

  /** @param step of the fight, each once */
  at(step: number): void {
    if (step % this.#turnSteps === 0) this.isTeachers = this.#random.next() < this.#share;
  }
}
