/**
 * How keys are used: how often each is pressed, how long it is held, how often the direction changes. What an agent
 * would do on held-out fights, beside what the person did, shows sooner than F1 that it freezes or presses all the time.
 */
import { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';
import { onsetsOf } from '../session/onsets.js';

/** How one action is used. */
export interface Habit {
  /** Share of the frames at which it is held, 0..1. */
  readonly held: number;
  /** Presses a minute. */
  readonly pressesPerMinute: number;
  /** Mean length of a hold, s; null where it is never pressed. */
  readonly holdSeconds: number | null;
}

export type Habits = Readonly<Record<string, Habit>>;

export function habitsOf(labels: LabelMatrix, fightOf: Int32Array, fps: number): Habits {
  const counts = labels.counts();
  const minutes = labels.count / fps / 60;
  return Object.fromEntries(
    labels.actions.names.map((name, index) => {
      const presses = onsetsOf(labels, index, fightOf).length;
      const holdSeconds = presses === 0 ? null : counts[index] / presses / fps;
      return [name, { held: counts[index] / labels.count, pressesPerMinute: presses / minutes, holdSeconds }];
    }),
  );
}

/** Of all actions together. */
interface Pace {
  readonly pressesPerMinute: number;
  /** Mean number of actions held at a frame. */
  readonly held: number;
  /** Changes from an action to its opposite a minute, with or without a pause between; null without opposing actions. */
  readonly turnsPerMinute: number | null;
}

function paceOf(labels: LabelMatrix, fightOf: Int32Array, fps: number): Pace {
  const each = Object.values(habitsOf(labels, fightOf, fps));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const { opposing } = labels.actions;
  const minutes = labels.count / fps / 60;
  const turns = sum(opposing.map((pair) => turnsOf(labels, fightOf, pair)));
  return {
    pressesPerMinute: sum(each.map(({ pressesPerMinute }) => pressesPerMinute)),
    held: sum(each.map(({ held }) => held)),
    turnsPerMinute: opposing.length === 0 ? null : turns / minutes,
  };
}

function turnsOf(labels: LabelMatrix, fightOf: Int32Array, [one, other]: readonly [number, number]): number {
  let turns = 0;
  let last = 0;
  for (let row = 0; row < labels.count; row += 1) {
    if (row > 0 && fightOf[row] !== fightOf[row - 1]) last = 0;
    const direction = labels.at(row, one) - labels.at(row, other);
    if (direction === 0) continue;
    if (direction === -last) turns += 1;
    last = direction;
  }
  return turns;
}

/**
 * One line on what an agent would do that holds each key from a probability of 0.5 on.
 *
 * @param probabilities [n, K] and `labels` [n, K], fight after fight
 */
export function paceText(
  probabilities: ProbabilityMatrix,
  labels: LabelMatrix,
  fightOf: Int32Array,
  fps: number,
): string {
  const held = new LabelMatrix(
    labels.actions,
    Uint8Array.from(probabilities.values, (p) => Number(p >= 0.5)),
  );
  const [agent, person] = [held, labels].map((matrix) => paceOf(matrix, fightOf, fps));
  const pair = (name: keyof Pace, digits: number): string =>
    `${agent[name]?.toFixed(digits)} (${person[name]?.toFixed(digits)})`;
  const turns = person.turnsPerMinute === null ? '' : `, ${pair('turnsPerMinute', 0)} turns`;
  return `agent at 0.5 (person): ${pair('pressesPerMinute', 0)} presses a minute${turns}, ${pair('held', 2)} keys held`;
}
