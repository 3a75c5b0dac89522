/**
 * Fights of the scripted player that no model was trained on, seen frame by frame: what the phase is, what the player
 * holds, and how the picture would look without its threats. Drawn and preprocessed as live play does it.
 */
import { FightCanvas, DEFAULT_PICTURE_SIZE } from '../../../src/arena/canvas.js';
import { Fight, type FightState } from '../../../src/arena/fight.js';
import { createPlayer, type PlayerName } from '../../../src/arena/players/index.js';
import { ARENA_ACTIONS } from '../../../src/arena/actions.js';
import type { HeldActions } from '../../../src/core/action-set.js';
import { LabelMatrix } from '../../../src/core/label-matrix.js';
import { TEST, type TrainingData } from '../../../src/training/dataset.js';
import { MemoryRows, rowsSha256 } from '../../../src/training/rows.js';
import { Preprocessor } from '../../../src/vision/preprocessor.js';
import { STUDY_CONTRACT } from '../../../src/vision/preprocessing-contract.js';

/** Steps of 1/60 s between two frames at 10 Hz. */
const STEPS_A_FRAME = 6;

export interface HeldOut {
  /** All of it is test; labels are what is held at the frame. */
  readonly data: TrainingData;
  readonly framesSha256: string;
  /** [n] 1 to 3 while the boss attacks, 0 before and between. */
  readonly phaseOf: Uint8Array;
  /** [n, H * W] uint8: the same frames without threats. */
  readonly withoutThreats: Uint8Array;
}

class Frames {
  readonly gray: Uint8Array[] = [];
  readonly bare: Uint8Array[] = [];
  readonly labels: HeldActions[] = [];
  readonly phases: number[] = [];
  readonly fights: number[] = [];
  readonly #canvas: FightCanvas;
  readonly #preprocessor = new Preprocessor(STUDY_CONTRACT);

  constructor(canvas: FightCanvas) {
    this.#canvas = canvas;
  }

  add(state: Readonly<FightState>, held: HeldActions, fight: number): void {
    const gray = this.#grayOf(state);
    this.gray.push(gray);
    this.bare.push(state.threats.length === 0 ? gray : this.#grayOf({ ...state, threats: [] }));
    this.labels.push(held);
    this.phases.push(state.stage === 'fight' ? state.phase : 0);
    this.fights.push(fight);
  }

  #grayOf(state: Readonly<FightState>): Uint8Array {
    const pixels = this.#canvas.draw(state);
    this.#preprocessor.process({ ...this.#canvas.size, pixels });
    return Uint8Array.from(this.#preprocessor.gray);
  }
}

/** Plays the fights with seeds from `seed` on, without a clock. */
export async function heldOutFights(player: PlayerName, fights: number, seed: number): Promise<HeldOut> {
  const { width, height } = STUDY_CONTRACT;
  const frames = new Frames(await FightCanvas.open(DEFAULT_PICTURE_SIZE, { thinnedTo: { width, height } }));
  for (let index = 0; index < fights; index += 1) {
    const hand = createPlayer(player, seed + index);
    hand.reset(seed + index);
    const fight = new Fight({ seed: seed + index, level: 'normal' });
    for (let step = 0; fight.outcome === null; step += 1) {
      const held = hand.decide(fight.state);
      if (step % STEPS_A_FRAME === 0) frames.add(fight.state, held, index);
      fight.step(held);
    }
  }
  const count = frames.phases.length;
  const data: TrainingData = {
    frames: new MemoryRows(joined(frames.gray), width * height),
    ...{ image: [height, width], labels: LabelMatrix.fromHeld(ARENA_ACTIONS, frames.labels) },
    fightOf: Int32Array.from(frames.fights),
    partOf: new Uint8Array(count).fill(TEST),
  };
  const framesSha256 = rowsSha256(data.frames);
  return { data, framesSha256, phaseOf: Uint8Array.from(frames.phases), withoutThreats: joined(frames.bare) };
}

function joined(rows: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(rows.length * rows[0].length);
  for (const [index, row] of rows.entries()) all.set(row, index * row.length);
  return all;
}
