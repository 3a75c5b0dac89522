/**
 * Menus are not played: closed while no fight is on. Pictures of menus stay out of the latent window, which then begins
 * with the first picture of the fight, as in the training.
 */
import type { Frame } from '../../core/frame.js';
import type { PictureGate } from '../gate.js';

/** What a picture says about fights. */
export interface SeenFight {
  /** Whether a fight is on; null where the game has no cue that says so. */
  readonly fighting: boolean | null;
  /** Whether this picture alone looks like a fight: a fight is on only after several of them. */
  readonly isPlay: boolean;
}

export class FightGate implements PictureGate {
  readonly name = 'fight';
  readonly #look: (frame: Frame) => SeenFight;
  #seen: SeenFight;

  /**
   * @param look called once for each picture
   * @param hasCue false: the game does not say when a fight is on, and this gate is always open
   */
  constructor(look: (frame: Frame) => SeenFight, hasCue: boolean) {
    this.#look = look;
    this.#seen = { fighting: hasCue ? false : null, isPlay: false };
  }

  /** False for the first pictures of a fight, before it is certain that one is on. */
  get blind(): boolean {
    return !this.#seen.isPlay;
  }

  see(frame: Frame | null): void {
    if (frame !== null) this.#seen = this.#look(frame);
  }

  closedBecause(): string | null {
    return this.#seen.fighting === false ? 'no fight is on' : null;
  }
}
