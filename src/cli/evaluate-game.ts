/** `evaluate --game`: models and plain players in a game, in turns, in real time. */
import { given } from '../core/given.js';
import { DEFAULT_HOT_KEYS } from '../keyboard/hot-key-bindings.js';
import { readKeyLimits } from '../keyboard/key-limits.js';
import { readGameFile, type GameFile } from '../games/game-file.js';
import { evaluateGame, type EvaluateGameRequest } from '../runs/game/evaluate-game.js';
import { keyMapOf } from '../runs/game-keyboard.js';
import { inside, insideRequest, logsIn } from '../runs/inside.js';
import type { LogLevel } from '../runs/log.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { policyRequest } from './options/policy.js';
import { launches, mayLaunch, windowRequest } from './options/window.js';
import { Signals } from './signals.js';
import { gameScoresText } from '../runs/game/scores-text.js';
import { sayOnError, type Output } from '../terminal/output.js';

/** Fights of each player where the options do not say how many. */
const FIGHTS = 20;
const PLAYERS = 'idle,random';

/** Plays and prints, also where a signal came first: the fights so far are kept. @throws UnderstudyError as evaluateGame */
export async function evaluateInGame(options: EvaluateOptions, logLevel: LogLevel, output: Output): Promise<void> {
  const request = gameEvaluationRequest(options, readGameFile(options.game!), logLevel);
  using signals = new Signals();
  const logs = logsIn(options.runs);
  const screen = insideRequest(options, { opensItself: launches(options), takes: 'launch', logs });
  const environment = { signals, say: sayOnError, watch: null };
  await inside(screen, environment, async (there) => {
    const result = await evaluateGame(request, there);
    if (!result.complete) sayOnError(`the fights so far are kept: --resume ${result.runDir} continues`);
    output.answer(result, gameScoresText(result));
  });
}

/** What of the options decides how fights are played. */
export type GameEvaluationOptions = Pick<
  EvaluateOptions,
  'fights' | 'players' | 'model' | 'rate' | 'budgetMs' | 'seconds' | 'wait' | 'runs' | 'seed' | 'resume' | 'engine'
> &
  Pick<EvaluateOptions, 'threshold' | 'act' | 'apply' | 'anyGame' | 'allowLaunch'>;

/** Keys, limits and hot keys are those of `play` without options; the window is raised, since no person is there. */
export function gameEvaluationRequest(
  options: GameEvaluationOptions,
  file: GameFile,
  logLevel: LogLevel,
): EvaluateGameRequest {
  const { fights = FIGHTS, players, model = [], rate, budgetMs, seconds = Number.POSITIVE_INFINITY } = options;
  const { wait, runs, seed, resume = null, engine, threshold, act, apply, anyGame } = options;
  return {
    game: { file, allowLaunch: mayLaunch(options.allowLaunch, file) },
    window: windowRequest({ wait, capture: 'auto', activate: true }, file),
    screen: { capture: 'auto', game: file, keys: keyMapOf({}, file), sink: 'auto' },
    safety: {
      armed: true,
      hotKeys: DEFAULT_HOT_KEYS,
      limits: readKeyLimits({ forbid: file.forbid }, file.actions),
      leaseMs: null,
      resumeAfterMs: 2000,
      frozenAfterMs: null,
    },
    policy: policyRequest({ engine, actSeed: seed, ...given({ threshold, act, apply, anyGame }) }, file),
    pace: { rateHz: rate ?? file.rateHz, anyRate: false, budgetMs, seconds: Number.POSITIVE_INFINITY, unpaced: false },
    keep: { runs, logLevel, video: false },
    recordAs: null,
    watch: null,
    view: 'none',
    faults: { faults: [], seed: 1 },
    fights,
    secondsAFight: seconds,
    models: model,
    players: scriptedOf(players),
    seed,
    resume,
  };
}

/** Fights that judge what was trained. @throws UnderstudyError as readGameFile */
export function judgingRequest(
  game: string,
  asked: Pick<GameEvaluationOptions, 'fights' | 'seed' | 'allowLaunch'>,
): EvaluateGameRequest {
  const fixed = { engine: 'onnxruntime', players: false, budgetMs: 50, wait: 0, runs: 'runs' } as const;
  return gameEvaluationRequest({ ...fixed, ...asked }, readGameFile(game), 'info');
}

export function scriptedOf(players: EvaluateOptions['players']): string {
  if (players === false) return '';
  return typeof players === 'string' ? players : PLAYERS;
}
