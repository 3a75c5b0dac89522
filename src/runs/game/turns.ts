/** Players that take turns in one run: each has a fight, then the next one. */
import type { ActionSet } from '../../core/action-set.js';
import type { Clock } from '../../core/clock.js';
import type { Frame } from '../../core/frame.js';
import type { Decision, Policy } from '../../core/policy.js';
import { openChosenPolicy } from '../chosen-policy.js';
import { STUDY_CONTRACT, type Crop } from '../../vision/preprocessing-contract.js';
import type { WatchedEnvironment } from '../environment.js';
import type { ChosenPlayer } from '../play/window-parts.js';
import type { PaceRequest, PolicyRequest } from '../request.js';
import { parsePlayers, PlayerPolicy } from '../../agent/scripted-players.js';

/** Someone who plays. */
export interface Player {
  /** As the results name it: of a model the name of its bundle. */
  readonly name: string;
  readonly policy: Policy;
  /** Deadlines that a decision waits before it is applied. */
  readonly applyDelayTicks: number;
  /** A fight begins. */
  readonly begin: (seed: number) => void;
}

export interface PlayersRequest {
  readonly actions: ActionSet;
  readonly unmapped: readonly string[];
  /** The game's name: a model of another one is refused. */
  readonly game: string;
  /** Folders of bundles. */
  readonly models: readonly string[];
  /** As in --players; empty for none. */
  readonly scripted: string;
  /** How the models decide. */
  readonly policy: Omit<PolicyRequest, 'model'>;
  readonly pace: Pick<PaceRequest, 'rateHz' | 'anyRate'>;
}

/** Ticks a second where neither the request nor a model says: the study's. */
const RATE_HZ = 10;

/**
 * The models first.
 *
 * @returns the players and the rate of all: that of the request, or of the first model
 * @throws UnderstudyError as openChosenPolicy and parsePlayers
 */
export async function openPlayers(
  { actions, unmapped, game, models, scripted, policy, pace }: PlayersRequest,
  clock: Clock,
  environment: Pick<WatchedEnvironment, 'say'>,
): Promise<{ readonly players: readonly Player[]; readonly rateHz: number }> {
  let { rateHz } = pace;
  const players: Player[] = [];
  for (const model of models) {
    const request = { actions, unmapped, game, policy: { ...policy, model }, pace: { ...pace, rateHz } };
    const opened = await openChosenPolicy(request, clock, { say: environment.say, watch: null });
    const { name } = opened.policy.manifest;
    rateHz ??= opened.rateHz;
    players.push({
      // two bundles may have one name: then the folders tell them apart
      name: players.some((other) => other.name === name) ? model : name,
      policy: opened.policy,
      applyDelayTicks: opened.applyDelayTicks,
      begin: () => undefined,
    });
  }
  const others = scripted === '' ? [] : parsePlayers(scripted, actions, rateHz ?? RATE_HZ);
  const scriptedPlayers = others.map((player) => ({
    name: player.name,
    policy: new PlayerPolicy(player, actions),
    applyDelayTicks: 0,
    begin: (seed: number) => player.begin(seed),
  }));
  return { players: [...players, ...scriptedPlayers], rateHz: rateHz ?? RATE_HZ };
}

export interface TurnsOptions {
  readonly actions: ActionSet;
  readonly rateHz: number;
  /** The part of the picture that every player sees. */
  readonly crop: Crop;
}

/** The policy of the player that is on turn. */
export class Turns implements Policy {
  readonly players: readonly Player[];
  readonly actions: ActionSet;
  readonly #options: TurnsOptions;
  #turn: Player;

  /** @param players at least one; disposed of with this */
  constructor(players: readonly Player[], options: TurnsOptions) {
    this.players = players;
    this.actions = options.actions;
    this.#options = options;
    this.#turn = players[0];
  }

  /** To be set between fights: the loop empties the window of the next one at its start. */
  set turn(player: Player) {
    this.#turn = player;
  }

  /** As what a run is opened with. */
  get chosen(): ChosenPlayer {
    const { rateHz, crop } = this.#options;
    const delay = (): number => this.#turn.applyDelayTicks;
    return {
      policy: this,
      path: this.players.map(({ name }) => name).join(', '),
      rateHz,
      get applyDelayTicks() {
        return delay();
      },
      contract: { ...STUDY_CONTRACT, crop },
      pictures: null, // of one model's training; it must not gate the others
      takesTurns: true,
    };
  }

  decide(frame: Frame): Promise<Decision> {
    return this.#turn.policy.decide(frame);
  }

  see(frame: Frame): ReturnType<Policy['see']> {
    return this.#turn.policy.see(frame);
  }

  dropHeld(): void {
    this.#turn.policy.dropHeld();
  }

  reset(): void {
    this.#turn.policy.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { policy } of this.players) await policy[Symbol.asyncDispose]();
  }
}
