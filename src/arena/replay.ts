/** A fight as its inputs: what was held, run by run. With seed and level they replay it to the last bit. */
import type { HeldActions } from '../core/action-set.js';
import { Fight, type FightSummary, type Level } from './fight.js';

/** Held actions, and for how many steps of 1/60 s they were held, >= 1. */
export type InputRun = readonly [held: HeldActions, steps: number];

/** Collects the inputs of a fight: one run for every change. */
export class InputLog {
  readonly #runs: [HeldActions, number][] = [];

  add(held: HeldActions): void {
    const last = this.#runs.at(-1);
    if (last?.[0] === held) last[1] += 1;
    else this.#runs.push([held, 1]);
  }

  /** A copy of the runs so far, in order. */
  runs(): InputRun[] {
    return this.#runs.map(([held, steps]) => [held, steps]);
  }
}

export interface Replayed {
  /** Of the state after the last input or after the outcome, whichever came first. */
  readonly stateHash: string;
  readonly summary: FightSummary;
}

/** Plays the inputs again, headless. Inputs after the outcome change nothing. */
export function replay(inputs: readonly InputRun[], seed: number, level: Level): Replayed {
  const fight = new Fight({ seed, level });
  for (const [held, steps] of inputs) {
    for (let i = 0; i < steps && fight.outcome === null; i += 1) fight.step(held);
  }
  return { stateHash: fight.stateHash(), summary: fight.summary };
}
