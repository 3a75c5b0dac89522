/**
 * The fights of an evaluation on disk, `fights.jsonl` of its run folder: a line for each as it ends, so that what was
 * played is kept whatever happens, and can be continued.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { jsonLine, jsonValue } from '../../core/json-lines.js';
import { adviceToWrite } from '../../core/write-advice.js';
import type { ScoredFight } from '../../evaluation/game-scores.js';

const quantilesSchema = z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });
const fightSchema = z.object({
  player: z.string(),
  round: z.number().int().min(0),
  outcome: z.enum(['won', 'lost', 'ended']),
  seconds: z.number().min(0),
  meters: z.record(z.string(), z.number().nullable()),
  latencyMs: quantilesSchema.nullable(),
  lateTicks: z.number().int().min(0),
  gatedTicks: z.number().int().min(0),
});
/** The first line. */
const headSchema = z.object({ game: z.string(), players: z.array(z.string()) });

/** What was evaluated: one that is continued must be the same. */
export type EvaluatedGame = z.infer<typeof headSchema>;

/** In the run folder. */
export const FIGHTS_FILE = 'fights.jsonl';

const fileIn = (folder: string): string => join(folder, FIGHTS_FILE);

/**
 * The fights of an earlier evaluation. A last line that was cut off is left out.
 *
 * @param folder its run folder
 * @throws UnderstudyError `file-missing`; `run-invalid` for a folder of another game or other players
 */
export function readFights(folder: string, wanted: EvaluatedGame): ScoredFight[] {
  const path = fileIn(folder);
  if (!existsSync(path)) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${path} is not there: ${folder} is not the run folder of an evaluation of a game.`,
      next: 'Give the run folder that `evaluate --game` named, or leave --resume out.',
    });
  }
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n').map(jsonValue);
  const found = headSchema.safeParse(head);
  if (!found.success || found.data.game !== wanted.game || found.data.players.join() !== wanted.players.join()) {
    const what = found.success ? `${found.data.game} with ${found.data.players.join(', ')}` : 'something else';
    throw new UnderstudyError({
      kind: 'input',
      code: 'run-invalid',
      message: `${path} has fights of ${what}; expected ${wanted.game} with ${wanted.players.join(', ')}.`,
      next: 'Name the same game, models and players in the same order, or leave --resume out.',
    });
  }
  return lines.map((line) => fightSchema.safeParse(line)).flatMap((line) => (line.success ? [line.data] : []));
}

/** Appends fights to the file of a run folder. */
export class FightsFile {
  readonly path: string;

  /** @throws UnderstudyError `write-failed`, as {@link add} */
  constructor(folder: string, game: EvaluatedGame, before: readonly ScoredFight[]) {
    this.path = fileIn(folder);
    this.#append(jsonLine(game) + before.map(jsonLine).join(''));
  }

  add(fight: ScoredFight): void {
    this.#append(jsonLine(fight));
  }

  #append(text: string): void {
    try {
      appendFileSync(this.path, text);
    } catch (error) {
      throw new UnderstudyError({
        kind: 'environment',
        code: 'write-failed',
        message: `The fights cannot be written to ${this.path}: ${messageOf(error)}.`,
        next: adviceToWrite(error, '--runs'),
        cause: error,
      });
    }
  }
}
