/** `evaluate --game`: models and plain players in a game, in turns, in real time. */
import { readGameFile } from '../games/game-file.js';
import { gameEvaluationRequest } from '../runs/game/asked-evaluation.js';
import { evaluateGame } from '../runs/game/evaluate-game.js';
import { inside, insideRequest, logsIn } from '../runs/inside.js';
import type { LogLevel } from '../runs/log.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { launches } from '../runs/game/permission.js';
import { Signals } from './signals.js';
import { gameScoresText } from '../runs/game/scores-text.js';
import { sayOnError, type Output } from '../terminal/output.js';

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
