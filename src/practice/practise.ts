/**
 * `practice`: an agent's head gets better by reward alone, in a game that can be stepped. It plays, each update learns from its
 * fights, from time to time fights by thresholds say how it plays now, and the best of those is compared with the bundle that
 * was given, fight by fight. The encoder stays as it is.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { badOption, type UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { Random } from '../core/random.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { HELD_OUT_SEED } from '../evaluation/arena/settings.js';
import { compareFights, type Comparison } from '../evaluation/better.js';
import { writeFigureOrWarn, type Figure } from '../evaluation/figures/figure.js';
import { practiceFigure } from '../evaluation/figures/practice.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import { headGraph } from '../policy/onnx/head-graph.js';
import { loadEngine } from '../training/engine.js';
import type { KerasModel } from '../training/keras/read.js';
import type { NamedArray } from '../training/network.js';
import { replaceJson } from '../core/plain-json.js';
import { headWeights } from '../training/study-weights.js';
import { followSteps } from '../training/tensorboard/event-log.js';
import { behaviourOf } from '../stepped/behaviour.js';
import { rulesOf } from '../stepped/games/index.js';
import { BY_WINS, valueOf, type SteppedRules } from '../stepped/stepped-game.js';
import { Learner } from './learner.js';
import { collapseOf, isFallen, isPreferred, sum } from './verdicts.js';
import type { PracticeFight } from '../stepped/play-fights.js';
import { PlayerThreads, usualThreads, type FightsOrder } from '../stepped/player-threads.js';
import {
  assertCanPractise,
  fingerprintOf,
  firstHead,
  rewardsOf,
  type PracticeRequest,
  type PracticeSettings,
} from './request.js';
import { readState, writeState, type Check, type PracticeState, type Update } from './practice-state.js';

export interface PracticeWatcher {
  readonly say: (text: string) => void;
  /** Fights of an update, a check or a comparison. */
  readonly onFights: (what: string, done: number, total: number) => void;
  readonly onUpdate: (update: Update, judgedBy: string, secondsLeft: number) => void;
  readonly onCheck: (check: Check, judgedBy: string, isBest: boolean) => void;
}

/** What `practice --json` prints. */
export interface PracticeReport {
  readonly from: { readonly folder: string; readonly id: string; readonly name: string };
  /** Folder of the better agent: `out`, or the one that was given. */
  readonly best: string;
  readonly kept: boolean;
  /** `wins`, or the event of which a fight should have more. */
  readonly judgedBy: string;
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

/** Seeds of fights that are not practised on: checks choose the best, comparisons judge it. */
const CHECK_SEED = 4_000_000;
const COMPARED_SEED = 5_000_000;
/** From one comparison to the next: a second look at the same fights would be a second chance. */
const COMPARED_SEEDS = 10_000;

const STATE_FILE = 'practice.checkpoint';

/** In the work folder: the best agent so far. */
const BEST_FOLDER = 'best';

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
  const file = join(work, STATE_FILE);
  if (!request.resume && existsSync(file)) throw begunBefore(work);
  mkdirSync(work, { recursive: true });
  const first = firstHead(bundle, settings);
  const engine = await loadEngine(request.engine, { deterministic: request.deterministic });
  watch.say(`${rulesOf(settings.game).name}, on ${engine.description}`);
  const threads = request.threads ?? usualThreads();
  await using players = new PlayerThreads({ bundle, game: settings.game, threads, fights: settings.fights });
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
  const { judgedBy } = rulesOf(settings.game);
  const figure = () => figureOf(bundle.manifest.name, judgedBy, practice.state);
  await writeFigureOrWarn(work, figure, 'the practice is not drawn', watch.say);
  const from = { folder: bundle.folder, id: bundle.id, name: bundle.manifest.name };
  const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
  const decisions = decisionsOf(updates);
  const { kept, ...compared } = judged;
  return {
    from,
    judgedBy,
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
  readonly #rules: SteppedRules;
  #state: PracticeState;
  /** The learner has a weight that is not a number: its last state before that is kept. */
  #isBroken = false;

  constructor(parts: PracticeParts, state: PracticeState) {
    this.#parts = parts;
    this.#rules = rulesOf(parts.request.settings.game);
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
      if (this.#nextSeed() + request.settings.fights > HELD_OUT_SEED) {
        this.#stop(`the seeds below ${HELD_OUT_SEED} are used up: those from there on are for scores`);
      } else if (!(await this.#update())) return false;
    }
  }

  /** The best head and the first one in the same fights, which nothing was chosen by. Writes the best, if it is better. */
  async judge(): Promise<(PracticeReport['compared'] & { readonly kept: boolean }) | null> {
    const { request, bundle } = this.#parts;
    const { best, updates, looks, judged: earlier } = this.#state;
    if (earlier?.update === best.update && earlier.fights === request.compareFights) {
      // another look at the same agent would be another chance
      if (earlier.kept) await this.#write(request.out, earlier);
      return { ...earlier.compared, kept: earlier.kept };
    }
    const fights = { firstSeed: COMPARED_SEED + looks * COMPARED_SEEDS, fights: request.compareFights };
    const bestAfter = { update: best.update, decisions: decisionsOf(updates.slice(0, best.update)) };
    const after = await this.#score('the best agent', this.#graph(best.weights), fights, bestAfter);
    const before = after && (await this.#score('the one that was given', bundle.head, fights, AS_GIVEN));
    if (before === null || after === null) return null;
    const { difference, isBetter } = compareFights(before.values, after.values, this.#rules.judgedBy === BY_WINS)!;
    const judged = { compared: { before, after, difference }, kept: isBetter };
    this.#keep({ looks: looks + 1, judged: { ...judged, update: best.update, fights: request.compareFights } });
    await this.#write(join(request.work, BEST_FOLDER), judged);
    if (isBetter) await this.#write(request.out, judged);
    return { before, after, difference, kept: isBetter };
  }

  /** Writes the best agent so far. What the first head's record says of its scores is not true of this one. */
  async #write(folder: string, judged: Readonly<Record<string, unknown>>): Promise<void> {
    const { bundle, request } = this.#parts;
    const { manifest, encoder } = bundle;
    const before = manifest.training['practised'];
    const practised = { ...this.#record(), ...judged, ...given({ before }) };
    const training: Record<string, unknown> = { ...manifest.training, practised };
    for (const ofFirstHead of ['habits', 'ways']) delete training[ofFirstHead];
    const name = folder === request.out ? basename(resolve(folder)) : manifest.name;
    const models = { encoder, head: this.#graph(this.#state.best.weights) };
    await writeBundle(folder, { ...descriptionOf(manifest), name, training, metrics: {} }, models);
  }

  #nextSeed(): number {
    const { firstSeed } = this.#parts.request.settings;
    return firstSeed + sum(this.#state.updates.map(({ fights }) => fights));
  }

  #stop(reason: string): void {
    this.#keep({ stopped: reason });
    this.#parts.watch.say(`practice stops: ${reason}`);
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
    if (steps.length === 0) {
      this.#stop(`update ${number}: no fight lasted as long as a window`);
      return true;
    }
    const random = Random.restore(this.#state.random);
    const learnedFromMs = performance.now();
    const learned = await unlessAborted(
      learner.update(steps, { onlyCritic: number <= burnIn, random, signal }),
      signal,
    );
    if (learned === null && signal.aborted) return false;
    if (learned === null) {
      this.#isBroken = true;
      this.#stop(`update ${number}: a loss or a weight is not a number`);
      return true;
    }
    const update: Update = {
      update: number,
      fights,
      won: played.filter(({ outcome }) => outcome === 'won').length,
      value: sum(this.#valuesOf(played)) / fights,
      decisions: sum(steps.map(({ drawn }) => drawn.length)),
      meanReturn: sum(steps.flatMap(({ rewards }) => [...rewards])) / fights,
      ...learned,
      playSeconds: (learnedFromMs - beganMs) / 1000,
      learnSeconds: (performance.now() - learnedFromMs) / 1000,
    };
    this.#keep({ updates: [...updates, update], random: random.state() });
    watch.onUpdate(update, this.#rules.judgedBy, secondsLeft(this.#state.updates, request.decisions));
    const collapse = collapseOf(update);
    if (collapse !== null) this.#stop(collapse);
    return true;
  }

  async #check(weights: readonly NamedArray[]): Promise<boolean> {
    const { request, watch } = this.#parts;
    const { checks, updates } = this.#state;
    const fights = { firstSeed: CHECK_SEED, fights: request.settings.checkFights };
    const after = { update: updates.length, decisions: decisionsOf(updates) };
    const check = await this.#score('check', this.#graph(weights), fights, after);
    if (check === null) return false;
    const isBest = checks.every((other) => isPreferred(check, other));
    const best = isBest ? { best: { update: updates.length, weights } } : {};
    this.#keep({ checks: [...checks, check], ...best });
    watch.onCheck(check, this.#rules.judgedBy, isBest);
    if (isBest) await this.#write(join(request.work, BEST_FOLDER), {});
    const [first] = this.#state.checks;
    if (isFallen(first, check)) this.#stop(`update ${updates.length}: worse than at first, by no chance`);
    return true;
  }

  /** Plays by thresholds. @param of which agent it is */
  async #score(
    what: string,
    head: Uint8Array,
    fights: Pick<FightsOrder, 'firstSeed' | 'fights'>,
    of: Pick<Check, 'update' | 'decisions'>,
  ): Promise<Check | null> {
    const { players, watch, signal } = this.#parts;
    const onFight = (done: number): void => watch.onFights(what, done, fights.fights);
    const played = await players.play({ head, practice: null, ...fights, signal, onFight });
    if (played === null) return null;
    return { ...of, values: this.#valuesOf(played), events: meanEvents(played) };
  }

  #valuesOf(fights: readonly PracticeFight[]): number[] {
    return fights.map((fight) => valueOf(this.#rules, fight));
  }

  #graph(weights: readonly NamedArray[]): Uint8Array {
    const { first, bundle } = this.#parts;
    return headGraph(headWeights({ ...first, weights }), { windowLength: bundle.manifest.windowLength });
  }

  #keep(change: Partial<PracticeState>): void {
    const { learner, file, request } = this.#parts;
    const current = this.#isBroken ? {} : { learner: learner.state() };
    this.#state = { ...this.#state, ...change, ...current };
    writeState(file, this.#state);
    const { updates, checks } = this.#state;
    replaceJson(join(request.work, 'practice.json'), { updates, checks, stopped: this.#state.stopped });
    followSteps(join(request.work, 'tensorboard'), updates.map(loggedStep));
  }

  /** What the bundle says of its practice. */
  #record(): Record<string, unknown> {
    const { request, bundle } = this.#parts;
    const { settings, command, compareFights } = request;
    const { updates, checks, best, looks, stopped } = this.#state;
    const { name: game, fightsOf, judgedBy } = this.#rules;
    return {
      command,
      from: { id: bundle.id, name: bundle.manifest.name },
      ...{ game, fightsOf, judgedBy },
      seeds: {
        practised: [settings.firstSeed, this.#nextSeed() - settings.firstSeed],
        checked: [CHECK_SEED, settings.checkFights],
        compared: [COMPARED_SEED + Math.max(0, looks - 1) * COMPARED_SEEDS, compareFights],
      },
      looks,
      decisions: decisionsOf(updates.slice(0, best.update)),
      updates: best.update,
      // where a game's program lies is a matter of this machine
      settings: { ...settings, game, rewards: rewardsOf(settings) },
      checks: checks.map(({ update, values }) => ({
        update,
        fights: values.length,
        mean: sum(values) / values.length,
      })),
      stopped,
    };
  }
}

function begunBefore(work: string): UnderstudyError {
  return badOption(
    `${work} has a practice that was begun, which a new one would replace.`,
    'Give --resume to continue it, another --work (or --out), or remove that folder.',
  );
}

const decisionsOf = (updates: readonly Update[]): number => sum(updates.map(({ decisions }) => decisions));

const AS_GIVEN = { update: 0, decisions: 0 };

function meanEvents(fights: readonly PracticeFight[]): Record<string, number> {
  const names = [...new Set(fights.flatMap(({ events }) => Object.keys(events)))];
  return Object.fromEntries(
    names.map((name) => [name, sum(fights.map(({ events }) => events[name] ?? 0)) / fights.length]),
  );
}

function figureOf(name: string, judgedBy: string, { updates, checks, best }: PracticeState): Figure {
  return practiceFigure(name, {
    judgedBy: judgedBy === BY_WINS ? null : judgedBy,
    updates,
    checks: checks.map(({ update, ...check }) => ({ ...check, isBest: update === best.update })),
  });
}

/** By the time of the last ten updates. */
function secondsLeft(updates: readonly Update[], decisions: number): number {
  const last = updates.slice(-10);
  const seconds = sum(last.map(({ playSeconds, learnSeconds }) => playSeconds + learnSeconds));
  return (Math.max(0, decisions - decisionsOf(updates)) * seconds) / decisionsOf(last);
}

function loggedStep({ update, value, meanReturn, klToFirst, entropy, explained }: Update) {
  const values = { value, return: meanReturn, klToFirst, entropy, explained };
  return { step: update, values: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) };
}

function freshState(fingerprint: string, { seed }: PracticeSettings, learner: Learner): Omit<PracticeState, 'learner'> {
  const best = { update: 0, weights: learner.weights() };
  return {
    fingerprint,
    random: new Random(seed).state(),
    updates: [],
    checks: [],
    best,
    looks: 0,
    judged: null,
    stopped: null,
  };
}
