/**
 * `evaluate --game --stepped`: what models and plain players reach in a game that a program steps, on a virtual clock: the same
 * fights for each, faster than real time, and with nothing late. Keys reach no window.
 */
import type { HeldActions } from '../core/action-set.js';
import { badOption } from '../core/errors.js';
import { given } from '../core/given.js';
import { orAborted } from '../core/unless-aborted.js';
import { refuseKnownSeeds } from '../evaluation/arena/known-seeds.js';
import { scoreGame, type GameScores, type ScoredFight } from '../evaluation/game-scores.js';
import { readBundle, type Bundle } from '../policy/bundle.js';
import { STUDY_CONTRACT } from '../vision/preprocessing-contract.js';
import { describeGame, type ProgramName, type SteppedFile } from './games/program.js';
import { rulesOf } from './games/index.js';
import type { PlaysBy } from './play-fights.js';
import { playAsItDoes } from './player-threads.js';
import { addEvents, knownOutcome, type Seen, type SteppedGame } from './stepped-game.js';
import { parsePlayers, type ScriptedPlayer } from '../agent/scripted-players.js';

/** Among the players of --players: the program's own. */
const DEMONSTRATOR = 'demonstrator';

/** The study's. */
const RATE_HZ = 10;

export interface SteppedEvaluationRequest {
  readonly game: SteppedFile;
  /** Fights of each player. */
  readonly fights: number;
  /** Fight i, 0-based, has the seed `seed` + i. */
  readonly seed: number;
  /** Folders of bundles. */
  readonly models: readonly string[];
  readonly playsBy: PlaysBy;
  /** As in --players; empty for none. */
  readonly players: string;
  /** Periods a second, of all players; null: the first model's, or the study's. */
  readonly rateHz: number | null;
  /** Default as many as there are cores. */
  readonly threads?: number;
  /** Fights from which a model has learned are scored all the same. */
  readonly allowTrain: boolean;
}

/** What `evaluate --game --stepped --json` prints. */
export interface SteppedEvaluation extends GameScores {
  readonly game: string;
  readonly stepped: true;
  /** Of each player. */
  readonly fights: number;
  readonly seed: number;
  readonly rateHz: number;
  /** `wins`, or the event of which a fight should have more. */
  readonly judgedBy: string;
  /** False where it was interrupted: the rows are those of the fights so far. */
  readonly complete: boolean;
}

/** @param onFight called after each fight, with how many are over of all */
export type FightsWatcher = (done: number, total: number) => void;

/**
 * @returns null where the signal came before the first fight could begin
 * @throws UnderstudyError `bad-option` without a player; `training-fights`; `step-failed`; as readBundle and openPolicy
 */
export async function evaluateStepped(
  request: SteppedEvaluationRequest,
  onFight: FightsWatcher,
  signal: AbortSignal,
): Promise<SteppedEvaluation | null> {
  const { game, fights, seed, players: list, models } = request;
  const bundles = await Promise.all(models.map(readBundle));
  const rateHz = request.rateHz ?? bundles.at(0)?.manifest.fps ?? RATE_HZ;
  for (const bundle of bundles) {
    if (!request.allowTrain) refuseKnownSeeds(bundle, { game: game.name, seed, fights });
  }
  const names = [...new Set(list === '' ? [] : list.split(',').map((name) => name.trim()))];
  const scripted = names.filter((name) => name !== DEMONSTRATOR);
  const others = scripted.length === 0 ? [] : parsePlayers(scripted.join(), game.actions, rateHz);
  const described = await orAborted(describeGame(game, rateHz), signal);
  if (described === null) return null;
  const table = [
    ...bundles.map((bundle) => modelPlayer(bundle, bundles, described, request)),
    ...(names.includes(DEMONSTRATOR) ? [demonstratorOf(described)] : []),
    ...others.map((player) => scriptedPlayer(player, described)),
  ];
  if (table.length === 0) throw badOption('No player is left.', 'Name a --model, or leave --no-players out.');
  const events = Object.keys(rulesOf(described).events);
  const scored: ScoredFight[] = [];
  for (const { name, play } of table) {
    const before = scored.length;
    const keep = (fight: PlayedOnce): void => {
      scored.push(scoredFight(name, fight, { firstSeed: seed, names: events }));
      onFight(scored.length, table.length * fights);
    };
    await play({ fights, seed, rateHz, signal, keep });
    if (scored.length < before + fights) break;
  }
  const complete = scored.length === table.length * fights;
  // threads end their fights in any order, and an interval is drawn from the fights as they come
  const inOrder = scored.toSorted((one, other) => one.round - other.round);
  const scores = scoreGame(
    table.map(({ name }) => name),
    inOrder,
  );
  const { judgedBy } = described.description;
  return { game: game.name, stepped: true, fights, seed, rateHz, judgedBy, complete, ...scores };
}

/** One fight, of any player. */
interface PlayedOnce {
  readonly seed: number;
  readonly outcome: string;
  readonly events: Readonly<Record<string, number>>;
}

interface Turn {
  readonly fights: number;
  readonly seed: number;
  readonly rateHz: number;
  readonly signal: AbortSignal;
  readonly keep: (fight: PlayedOnce) => void;
}

/** Someone who plays all fights; where the signal comes, some of them. */
interface SteppedPlayer {
  readonly name: string;
  readonly play: (turn: Turn) => Promise<void>;
}

function modelPlayer(
  bundle: Bundle,
  all: readonly Bundle[],
  game: ProgramName,
  { playsBy, threads }: SteppedEvaluationRequest,
): SteppedPlayer {
  const { name } = bundle.manifest;
  return {
    // two bundles may have one name: then the folders tell them apart
    name: all.some((other) => other !== bundle && other.manifest.name === name) ? bundle.folder : name,
    play: async ({ fights, seed: firstSeed, rateHz, signal, keep }) => {
      const onFight = (_: number, fight: PlayedOnce): void => keep(fight);
      await playAsItDoes({ bundle, playsBy, rateHz, game, firstSeed, fights, signal, onFight, ...given({ threads }) });
    },
  };
}

function scriptedPlayer(player: ScriptedPlayer, game: ProgramName): SteppedPlayer {
  return { name: player.name, play: (turn) => playInTurn(game, turn, begunPlayer(player), false) };
}

/** A player draws for each fight from its own seed: one fight at a time. */
const begunPlayer = (player: ScriptedPlayer) => (seed: number) => {
  player.begin(seed);
  return () => player.decide();
};

function demonstratorOf(game: ProgramName): SteppedPlayer {
  if (!game.description.demonstrator) {
    throw badOption(`${game.name} has no demonstrator: its program tells of none.`, 'Leave it out of --players.');
  }
  const decide = ({ demonstrator }: Seen): HeldActions => demonstrator!;
  return { name: DEMONSTRATOR, play: (turn) => playInTurn(game, turn, () => decide, true) };
}

/** Fight after fight, what is decided on a picture held from then on. */
async function playInTurn(
  game: ProgramName,
  { fights, seed, rateHz, signal, keep }: Turn,
  begin: (seed: number) => (seen: Seen) => HeldActions,
  withDemonstrator: boolean,
): Promise<void> {
  const contract = { ...STUDY_CONTRACT, crop: game.crop };
  await using opened = await rulesOf(game).open(rateHz, contract, { withDemonstrator });
  for (let index = 0; index < fights && !signal.aborted; index += 1) {
    const fight = await orAborted(playOnce(opened, seed + index, begin(seed + index), signal), signal);
    if (fight !== null) keep(fight);
  }
}

async function playOnce(
  game: SteppedGame,
  seed: number,
  decide: (seen: Seen) => HeldActions,
  signal: AbortSignal,
): Promise<PlayedOnce | null> {
  const events: Record<string, number> = {};
  let seen = await game.reset(seed);
  while (!signal.aborted) {
    const stepped = await game.step(decide(seen));
    addEvents(events, stepped.events);
    if (stepped.outcome !== null) return { seed, outcome: stepped.outcome, events };
    seen = stepped;
  }
  return null;
}

/** @param names of the game's events: what did not happen in a fight counts as none of it */
function scoredFight(
  player: string,
  { seed, outcome, events }: PlayedOnce,
  { firstSeed, names }: { readonly firstSeed: number; readonly names: readonly string[] },
): ScoredFight {
  const { seconds, ...meters } = Object.fromEntries(names.map((name) => [name, events[name] ?? 0]));
  return {
    player,
    round: seed - firstSeed,
    outcome: knownOutcome(outcome),
    seconds,
    meters,
    latencyMs: null, // nothing waits on a virtual clock
    lateTicks: 0,
    gatedTicks: 0,
  };
}
