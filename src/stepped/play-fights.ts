/** Fights of an agent in a stepped game, by the loop and the policy of live play on a virtual clock, many at a time. */
import { AgentLoop } from '../agent/loop.js';
import { UNTIMED } from '../agent/untimed.js';
import type { HeldActions } from '../core/action-set.js';
import { VirtualClock } from '../core/clock.js';
import { given } from '../core/given.js';
import type { SharedModel } from '../evaluation/arena/shared-model.js';
import type { Bundle } from '../policy/bundle.js';
import type { Model } from '../policy/model.js';
import { openPolicy, requireBundleFits, requireCrop, type PolicyOptions } from '../policy/model-policy.js';
import { BehaviourGate, type Behaviour } from './behaviour.js';
import { addEvents, type SteppedGame, type SteppedRules } from './stepped-game.js';
import { SteppedStage } from './stepped-stage.js';

/** What happened in one fight. */
export interface PracticeFight {
  readonly seed: number;
  /** `won`, or another word of the game. */
  readonly outcome: string;
  /** Sums of the game's events over the fight. */
  readonly events: Readonly<Record<string, number>>;
  /** What is learned from; null of a fight that was played by thresholds. */
  readonly taken: FightSteps | null;
}

/** The decisions of a fight. Each has a whole window behind it, and its reward comes until the next one. */
export interface FightSteps {
  /** [n, D] of all pictures. */
  readonly latents: Float32Array;
  /** [m] drawn at pictures n - m to n - 1. */
  readonly drawn: Int32Array;
  /** [m] */
  readonly rewards: Float32Array;
}

/** How the bundle plays, where it is not as it says itself. Plain data. */
export type PlaysBy = Pick<PolicyOptions, 'act' | 'apply' | 'thresholds'>;

export interface FightsToPlay {
  readonly bundle: Bundle;
  readonly rules: Pick<SteppedRules, 'actions' | 'trainedOn'>;
  /** Periods a second. */
  readonly rateHz: number;
  readonly playsBy: PlaysBy;
  /** Of that bundle, with the head that plays. */
  readonly model: SharedModel;
  /** As many fights are played at a time. */
  readonly games: readonly SteppedGame[];
  /** The seed of the next fight; null where none is left. */
  readonly nextSeed: () => number | null;
  /** Null plays as the bundle does: by its thresholds. */
  readonly practice: { readonly behaviour: Behaviour; readonly rewards: Readonly<Record<string, number>> } | null;
  readonly signal: AbortSignal;
  readonly onFight: (fight: PracticeFight) => void;
}

/**
 * Plays until no seed is left or the signal comes. Which fights are played at the same time changes nothing about any.
 *
 * @throws UnderstudyError as `openPolicy` and the game
 */
export async function playFights(asked: FightsToPlay): Promise<void> {
  const broken = new AbortController();
  const signal = AbortSignal.any([asked.signal, broken.signal]);
  const playInTurn = async (game: SteppedGame): Promise<void> => {
    for (let seed = asked.nextSeed(); seed !== null && !signal.aborted; seed = asked.nextSeed()) {
      const fight = await playFight({ ...asked, signal }, game, seed);
      if (fight === null) return;
      asked.onFight(fight);
    }
  };
  const ends = await Promise.allSettled(
    asked.games.map((game) =>
      playInTurn(game).catch((error: unknown) => {
        broken.abort(); // the others end too
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** @throws UnderstudyError `bundle-mismatch` for an agent of another game, other actions, or another part of the picture */
export function requireTrainedOn(
  bundle: Bundle,
  { actions, trainedOn }: Pick<SteppedRules, 'actions' | 'trainedOn'>,
): void {
  requireBundleFits(bundle, actions, trainedOn?.game ?? null);
  if (trainedOn !== null) requireCrop(bundle, trainedOn.crop);
}

async function playFight(asked: FightsToPlay, game: SteppedGame, seed: number): Promise<PracticeFight | null> {
  const { bundle, model, practice, playsBy, rules, rateHz, signal } = asked;
  const clock = new VirtualClock();
  const record = new FightRecord(bundle.manifest.latentSize, practice?.rewards ?? {});
  const stage = new SteppedStage(game, clock, seed, ({ events }) => record.addEvents(events));
  const gate =
    practice === null
      ? undefined
      : new BehaviourGate(practice.behaviour, bundle.actions, seed, (drawn) => record.addDraw(drawn));
  await using policy = await openPolicy({
    bundle,
    clock,
    rateHz,
    actions: rules.actions,
    model: practice === null ? model.forOneFight() : recorded(model.forOneFight(), record),
    actSeed: seed,
    ...playsBy,
    ...rules.trainedOn,
    ...given({ gate }),
  });
  const loop = new AgentLoop({
    ...UNTIMED,
    clock,
    source: stage,
    policy,
    sink: stage,
    rateHz,
    applyDelayTicks: policy.applyDelayTicks,
    signal,
    isOver: () => stage.outcome !== null,
  });
  await loop.run();
  if (stage.outcome === null) return null;
  return { seed, outcome: stage.outcome, events: record.events, taken: practice === null ? null : record.steps() };
}

/** The model, with its latents written down. */
function recorded({ encoder, head }: Model, record: FightRecord): Model {
  return {
    encoder: {
      latentSize: encoder.latentSize,
      encode: async (image, latent) => {
        await encoder.encode(image, latent);
        record.addLatent(latent);
      },
      [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
    },
    head,
  };
}

class FightRecord {
  readonly events: Record<string, number> = {};
  readonly #latentSize: number;
  readonly #weights: Readonly<Record<string, number>>;
  readonly #drawn: HeldActions[] = [];
  readonly #rewards: number[] = [];
  #latents: Float32Array;
  #pictures = 0;

  constructor(latentSize: number, weights: Readonly<Record<string, number>>) {
    this.#latentSize = latentSize;
    this.#weights = weights;
    this.#latents = new Float32Array(512 * latentSize);
  }

  addLatent(latent: Float32Array): void {
    const at = this.#pictures * this.#latentSize;
    if (at === this.#latents.length) {
      const longer = new Float32Array(2 * at);
      longer.set(this.#latents);
      this.#latents = longer;
    }
    this.#latents.set(latent, at);
    this.#pictures += 1;
  }

  addDraw(drawn: HeldActions): void {
    this.#drawn.push(drawn);
    this.#rewards.push(0);
  }

  /** What happened before the first decision is left out: it is the reward of none. */
  addEvents(events: Readonly<Record<string, number>>): void {
    addEvents(this.events, events);
    if (this.#rewards.length === 0) return;
    for (const [name, count] of Object.entries(events)) {
      this.#rewards[this.#rewards.length - 1] += count * (this.#weights[name] ?? 0);
    }
  }

  /** Without the decision on the last picture, which nothing followed. */
  steps(): FightSteps {
    const decisions = Math.max(0, this.#drawn.length - 1);
    const pictures = this.#drawn.length === 0 ? 0 : this.#pictures - 1;
    return {
      latents: this.#latents.slice(0, pictures * this.#latentSize),
      drawn: Int32Array.from(this.#drawn.slice(0, decisions)),
      rewards: Float32Array.from(this.#rewards.slice(0, decisions)),
    };
  }
}
