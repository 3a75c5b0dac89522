/**
 * Asks a program of the user's how a fight ended. What goes wrong is described and never thrown: a run of many fights is
 * worth more than the score of one.
 */
import { z } from 'zod';
import { jsonValue } from '../../core/json-lines.js';
import type { GameFile } from '../../games/game-file.js';
import type { FightOutcome } from '../../games/game-state.js';
import { Program } from '../../system/program.js';

/** The last line of its standard output. Further fields are allowed, and not read. */
const answerSchema = z.object({
  outcome: z.enum(['won', 'lost', 'ended']).optional(),
  score: z.number().nullable().optional(),
});

export interface AskedOutcome {
  /** `ended` where the program did not say. */
  readonly outcome: FightOutcome;
  readonly score: number | null;
  /** Why there is no answer, as a sentence for people; null where there is one. */
  readonly problem: string | null;
}

/** @param signal ends the program; the fight is then without an answer */
export async function askOutcome(
  { command, withinMs }: NonNullable<GameFile['outcome']>,
  { folder }: Pick<GameFile, 'folder'>,
  signal: AbortSignal,
): Promise<AskedOutcome> {
  await using program = new Program({ command }, { folder });
  const timeUp = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const isEnded = await Promise.race([program.ended.then(() => true), abortOf(timeUp).then(() => false)]);
  const name = `The outcome program ${command.join(' ')}`;
  const none = (problem: string): AskedOutcome => ({ outcome: 'ended', score: null, problem });
  if (!isEnded) {
    return none(signal.aborted ? `${name} was ended with the run.` : `${name} did not end within ${withinMs} ms.`);
  }
  const said = program.lastLines();
  const saying = said === '' ? 'and printed nothing' : `and printed: ${said}`;
  if (program.isFailed) return none(`${name} ${program.how} ${saying}.`);
  const answer = answerSchema.safeParse(jsonValue(program.stdout.trim().split('\n').at(-1) ?? ''));
  if (answer.success)
    return { outcome: answer.data.outcome ?? 'ended', score: answer.data.score ?? null, problem: null };
  return none(`${name} ended well ${saying}; expected a last line such as {"outcome": "won", "score": 123}.`);
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
