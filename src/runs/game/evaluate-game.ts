/**
 * `evaluate --game`: what models and plain players reach in a game, in real time, through its window and its keys. They
 * play in turns, so that what changes on the machine meets all of them. Keeps each fight as it ends.
 */
import type { Clock } from '../../core/clock.js';
import { badOption } from '../../core/errors.js';
import { scoreGame, type GameScores, type ScoredFight } from '../../evaluation/game-scores.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import type { WatchedEnvironment } from '../environment.js';
import { actionsOfKeys } from '../game-keyboard.js';
import { FightsFile, readFights } from './fights-file.js';
import { openGameRun, type GameRun, type GameRunRequest, type PlayedFight } from './game-run.js';
import { fightText, recordOf } from './play-game.js';
import { parsePlayers } from '../../agent/scripted-players.js';
import { openPlayers, Turns } from './turns.js';

export interface EvaluateGameRequest extends GameRunRequest {
  /** Fights of each player. */
  readonly fights: number;
  /** A fight is over after so long, s; infinity: the game ends it. */
  readonly secondsAFight: number;
  /** Folders of bundles. */
  readonly models: readonly string[];
  /** As in --players; empty for none. */
  readonly players: string;
  readonly seed: number;
  /** The run folder of an evaluation that is continued; null: a new one. */
  readonly resume: string | null;
}

/** What `evaluate --game --json` prints. */
export interface GameEvaluation extends GameScores {
  readonly game: string;
  /** Of each player. */
  readonly fights: number;
  /** False where it was interrupted: the rows are those of the fights so far. */
  readonly complete: boolean;
  readonly runDir: string;
}

/** @throws UnderstudyError as openGameRun; `bad-option` where nothing ends a fight; as readFights */
export async function evaluateGame(
  request: EvaluateGameRequest,
  environment: WatchedEnvironment,
): Promise<GameEvaluation> {
  const { file } = request.game;
  refuseEndless(request);
  // before the game is started: a mistake in --players is reported at once
  if (request.players !== '') parsePlayers(request.players, request.screen.keys.actions, 1);
  else if (request.models.length === 0)
    throw badOption('No player is left.', 'Name a --model, or leave --no-players out.');
  const table: { turns: Turns | null } = { turns: null };
  await using game = await openGameRun(request, environment, {
    restarts: true,
    choose: async (clock) => (table.turns = await sitDown(request, clock, environment)).chosen,
  });
  const turns = table.turns!;
  const names = turns.players.map(({ name }) => name);
  const head = { game: file.name, players: names };
  const { run } = game.opened;
  const fights = request.resume === null ? [] : readFights(request.resume, head);
  const kept = new FightsFile(run.folder.path, head, fights);
  const end = await playRounds({ request, environment, game, turns, fights, kept });
  const scores = scoreGame(names, fights);
  await game.opened.settle();
  run.conclude(end, fights.map(recordOf));
  const complete = fights.length === names.length * request.fights;
  return { game: file.name, fights: request.fights, complete, ...scores, runDir: run.folder.path };
}

interface Rounds {
  readonly request: EvaluateGameRequest;
  readonly environment: WatchedEnvironment;
  readonly game: GameRun;
  readonly turns: Turns;
  /** Those that were played; more are added. */
  readonly fights: ScoredFight[];
  readonly kept: FightsFile;
}

/** Plays what is missing of each round. @returns how the run ended */
async function playRounds({ request, environment, game, turns, fights, kept }: Rounds): Promise<'ended' | 'stopped'> {
  const total = request.fights * turns.players.length;
  for (let round = 0; round < request.fights; round += 1) {
    for (const player of turns.players) {
      if (fights.some((fight) => fight.round === round && fight.player === player.name)) continue;
      turns.turn = player;
      const played = await playWhole(request, game, () => player.begin(request.seed + round));
      if (typeof played === 'string') return played;
      const fight = scoredFight(player.name, round, played);
      fights.push(fight);
      kept.add(fight);
      environment.say(`${fights.length} of ${total}: ${player.name} ${fightText(played)}`);
    }
  }
  return 'ended';
}

/** Plays until a fight was seen from its beginning: of one that was on already, what came before is another player's. */
async function playWhole(
  { secondsAFight }: EvaluateGameRequest,
  game: GameRun,
  onBegan: () => void,
): Promise<PlayedFight | 'ended' | 'stopped'> {
  for (;;) {
    if (!(await game.waitOut())) return 'stopped';
    if (!game.hasCue) onBegan();
    const played = await game.next({ restarts: true, seconds: secondsAFight, onBegan });
    if (typeof played === 'string' || played.isWhole) return played;
  }
}

function scoredFight(player: string, round: number, played: PlayedFight): ScoredFight {
  const { latencyMs, lateTicks, gatedTicks } = played.ticks.figures();
  return { player, round, ...recordOf(played), latencyMs, lateTicks, gatedTicks };
}

async function sitDown(request: EvaluateGameRequest, clock: Clock, environment: WatchedEnvironment): Promise<Turns> {
  const { models, players: scripted, policy, pace, screen } = request;
  const asked = { ...actionsOfKeys(screen.keys), game: request.game.file.name, models, scripted, policy, pace };
  const { players, rateHz } = await openPlayers(asked, clock, environment);
  return new Turns(players, {
    actions: screen.keys.actions,
    rateHz,
    crop: policy.crop ?? STUDY_CONTRACT.crop,
  });
}

/** @throws UnderstudyError `bad-option` where nothing ends a fight */
export function refuseEndless({ game: { file }, secondsAFight }: EvaluateGameRequest): void {
  if (Object.keys(file.cues).length > 0 || Number.isFinite(secondsAFight)) return;
  throw badOption(
    `${file.path} has no cue that tells when a fight is on, so nothing ends one.`,
    'Add a cue with `understudy game cue`; `evaluate` also takes the length of a fight with --seconds.',
  );
}
