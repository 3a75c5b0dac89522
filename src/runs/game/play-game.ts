/** `play --game`: a model plays a game's fights; between them nothing is pressed but the restart. */
import { badOption } from '../../core/errors.js';
import type { WatchedEnvironment } from '../environment.js';
import type { GamePlay, GamePlayRequest } from '../request.js';
import type { GameFightRecord, RunOutcome, RunSummary } from '../summary.js';
import { openGameRun } from './game-run.js';

/** @throws UnderstudyError `bad-option` where fights are to be counted and the game does not say when one is on */
export async function playGame(
  request: GamePlay & { readonly game: GamePlayRequest },
  environment: WatchedEnvironment,
): Promise<RunSummary> {
  const { file, fights: wanted } = request.game;
  if (wanted !== null && Object.keys(file.cues).length === 0) {
    throw badOption(
      `--fights ${wanted} counts fights, and ${file.path} has no cue that tells when one is on.`,
      'Add one with `understudy game cue`, or leave --fights out and give --seconds.',
    );
  }
  const restarts = wanted !== null && wanted > 1;
  await using game = await openGameRun(request, environment, { restarts });
  const fights: GameFightRecord[] = [];
  let outcome: RunOutcome = 'stopped';
  while (fights.length < (wanted ?? Number.POSITIVE_INFINITY)) {
    const played = await game.next({ restarts, seconds: Number.POSITIVE_INFINITY });
    outcome = typeof played === 'string' ? played : played.outcome;
    if (typeof played === 'string') break;
    fights.push(recordOf(played));
    environment.say(`fight ${fights.length}${wanted === null ? '' : ` of ${wanted}`}: ${fightText(played)}`);
  }
  return game.opened.run.conclude(outcome, fights, await game.opened.settle());
}

/** What is kept of a fight in the summary. */
export function recordOf({ outcome, seconds, meters, problem }: GameFightRecord): GameFightRecord {
  return { outcome, seconds, meters, ...(problem === undefined ? {} : { problem }) };
}

/** "lost after 12.3 s, score 450" */
export function fightText({ outcome, seconds, meters }: GameFightRecord): string {
  const values = Object.entries(meters).map(([name, value]) => `${name} ${value === null ? 'not read' : round(value)}`);
  return [`${outcome} after ${seconds.toFixed(1)} s`, ...values].join(', ');
}

const round = (value: number): number => Number(value.toFixed(2));
