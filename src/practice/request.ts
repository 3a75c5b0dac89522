/** What `practice` is asked for, what follows from it, and what is refused before anything is done. */
import { resolve, sep } from 'node:path';
import { badOption, UnderstudyError } from '../core/errors.js';
import { refuseOut, type Bundle } from '../policy/bundle.js';
import { readHeadWeights } from '../policy/onnx/head-graph.js';
import type { EngineName } from '../training/engine.js';
import { headModel } from '../training/import-model.js';
import { initialWeights } from '../training/initial-weights.js';
import type { KerasModel } from '../training/keras/read.js';
import { hashOf } from '../core/plain-json.js';
import { requireTrainedOn } from '../stepped/play-fights.js';
import { requireTrained } from '../training/trained-as.js';
import { identityOf } from '../stepped/games/program.js';
import { rulesOf, type GameName } from '../stepped/games/index.js';
import type { LearnerSettings } from './learner.js';

export interface PracticeSettings {
  readonly game: GameName;
  /** Reward of one of each event, by name; the game's own where it is not named. */
  readonly rewards: Readonly<Record<string, number>>;
  readonly learner: LearnerSettings;
  /** Of the draws, > 0; null: what suits how the bundle acts. */
  readonly temperature: number | null;
  /** Of an update, >= 2. */
  readonly fights: number;
  /** Updates in which only the critic learns, >= 0. */
  readonly burnIn: number;
  /** Updates from one check to the next, >= 1. */
  readonly checkEvery: number;
  readonly checkFights: number;
  /** Update k, from 0, has fights from `firstSeed` + k times `fights`. */
  readonly firstSeed: number;
  readonly seed: number;
  /** Begin with random weights instead of the bundle's head: what the cloning was worth. */
  readonly freshHead: boolean;
}

export interface PracticeRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Where the practised bundle goes; written only where it plays better beyond the noise. */
  readonly out: string;
  /** Checkpoint, TensorBoard's events, the best bundle so far. */
  readonly work: string;
  readonly settings: PracticeSettings;
  /** Practice ends with the update that reaches as many. */
  readonly decisions: number;
  /** Of both agents, at the end. */
  readonly compareFights: number;
  /** Default as many as there are cores, at most 8. Changes nothing but the time. */
  readonly threads: number | null;
  readonly engine: EngineName;
  readonly deterministic: boolean;
  readonly resume: boolean;
  /** For the bundle's record. */
  readonly command: string;
}

/** Every event's reward. */
export function rewardsOf({ game, rewards }: PracticeSettings): Record<string, number> {
  const own = Object.entries(rulesOf(game).events).map(([name, { reward }]) => [name, reward] as const);
  return { ...Object.fromEntries(own), ...rewards };
}

/** The head that practice begins with. */
export function firstHead({ head, manifest }: Bundle, { freshHead, seed }: PracticeSettings): KerasModel {
  const model = headModel(readHeadWeights(head), manifest.windowLength);
  return freshHead ? { ...model, weights: initialWeights(model.network, seed) } : model;
}

/** Of all that the result depends on but the number of decisions, so that more may follow. */
export function fingerprintOf({ id }: Bundle, { settings, engine, deterministic }: PracticeRequest): string {
  const game = settings.game.kind === 'program' ? identityOf(settings.game) : settings.game;
  return hashOf([id, { ...settings, game, rewards: rewardsOf(settings) }, engine, deterministic], 64);
}

/** @throws UnderstudyError `bad-option`, `bundle-mismatch`, `write-failed` for a folder at `out` that is not a bundle */
export async function assertCanPractise(bundle: Bundle, { out, work, settings }: PracticeRequest): Promise<void> {
  const { game, fights, rewards } = settings;
  const rules = rulesOf(game);
  const { actions, events, name } = rules;
  const known = Object.keys(events);
  const unknown = Object.keys(rewards).find((event) => !known.includes(event));
  if (unknown !== undefined) {
    throw badOption(`--reward: '${unknown}' is no event of ${name}.`, `The events are ${known.join(', ')}.`);
  }
  if (Object.values(rewardsOf(settings)).every((reward) => reward === 0)) {
    throw badOption(
      'Every reward is 0: there is nothing to learn from.',
      `Give one with --reward; the events are ${known.join(', ')}.`,
    );
  }
  if (fights < 2) throw badOption('An update of one fight says nothing of what is usual.', 'Give --fights 2 or more.');
  await refuseOut(out, bundle.folder);
  const inWork = [bundle.folder, out].find((path) => `${resolve(path)}${sep}`.startsWith(`${resolve(work)}${sep}`));
  if (inWork !== undefined) {
    throw badOption(`${inWork} lies in the work folder ${work}, which practice writes to.`, 'Name another --work.');
  }
  const { folder } = bundle;
  requireTrained(bundle);
  requireTrainedOn(bundle, rules);
  if (bundle.actions.names.join() === actions.names.join()) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${folder} has the actions ${bundle.actions.names.join(', ')}; ${name} has ${actions.names.join(', ')}.`,
    next: 'Practise with a bundle that was trained on this game.',
  });
}
