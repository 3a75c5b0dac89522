/**
 * Lets a trained model play a game in each way that it may act, in turns, and keeps the way that plays best: scores on
 * recorded fights do not rank agents. Trains nothing.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { badOption } from '../../core/errors.js';
import type { PlayerRow } from '../../evaluation/game-scores.js';
import { ACTS } from '../../policy/act-gate.js';
import { descriptionOf, readBundle, writeBundle, type Bundle, type BundleDescription } from '../../policy/bundle.js';
import type { PlayedFights } from '../../training/correction-rounds.js';
import type { WatchedEnvironment } from '../environment.js';
import { gameScoresText } from './scores-text.js';
import { evaluateGame, type EvaluateGameRequest, type GameEvaluation } from './evaluate-game.js';

/** What ranked the ways: wins where any fight was won, else the game's meter `score`, else how long a fight lasted. */
export type JudgedBy = PlayedFights['by'];

export interface Judgement {
  /** The way that the bundle acts now. */
  readonly way: string;
  readonly by: JudgedBy;
  readonly evaluation: GameEvaluation;
  /** The bundle's new id. */
  readonly id: string;
}

const waysSchema = z
  .array(
    z.object({
      name: z.string(),
      act: z.enum(ACTS),
      thresholds: z.record(z.string(), z.object({ press: z.number(), release: z.number() })),
    }),
  )
  .min(1);

type RecordedWay = z.infer<typeof waysSchema>[number];

/** @throws UnderstudyError `bad-option` for a bundle that records no ways */
function recordedWays({ folder, manifest }: Bundle): readonly RecordedWay[] {
  const ways = waysSchema.safeParse(manifest.training['ways']);
  if (ways.success) return ways.data;
  throw badOption(
    `${folder} does not say in which ways it may act: its threshold was given, or no fight was held out.`,
    'Train without --threshold, with a --validation share above 0.',
  );
}

/** The bundle's description with another way to act, which is absent from bundles that act by thresholds. */
function actingBy({ manifest }: Bundle, { act, thresholds }: RecordedWay): BundleDescription {
  const without = Object.entries(descriptionOf(manifest)).filter(([field]) => field !== 'act');
  const description = { ...Object.fromEntries(without), thresholds } as unknown as BundleDescription;
  return act === 'threshold' ? description : { ...description, act };
}

/**
 * Plays `evaluation.fights` fights a way and writes the best into the bundle.
 *
 * @returns null where the fights were interrupted: the bundle is as it was
 * @param folder the bundle's
 * @param work the candidates are written into `ways` in it
 * @throws UnderstudyError as evaluateGame and writeBundle; `bad-option`
 */
export async function judgeWays(
  { folder, work, evaluation }: { folder: string; work: string; evaluation: EvaluateGameRequest },
  environment: WatchedEnvironment,
): Promise<Judgement | null> {
  const bundle = await readBundle(folder);
  const ways = recordedWays(bundle);
  const { encoder, head } = bundle;
  const models: string[] = [];
  for (const way of ways) {
    const written = await writeBundle(
      join(work, 'ways', way.name),
      { ...actingBy(bundle, way), name: way.name },
      { encoder, head },
    );
    models.push(written.folder);
  }
  const played = await evaluateGame({ ...evaluation, models, players: '' }, environment);
  if (!played.complete) return null;
  const { by, row } = bestOf(played.players);
  const way = ways.find(({ name }) => name === row.player)!;
  const training = {
    ...bundle.manifest.training,
    judged: { way: way.name, by, game: played.game, players: played.players },
  };
  const { id } = await writeBundle(folder, { ...actingBy(bundle, way), training }, { encoder, head });
  return { way: way.name, by, evaluation: played, id };
}

/** The first of equals. Games that are survived and never won tell nothing by wins. @param rows at least one */
export function bestOf(rows: readonly PlayerRow[]): { readonly by: JudgedBy; readonly row: PlayerRow } {
  const scores = rows.every(({ meters }) => 'score' in meters);
  const by = rows.some(({ won }) => won > 0) ? 'wins' : scores ? 'score' : 'seconds';
  const value = ({ winRate, meters, seconds }: PlayerRow): number =>
    by === 'wins' ? (winRate ?? 0) : by === 'score' ? meters['score'].mean : seconds.mean;
  return { by, row: rows.reduce((best, row) => (value(row) > value(best) ? row : best)) };
}

export function judgementText({ way, by, evaluation }: Judgement): string {
  return `${gameScoresText(evaluation)}\n\nIt acts by the way ${way}, the best of these by ${by}.`;
}
