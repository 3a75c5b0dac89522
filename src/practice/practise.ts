/**
 * `practice`: an agent's head gets better by reward alone, in a game that can be stepped. It plays, each update learns from its
 * fights, from time to time fights by thresholds say how it plays now, and the best of those is compared with the bundle that
 * was given, fight by fight. The encoder stays as it is.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { badOption, UnderstudyError } from '../core/errors.js';
import { Random } from '../core/random.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { compareFights, type Comparison } from '../evaluation/better.js';
import { writeFigureOrWarn, type Figure } from '../evaluation/figures/figure.js';
import { practiceFigure } from '../evaluation/figures/practice.js';
import { signTest } from '../evaluation/intervals.js';
import { descriptionOf, readBundle, refuseOut, writeBundle, type Bundle } from '../policy/bundle.js';
import { headGraph, readHeadWeights } from '../policy/onnx/head-graph.js';
import { loadEngine, type EngineName } from '../training/engine.js';
import { headModel } from '../training/import-model.js';
import { initialWeights } from '../training/initial-weights.js';
import type { KerasModel } from '../training/keras/read.js';
import type { NamedArray } from '../training/network.js';
import { canonicalJson, replaceJson } from '../training/plain-json.js';
import { headWeights } from '../training/study-weights.js';
import { followSteps } from '../training/tensorboard/event-log.js';
import { behaviourOf } from './behaviour.js';
import { practiceGame, type GameName } from './games/index.js';
import { Learner, type LearnerSettings } from './learner.js';
import type { PracticeFight } from './play-fights.js';
import { PlayerThreads } from './player-threads.js';
import { readState, writeState, type Check, type PracticeState, type Update } from './practice-state.js';

export interface PracticeSettings {
  readonly game: GameName;
  /** Reward of one of each event, by name; the game's own where it is not named. */
  readonly rewards: Readonly<Record<string, number>>;
  readonly learner: LearnerSettings;
  /** Of the draws, > 0. */
  readonly temperature: number;
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

export interface PracticeWatcher {
  readonly say: (text: string) => void;
  /** Fights of an update, a check or a comparison. */
  readonly onFights: (what: string, done: number, total: number) => void;
  readonly onUpdate: (update: Update, secondsLeft: number) => void;
  readonly onCheck: (check: Check, isBest: boolean) => void;
}

/** What `practice --json` prints. */
export interface PracticeReport {
  readonly from: { readonly folder: string; readonly id: string; readonly name: string };
  /** Folder of the better agent: `out`, or the one that was given. */
  readonly best: string;
  readonly kept: boolean;
  /** After this update; 0 where no check was better than the first. */
  readonly bestUpdate: number;
  readonly decisions: number;
  readonly updates: readonly Update[];
  readonly checks: readonly Check[];
  /** Why it ended before its time; null where it did not. */
  readonly stopped: string | null;
  /** The bundle that was given and the best one, in the same fights, by thresholds. */
  readonly compared: { readonly before: Check; readonly after: Check; readonly difference: Comparison['difference'] };
  readonly work: string;
  readonly seconds: number;
}

/** Seeds of fights that are not practised on: checks choose the best, the comparison judges it. */
const CHECK_SEED = 4_000_000;
const COMPARED_SEED = 3_000_000;

const MOST_THREADS = 8;
const STATE_FILE = 'practice.checkpoint';

/** In the work folder: the best agent so far. */
const BEST_FOLDER = 'best';

/** Beyond these nothing of the first agent is left, and nothing is tried any more. Nats a decision. */
const MOST_KL = 20;
const LEAST_ENTROPY = 1e-4;
/** A check that is worse than the first one by no chance ends practice. */
const WORSE_BY_CHANCE = 0.001;

/**
 * @returns null where it was interrupted: at most one update is lost, and --resume continues
 * @throws UnderstudyError before anything is done: `bad-option`, `bundle-mismatch`; then as Learner, PlayerThreads and writeBundle
 */
export async function practise(
  request: PracticeRequest,
  watch: PracticeWatcher,
  signal: AbortSignal,
): Promise<PracticeReport | null> {
  const beganMs = performance.now();
  const { settings, work, out } = request;
  const bundle = await readBundle(request.bundle);
  await assertCanPractise(bundle, request);
  mkdirSync(work, { recursive: true });
  const first = firstHead(bundle, settings);
  const engine = await loadEngine(request.engine, { deterministic: request.deterministic });
  watch.say(`${practiceGame(settings.game).name}, on ${engine.description}`);
  const threads = request.threads ?? Math.min(availableParallelism(), MOST_THREADS);
  await using players = new PlayerThreads({ bundle, game: settings.game, threads });
  const file = join(work, STATE_FILE);
  const fingerprint = fingerprintOf(bundle, request);
  const stored = request.resume ? readState(file, fingerprint) : null;
  const behaviour = behaviourOf(bundle.manifest, settings.temperature);
  const start = stored?.learner ?? { criticSeed: settings.seed };
  using learner = new Learner(engine, first, behaviour, settings.learner, start);
  const state = stored ?? { ...freshState(fingerprint, settings, learner), learner: learner.state() };
  const practice = new Practice({ request, bundle, first, learner, players, watch, signal, file }, state);
  if (!(await practice.run())) return null;
  const judged = await practice.judge();
  if (judged === null) return null;
  const { best, updates, checks, stopped } = practice.state;
  const figure = () => figureOf(bundle.manifest.name, practice.state);
  await writeFigureOrWarn(work, figure, 'the practice is not drawn', watch.say);
  const from = { folder: bundle.folder, id: bundle.id, name: bundle.manifest.name };
  const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
  const decisions = decisionsOf(updates);
  const { kept, ...compared } = judged;
  return {
    from,
    best: kept ? out : bundle.folder,
    kept,
    bestUpdate: best.update,
    decisions,
    updates,
    checks,
    stopped,
    compared,
    work,
    seconds,
  };
}

interface PracticeParts {
  readonly request: PracticeRequest;
  readonly bundle: Bundle;
  readonly first: KerasModel;
  readonly learner: Learner;
  readonly players: PlayerThreads;
  readonly watch: PracticeWatcher;
  readonly signal: AbortSignal;
  readonly file: string;
}

class Practice {
  readonly #parts: PracticeParts;
  #state: PracticeState;

  constructor(parts: PracticeParts, state: PracticeState) {
    this.#parts = parts;
    this.#state = state;
  }

  get state(): PracticeState {
    return this.#state;
  }

  /** Updates and checks until the decisions are made or practice has to stop. @returns false where it was interrupted */
  async run(): Promise<boolean> {
    const { request, learner } = this.#parts;
    const { checkEvery } = request.settings;
    for (;;) {
      const { updates, checks, stopped } = this.#state;
      const isOver = stopped !== null || decisionsOf(updates) >= request.decisions;
      const isCheckDue = updates.length % checkEvery === 0 || isOver;
      if (isCheckDue && stopped === null && checks.at(-1)?.update !== updates.length) {
        if (!(await this.#check(learner.weights()))) return false;
        continue; // it may have stopped practice
      }
      if (isOver) return true;
      if (!(await this.#update())) return false;
    }
  }

  /** The best head and the first one in the same fights, which nothing was chosen by. Writes the best, if it is better. */
  async judge(): Promise<(PracticeReport['compared'] & { readonly kept: boolean }) | null> {
    const { request, bundle, first } = this.#parts;
    const { best } = this.#state;
    const after = await this.#score('the best agent', best.weights, COMPARED_SEED, request.compareFights);
    const before =
      after && (await this.#score('the one that was given', first.weights, COMPARED_SEED, request.compareFights));
    if (before === null || after === null) return null;
    const { difference, isBetter } = compareFights(before.wins, after.wins, true)!;
    const practised = { ...this.#record(), compared: { before, after, difference }, kept: isBetter };
    const { manifest, encoder } = bundle;
    const description = { ...descriptionOf(manifest), training: { ...manifest.training, practised } };
    const models = { encoder, head: this.#graph(best.weights) };
    await writeBundle(join(request.work, BEST_FOLDER), description, models);
    if (isBetter) await writeBundle(request.out, { ...description, name: basename(resolve(request.out)) }, models);
    return { before, after, difference, kept: isBetter };
  }

  async #update(): Promise<boolean> {
    const { request, learner, watch, signal } = this.#parts;
    const { fights, firstSeed, burnIn, temperature } = request.settings;
    const { updates } = this.#state;
    const number = updates.length + 1;
    const beganMs = performance.now();
    const played = await this.#parts.players.play({
      head: this.#graph(learner.weights()),
      practice: {
        behaviour: behaviourOf(this.#parts.bundle.manifest, temperature),
        rewards: rewardsOf(request.settings),
      },
      firstSeed: firstSeed + (number - 1) * fights,
      fights,
      signal,
      onFight: (done) => watch.onFights(`update ${number}`, done, fights),
    });
    if (played === null) return false;
    const steps = played.map(({ taken }) => taken!).filter(({ drawn }) => drawn.length > 0);
    const random = Random.restore(this.#state.random);
    const learnedFromMs = performance.now();
    const learned = await unlessAborted(
      learner.update(steps, { onlyCritic: number <= burnIn, random, signal }),
      signal,
    );
    if (learned === null && signal.aborted) return false;
    if (learned === null) {
      this.#keep({ stopped: `update ${number}: a loss or a weight is not a number` }, false);
      return true;
    }
    const update: Update = {
      update: number,
      fights,
      won: played.filter(({ outcome }) => outcome === 'won').length,
      decisions: steps.reduce((sum, { drawn }) => sum + drawn.length, 0),
      meanReturn: steps.reduce((sum, { rewards }) => sum + rewards.reduce((a, b) => a + b, 0), 0) / fights,
      ...learned,
      playSeconds: (learnedFromMs - beganMs) / 1000,
      learnSeconds: (performance.now() - learnedFromMs) / 1000,
    };
    const stopped = collapseOf(update);
    this.#keep({ updates: [...updates, update], random: random.state(), stopped });
    watch.onUpdate(update, secondsLeft(this.#state.updates, request.decisions));
    if (stopped !== null) watch.say(`practice stops: ${stopped}`);
    return true;
  }

  async #check(weights: readonly NamedArray[]): Promise<boolean> {
    const { request, watch } = this.#parts;
    const check = await this.#score('check', weights, CHECK_SEED, request.settings.checkFights);
    if (check === null) return false;
    const { checks, updates } = this.#state;
    const [given] = checks;
    const isBest = checks.every((other) => isPreferred(check, other));
    const stopped =
      given !== undefined && isFallen(given, check)
        ? `update ${updates.length}: fewer wins than at first, by no chance`
        : null;
    const best = isBest ? { best: { update: updates.length, weights } } : {};
    this.#keep({ checks: [...checks, check], stopped, ...best });
    watch.onCheck(check, isBest);
    if (stopped !== null) watch.say(`practice stops: ${stopped}`);
    return true;
  }

  /** Plays by thresholds. */
  async #score(what: string, weights: readonly NamedArray[], firstSeed: number, fights: number): Promise<Check | null> {
    const { players, watch, signal } = this.#parts;
    const onFight = (done: number): void => watch.onFights(what, done, fights);
    const played = await players.play({
      head: this.#graph(weights),
      practice: null,
      firstSeed,
      fights,
      signal,
      onFight,
    });
    if (played === null) return null;
    const { updates } = this.#state;
    return {
      update: updates.length,
      decisions: decisionsOf(updates),
      wins: played.map(({ outcome }) => Number(outcome === 'won')),
      events: meanEvents(played),
    };
  }

  #graph(weights: readonly NamedArray[]): Uint8Array {
    const { first, bundle } = this.#parts;
    return headGraph(headWeights({ ...first, weights }), { windowLength: bundle.manifest.windowLength });
  }

  /** @param withLearner false keeps the learner's earlier state: this one is broken */
  #keep(change: Partial<PracticeState>, withLearner = true): void {
    const { learner, file, request } = this.#parts;
    const current = withLearner ? { learner: learner.state() } : {};
    this.#state = { ...this.#state, ...change, ...current };
    writeState(file, this.#state);
    const { updates, checks } = this.#state;
    replaceJson(join(request.work, 'practice.json'), { updates, checks, stopped: this.#state.stopped });
    followSteps(join(request.work, 'tensorboard'), updates.map(loggedStep));
  }

  /** What the bundle says of its practice. */
  #record(): Record<string, unknown> {
    const { request, bundle } = this.#parts;
    const { settings, command, compareFights: compared } = request;
    const { updates, checks, best, stopped } = this.#state;
    return {
      command,
      from: { id: bundle.id, name: bundle.manifest.name },
      game: practiceGame(settings.game).name,
      seeds: seedsOf(settings, updates, compared),
      decisions: decisionsOf(updates.slice(0, best.update)),
      updates: best.update,
      settings: { ...settings, rewards: rewardsOf(settings) },
      checks: checks.map(({ update, wins }) => ({ update, fights: wins.length, won: sum(wins) })),
      stopped,
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const decisionsOf = (updates: readonly Update[]): number => sum(updates.map(({ decisions }) => decisions));

/** Ranges of seeds, [first, count]. */
function seedsOf({ firstSeed, checkFights }: PracticeSettings, updates: readonly Update[], compared: number) {
  return {
    practised: [firstSeed, sum(updates.map(({ fights }) => fights))],
    checked: [CHECK_SEED, checkFights],
    compared: [COMPARED_SEED, compared],
  };
}

/** More wins; of as many, the later one, which has practised more. */
const isPreferred = (check: Check, other: Check): boolean => sum(check.wins) >= sum(other.wins);

function isFallen(given: Check, check: Check): boolean {
  const difference = check.wins.map((won, fight) => won - given.wins[fight]);
  const [better, worse] = [1, -1].map((sign) => difference.filter((value) => value === sign).length);
  return worse > better && signTest(better, worse) <= WORSE_BY_CHANCE;
}

function collapseOf({ update, klToFirst, entropy }: Update): string | null {
  if (klToFirst > MOST_KL) return `update ${update}: ${klToFirst.toFixed(1)} nats a decision away from the first head`;
  return entropy < LEAST_ENTROPY
    ? `update ${update}: nothing is tried any more (entropy ${entropy.toExponential(1)})`
    : null;
}

function meanEvents(fights: readonly PracticeFight[]): Record<string, number> {
  const names = [...new Set(fights.flatMap(({ events }) => Object.keys(events)))];
  return Object.fromEntries(
    names.map((name) => [name, sum(fights.map(({ events }) => events[name] ?? 0)) / fights.length]),
  );
}

function figureOf(name: string, { updates, checks, best }: PracticeState): Figure {
  return practiceFigure(name, {
    updates,
    checks: checks.map(({ update, decisions, wins }) => {
      return { decisions, won: sum(wins), fights: wins.length, isBest: update === best.update };
    }),
  });
}

/** By the time of the last ten updates. */
function secondsLeft(updates: readonly Update[], decisions: number): number {
  const last = updates.slice(-10);
  const seconds = sum(last.map(({ playSeconds, learnSeconds }) => playSeconds + learnSeconds));
  return (Math.max(0, decisions - decisionsOf(updates)) * seconds) / decisionsOf(last);
}

function loggedStep({ update, won, fights, meanReturn, klToFirst, entropy, explained }: Update) {
  const values = { won: won / fights, return: meanReturn, klToFirst, entropy, explained };
  return { step: update, values: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) };
}

/** Every event's reward. */
function rewardsOf({ game, rewards }: PracticeSettings): Record<string, number> {
  const own = Object.entries(practiceGame(game).events).map(([name, { reward }]) => [name, reward] as const);
  return { ...Object.fromEntries(own), ...rewards };
}

function firstHead({ head, manifest }: Bundle, { freshHead, seed }: PracticeSettings): KerasModel {
  const model = headModel(readHeadWeights(head), manifest.windowLength);
  return freshHead ? { ...model, weights: initialWeights(model.network, seed) } : model;
}

function freshState(fingerprint: string, { seed }: PracticeSettings, learner: Learner): Omit<PracticeState, 'learner'> {
  const best = { update: 0, weights: learner.weights() };
  return { fingerprint, random: new Random(seed).state(), updates: [], checks: [], best, stopped: null };
}

/** Of all that the result depends on but the number of decisions, so that more may follow. */
function fingerprintOf({ id }: Bundle, { settings, engine, deterministic }: PracticeRequest): string {
  const text = canonicalJson([id, { ...settings, rewards: rewardsOf(settings) }, engine, deterministic]);
  return createHash('sha256').update(text).digest('hex');
}

async function assertCanPractise(bundle: Bundle, { out, settings }: PracticeRequest): Promise<void> {
  const { game, fights, rewards } = settings;
  const { actions, events, name } = practiceGame(game);
  const known = Object.keys(events);
  const unknown = Object.keys(rewards).find((event) => !known.includes(event));
  if (unknown !== undefined) {
    throw badOption(`--reward: '${unknown}' is no event of ${name}.`, `The events are ${known.join(', ')}.`);
  }
  if (fights < 2) throw badOption('An update of one fight says nothing of what is usual.', 'Give --fights 2 or more.');
  await refuseOut(out, bundle.folder);
  const { manifest, folder } = bundle;
  if (manifest.training['kind'] !== 'trained') {
    throw badOption(
      `${folder} was not trained by this program: its record does not say what it has learned from.`,
      'Practise with a bundle of `understudy train`, or train one first.',
    );
  }
  if (bundle.actions.names.join() === actions.names.join()) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${folder} has the actions ${bundle.actions.names.join(', ')}; ${name} has ${actions.names.join(', ')}.`,
    next: 'Practise with a bundle that was trained on this game.',
  });
}
