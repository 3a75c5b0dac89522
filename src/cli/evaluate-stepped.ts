/** `evaluate --game --stepped`: models and plain players in a game that a program steps, on a virtual clock. */
import { given } from '../core/given.js';
import { readGameFile } from '../games/game-file.js';
import { parseThresholds } from '../policy/threshold-list.js';
import { evaluateStepped } from '../stepped/evaluate-stepped.js';
import { gameScoresText } from '../runs/game/scores-text.js';
import { steppedOf } from '../stepped/games/program.js';
import { Progress } from '../terminal/progress.js';
import { scriptedOf } from '../runs/game/asked-evaluation.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { Signals } from './signals.js';
import { sayOnError, type Output } from '../terminal/output.js';

/** Fights of each player where the options do not say how many. */
const FIGHTS = 100;

/** Plays and prints, also where a signal came first. @throws UnderstudyError as evaluateStepped */
export async function evaluateInSteps(options: EvaluateOptions, output: Output): Promise<void> {
  const {
    fights = FIGHTS,
    seed,
    model: models = [],
    rate,
    threads,
    act,
    apply,
    threshold,
    allowTrain = false,
  } = options;
  const file = readGameFile(options.game!);
  const thresholds = threshold === undefined ? undefined : parseThresholds(threshold, file.actions);
  const game = steppedOf(file, options.allowLaunch ?? false);
  const request = { game, fights, seed, models, allowTrain, rateHz: rate ?? file.rateHz, ...given({ threads }) };
  const who = { players: scriptedOf(options.players), playsBy: given({ act, apply, thresholds }) };
  using signals = new Signals();
  let progress: Progress | null = null;
  const onFight = (done: number, total: number): void => {
    progress ??= new Progress({ unit: 'fights', total });
    progress.update(done);
  };
  const result = await evaluateStepped({ ...request, ...who }, onFight, signals.signal);
  (progress as Progress | null)?.finish();
  if (result === null) return sayOnError('stopped before the first fight: no score');
  output.answer(result, gameScoresText(result));
}
