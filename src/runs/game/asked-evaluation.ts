/** Fights of models and plain players in a game as a user asks for them, and the request that they make. */
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { readGameFile, type GameFile } from '../../games/game-file.js';
import { DEFAULT_HOT_KEYS } from '../../keyboard/hot-key-bindings.js';
import { readKeyLimits } from '../../keyboard/key-limits.js';
import { askedSettings, type AskedSettings } from '../../training/asked-settings.js';
import { policyRequest, type AskedPolicy } from '../asked-policy.js';
import { keyMapOf } from '../game-keyboard.js';
import type { LogLevel } from '../log.js';
import type { EvaluateGameRequest } from './evaluate-game.js';
import { mayLaunch } from './permission.js';

/** Fights of each player where the user does not say how many. */
const FIGHTS = 20;
const PLAYERS = 'idle,random';

/** Of each way to act that is judged, where the user does not say how many. */
export const JUDGE_FIGHTS = 10;

/** What decides how fights are played. */
export interface AskedEvaluation extends Omit<AskedPolicy, 'model' | 'actSeed'> {
  readonly fights?: number;
  /** Those without a model: a list, false for none, or true for the usual ones. */
  readonly players: boolean | string;
  /** Bundles. */
  readonly model?: readonly string[];
  readonly rate?: number;
  readonly budgetMs: number;
  /** Of a fight. */
  readonly seconds?: number;
  /** How long to wait for the game's window, s. */
  readonly wait: number;
  readonly runs: string;
  readonly seed: number;
  readonly resume?: string;
  readonly allowLaunch?: boolean;
}

/**
 * Keys, limits and hot keys are those of `play` without options; the window is raised, since no person is there.
 *
 * @throws UnderstudyError `bad-option`, `bad-threshold`, `unknown-action`
 */
export function gameEvaluationRequest(asked: AskedEvaluation, file: GameFile, logLevel: LogLevel): EvaluateGameRequest {
  const { fights = FIGHTS, players, model = [], rate, budgetMs, seconds = Number.POSITIVE_INFINITY } = asked;
  const { wait, runs, seed, resume = null, engine, threshold, act, apply, anyGame } = asked;
  const { title, app } = file.window;
  return {
    game: { file, allowLaunch: mayLaunch(asked.allowLaunch, file) },
    window: { query: { window: title, app, any: false }, waitMs: wait * 1000, activate: true },
    screen: { capture: 'auto', game: file, keys: keyMapOf({}, file), sink: 'auto' },
    safety: {
      armed: true,
      hotKeys: DEFAULT_HOT_KEYS,
      limits: readKeyLimits({ forbid: file.forbid }, file.actions),
      leaseMs: null,
      resumeAfterMs: 2000,
      frozenAfterMs: null,
    },
    policy: policyRequest({ actSeed: seed, ...given({ engine, threshold, act, apply, anyGame }) }, file),
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

/** The players without a model, as a list. */
export function scriptedOf(players: AskedEvaluation['players']): string {
  if (players === false) return '';
  return typeof players === 'string' ? players : PLAYERS;
}

/** Fights that judge what was trained. @throws UnderstudyError as readGameFile */
export function judgingRequest(
  game: string,
  asked: Pick<AskedEvaluation, 'fights' | 'seed' | 'allowLaunch'>,
): EvaluateGameRequest {
  const fixed = { engine: 'onnxruntime', players: false, budgetMs: 50, wait: 0, runs: 'runs' } as const;
  return gameEvaluationRequest({ ...fixed, ...asked }, readGameFile(game), 'info');
}

/** How what is trained is judged by playing. */
export interface AskedJudges {
  /** A game file. */
  readonly judgeBy?: string;
  /** Of each way, or of each agent. */
  readonly judgeFights?: number;
  readonly allowLaunch?: boolean;
}

/**
 * The fights that judge the ways to act, or null. Before training, so that a mistake is reported at once.
 *
 * @param training how it is trained: there is a choice only where ways are found on validation fights
 * @throws UnderstudyError `bad-option`; as readGameFile
 */
export function askedJudges(
  { judgeBy, judgeFights, allowLaunch }: AskedJudges,
  training: AskedSettings & { readonly validation: number },
): EvaluateGameRequest | null {
  if (judgeBy === undefined) {
    if (judgeFights === undefined && allowLaunch === undefined) return null;
    throw badOption(
      '--judge-fights and --allow-launch are for --judge-by.',
      'Give --judge-by with them, or leave them out.',
    );
  }
  if (training.validation <= 0 || askedSettings(training).threshold !== undefined) {
    throw badOption(
      '--judge-by chooses among ways that are found on validation fights: there are none, or the threshold is given.',
      'Leave --judge-by out; or leave out --threshold and --preset study, and give --validation a share above 0.',
    );
  }
  const { seed = 1 } = training;
  return judgingRequest(judgeBy, { fights: judgeFights ?? JUDGE_FIGHTS, seed, ...given({ allowLaunch }) });
}
