/** The arena as a game that can be stepped: the fight of live play on a virtual clock. */
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { DEFAULT_PICTURE_SIZE } from '../../arena/canvas.js';
import type { Level } from '../../arena/fight.js';
import { ArenaStage } from '../../arena/live.js';
import { picturesOf } from '../../evaluation/arena/play-fight.js';
import { arenaName } from '../../evaluation/arena/settings.js';
import type { HeldActions } from '../../core/action-set.js';
import { VirtualClock } from '../../core/clock.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { BY_WINS, type Seen, type Stepped, type SteppedGame, type SteppedRules } from '../stepped-game.js';

/** A larger batch does not make a picture cheaper. */
const MOST_AT_A_TIME = 16;

/** A whole fight is worth about 3: half of it for the 162 hits, the rest for the outcome and what it cost. */
const EVENTS = {
  hits: { says: 'hits on the boss, of 162', reward: 0.01 },
  damage: { says: 'hit points lost, of 3', reward: -0.5 },
  won: { says: 'the fight is won', reward: 1 },
  lost: { says: 'the fight is lost', reward: -1 },
  timeout: { says: 'the time is over', reward: -1 },
  seconds: { says: 'game time, s', reward: 0 },
} as const;

/** @param levels at least one, in turn by seed; one that is named twice has twice the fights */
export function arenaGame(levels: readonly Level[]): SteppedRules {
  const different = [...new Set(levels)];
  return {
    name: arenaName(different.join(' and ')),
    fightsOf: different.map(arenaName),
    actions: ARENA_ACTIONS,
    trainedOn: null,
    events: EVENTS,
    judgedBy: BY_WINS,
    mostAtATime: MOST_AT_A_TIME,
    open: (rateHz, contract) => SteppedArena.open(levels, rateHz, contract),
  };
}

class SteppedArena implements SteppedGame {
  readonly processes = [];
  readonly #clock: VirtualClock;
  readonly #stage: ArenaStage;
  readonly #periodMs: number;
  readonly #levels: readonly Level[];

  private constructor(clock: VirtualClock, stage: ArenaStage, periodMs: number, levels: readonly Level[]) {
    this.#clock = clock;
    this.#stage = stage;
    this.#periodMs = periodMs;
    this.#levels = levels;
  }

  /** @throws UnderstudyError `package-missing` as ArenaStage.open */
  static async open(levels: readonly Level[], rateHz: number, contract: PreprocessingContract): Promise<SteppedArena> {
    const clock = new VirtualClock();
    const pictures = picturesOf(DEFAULT_PICTURE_SIZE, contract);
    const stage = await ArenaStage.open({ clock, seed: 0, level: levels[0], unixMs: () => 0, ...pictures });
    return new SteppedArena(clock, stage, 1000 / rateHz, levels);
  }

  async reset(seed: number): Promise<Seen> {
    this.#stage.releaseAll('end');
    this.#stage.restart(seed, this.#levels[seed % this.#levels.length]);
    return { picture: await this.#stage.next(), demonstrator: null };
  }

  async step(held: HeldActions): Promise<Stepped> {
    const before = this.#stage.summary;
    this.#stage.apply(held);
    await this.#clock.sleepUntil(this.#clock.nowMs() + this.#periodMs);
    const picture = await this.#stage.next();
    const { outcome, summary } = this.#stage;
    const events = {
      hits: summary.hits - before.hits,
      damage: summary.damage - before.damage,
      seconds: summary.seconds - before.seconds,
      ...(outcome === null ? {} : { [outcome]: 1 }),
    };
    return { picture, events, outcome, demonstrator: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
  }
}
