/**
 * Chooses how a bundle acts, where no game can be played to find out: of several ways, the one whose keys on held-out
 * fights are most like the person's, by how often each action is pressed and how long it is held. F1 does not say this:
 * thresholds with the best F1 press nearly always where a model is unsure, and those at 0.5 nearly never.
 */
import type { ActionSet } from '../core/action-set.js';
import { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';
import { SampleGate, type Act, type ActGate } from '../policy/act-gate.js';
import { ThresholdGate, type Threshold, type Thresholds } from '../policy/thresholds.js';
import { habitsOf, type Habits } from './habits.js';
import { thresholdsByRate, tuneThresholds } from './tune-thresholds.js';

/** What the options say of how a bundle acts. */
export interface AskedAct {
  /** Default `threshold`. */
  readonly act?: Act | 'choose';
  /** One press threshold for all actions; default: tuned. */
  readonly threshold?: number;
  readonly fps: number;
}

/** How a bundle acts, with the habits of the person and of an agent that acts so. */
export interface ChosenAct extends Way {
  readonly thresholds: Record<string, Threshold>;
  readonly habits: { readonly person: Habits; readonly agent: Habits } | null;
  /** All that it was chosen from; a game can be asked which of them plays best. Empty where nothing was held out. */
  readonly ways: readonly NamedWay[];
}

/** One way to act. */
export interface Way {
  readonly act: Act;
  readonly thresholds: Thresholds;
}

/** One that `train` tries: thresholds of the best F1, thresholds that press as often as the person, or draws. */
export interface NamedWay extends Way {
  readonly thresholds: Record<string, Threshold>;
  readonly name: 'best-f1' | 'matched-rate' | 'drawn';
}

export interface HeldOut {
  /** [n, K], fight after fight */
  readonly probabilities: ProbabilityMatrix;
  /** [n, K] what the person held */
  readonly labels: LabelMatrix;
  /** [n] */
  readonly fightOf: Int32Array;
}

export interface Choice {
  /** The nearest way, as its place among those that were tried. */
  readonly index: number;
  /** What the person did, and what an agent that acts this way would have done on the same pictures. */
  readonly person: Habits;
  readonly agent: Habits;
  /** Of each way that was tried: 0 is the person's own habits. */
  readonly distances: readonly number[];
}

/** What would be held, frame by frame; a gate begins each fight with nothing held. */
function heldBy(gate: ActGate, { probabilities, fightOf }: HeldOut, fps: number): LabelMatrix {
  const held = LabelMatrix.zeros(probabilities.actions, probabilities.count);
  for (let row = 0; row < probabilities.count; row += 1) {
    if (row > 0 && fightOf[row] !== fightOf[row - 1]) gate.reset();
    held.setHeld(row, gate.decide(probabilities.row(row), (row * 1000) / fps));
  }
  return held;
}

function gateOf({ act, thresholds }: Way, actions: ActionSet, fps: number): ActGate {
  const periodMs = 1000 / fps;
  if (act === 'sample') return new SampleGate({ actions, never: () => false, periodMs, seed: 1 });
  return new ThresholdGate({ actions, thresholds, minHoldMs: 0, minGapMs: 0 });
}

/** Added to each rate, a minute and of all frames: an action that is hardly ever used decides little. */
const LEAST = { presses: 2, held: 0.01 };

/** Mean over the actions of how many times too often or too seldom each is pressed and held, in octaves. */
function distanceOf(person: Habits, agent: Habits): number {
  const octaves = (one: number, other: number, least: number): number =>
    Math.abs(Math.log2((one + least) / (other + least)));
  const each = Object.entries(person).map(([name, { held, pressesPerMinute }]) => {
    const ours = agent[name];
    return octaves(pressesPerMinute, ours.pressesPerMinute, LEAST.presses) + octaves(held, ours.held, LEAST.held);
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/**
 * The way whose habits are nearest to the person's; the first of equals. @param ways at least one
 */
export function chooseWay(heldOut: HeldOut, ways: readonly Way[], fps: number): Choice {
  const { labels, fightOf } = heldOut;
  const person = habitsOf(labels, fightOf, fps);
  const agents = ways.map((way) => habitsOf(heldBy(gateOf(way, labels.actions, fps), heldOut, fps), fightOf, fps));
  const distances = agents.map((agent) => distanceOf(person, agent));
  const index = distances.indexOf(Math.min(...distances));
  return { index, person, agent: agents[index], distances };
}

function waysOf({ probabilities, labels }: HeldOut): readonly NamedWay[] {
  const byRate = thresholdsByRate(probabilities, labels);
  return [
    { name: 'best-f1', act: 'threshold', thresholds: tuneThresholds(probabilities, labels) },
    { name: 'matched-rate', act: 'threshold', thresholds: byRate },
    { name: 'drawn', act: 'sample', thresholds: byRate },
  ];
}

/** As the options say; chosen on held-out fights where they leave it open. */
export function chooseAct({ act = 'threshold', threshold, fps }: AskedAct, heldOut: HeldOut): ChosenAct {
  const { labels } = heldOut;
  if (threshold !== undefined) {
    const fixed = { press: threshold, release: threshold };
    const thresholds = Object.fromEntries(labels.actions.names.map((action) => [action, fixed]));
    return { act: 'threshold', thresholds, habits: null, ways: [] };
  }
  if (labels.count === 0) {
    const thresholds = tuneThresholds(heldOut.probabilities, labels);
    return { act: act === 'sample' ? act : 'threshold', thresholds, habits: null, ways: [] };
  }
  const ways = waysOf(heldOut);
  const tried = act === 'choose' ? ways : ways.filter(({ name }) => name === (act === 'sample' ? 'drawn' : 'best-f1'));
  const { index, person, agent } = chooseWay(heldOut, tried, fps);
  const { thresholds } = tried[index];
  return { act: tried[index].act, thresholds, habits: { person, agent }, ways };
}
