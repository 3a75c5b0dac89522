/** What follows `game new`: a short look at the game with the new file, and what to do next. Presses nothing. */
import type { RunEnvironment } from '../environment.js';
import { checkRequest } from './asked-look.js';
import { checkGame } from './check-game.js';
import { checkText } from './game-text.js';

/** What a person can wait for. */
const REHEARSAL_SECONDS = 5;

/** @param path of the game file @throws UnderstudyError as readGameFile and checkGame */
export async function rehearse(path: string, environment: Pick<RunEnvironment, 'signals' | 'say'>): Promise<void> {
  const request = checkRequest(path, { wait: 0, capture: 'auto', seconds: REHEARSAL_SECONDS });
  const { say } = environment;
  say(`\nA rehearsal: looking for ${REHEARSAL_SECONDS} s, pressing nothing.`);
  say(checkText(await checkGame(request, environment)));
  say(`
Next: play a fight or two, with a menu between them, while this looks:
  understudy game check ${path} --seconds 60 --out check
and then record yourself:
  understudy record --game ${path}`);
}
