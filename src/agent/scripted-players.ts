/** Players that need no model, for comparison: what a game gives to no key, to random keys and to one that is held. */
import { NONE_HELD, type ActionSet, type HeldActions } from '../core/action-set.js';
import { badOption } from '../core/errors.js';
import type { Decision, Policy } from '../core/policy.js';
import { Random } from '../core/random.js';

/** Shortest and longest time that a random key stays up or down, s: as the arena's random player. */
const KEY_SECONDS = [0.1, 0.5] as const;

const NO_TIME = { preprocess: 0, encode: 0, head: 0 } as const;

/** Decides from the ticks alone; sees no picture. */
export interface ScriptedPlayer {
  /** As it was named: `idle`, `random`, `hold:FIRE`. */
  readonly name: string;
  /** The keys of the next tick. */
  decide(): HeldActions;
  /** A fight begins. @param seed of the fight, for the players that draw */
  begin(seed: number): void;
}

/**
 * Reads `idle,random,hold:FIRE+UP`.
 *
 * @throws UnderstudyError `bad-option` for another name, an action that the game does not have, a player named twice
 */
export function parsePlayers(text: string, actions: ActionSet, rateHz: number): ScriptedPlayer[] {
  const names = text.split(',').map((name) => name.trim());
  const players = names.map((name) => playerOf(name, actions, rateHz));
  const twice = players.find(({ name }, index) => players.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw badPlayers(`'${twice.name}' is named twice`, actions);
  return players;
}

function playerOf(name: string, actions: ActionSet, rateHz: number): ScriptedPlayer {
  if (name === 'idle') return steady(name, NONE_HELD);
  if (name === 'random') return new RandomPlayer(actions, rateHz);
  const held = /^hold:(.+)$/.exec(name)?.[1].split('+');
  if (held === undefined) throw badPlayers(`'${name}' is not a player`, actions);
  const found = held.map((action) => actions.find(action) ?? action);
  const unknown = found.find((action) => !actions.has(action));
  if (unknown !== undefined) throw badPlayers(`'${unknown}' of '${name}' is not an action of the game`, actions);
  return steady(`hold:${found.join('+')}`, actions.holding(...found));
}

const steady = (name: string, held: HeldActions): ScriptedPlayer => ({
  name,
  decide: () => held,
  begin: () => undefined,
});

/** Each action's key goes up and down independently, 100 to 500 ms at a time. */
class RandomPlayer implements ScriptedPlayer {
  readonly name = 'random';
  readonly #ticks: readonly [number, number];
  readonly #left: number[];
  readonly #all: HeldActions;
  #random = new Random(0);
  #held = NONE_HELD;

  constructor(actions: ActionSet, rateHz: number) {
    const [least, most] = KEY_SECONDS.map((seconds) => Math.max(1, Math.round(seconds * rateHz)));
    this.#ticks = [least, most];
    this.#all = actions.all;
    this.#left = Array<number>(actions.count).fill(1);
    this.begin(0);
  }

  begin(seed: number): void {
    this.#random = new Random(seed);
    this.#held = this.#random.integer(0, this.#all);
    for (let i = 0; i < this.#left.length; i += 1) this.#left[i] = this.#random.integer(...this.#ticks);
  }

  decide(): HeldActions {
    for (let i = 0; i < this.#left.length; i += 1) {
      this.#left[i] -= 1;
      if (this.#left[i] > 0) continue;
      this.#held ^= 1 << i;
      this.#left[i] = this.#random.integer(...this.#ticks);
    }
    return this.#held;
  }
}

/** A player as the loop's policy; its probabilities are 1 for what it holds. */
export class PlayerPolicy implements Policy {
  readonly #player: ScriptedPlayer;
  readonly #probabilities: Float32Array;

  constructor(player: ScriptedPlayer, actions: ActionSet) {
    this.#player = player;
    this.#probabilities = new Float32Array(actions.count);
  }

  decide(): Promise<Decision> {
    const held = this.#player.decide();
    for (let i = 0; i < this.#probabilities.length; i += 1) this.#probabilities[i] = (held >> i) & 1;
    return Promise.resolve({ held, probabilities: this.#probabilities, ready: true, stageMs: NO_TIME });
  }

  see(): Promise<typeof NO_TIME> {
    return Promise.resolve(NO_TIME);
  }

  dropHeld(): void {
    // it remembers no key
  }

  reset(): void {
    // it remembers no picture
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function badPlayers(problem: string, actions: ActionSet): ReturnType<typeof badOption> {
  return badOption(
    `--players: ${problem}; expected idle, random, or hold: and actions of the game.`,
    `Name them as in --players idle,random,hold:${actions.names[0]}.`,
  );
}
