/** A set that more episodes are added to: one that we wrote, and what is read of it for that. */
import { copyFileSync, linkSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolders } from '../core/make-folders.js';
import type { ActionOfKey } from '../session/key-names.js';
import type { MarkedOutcome } from '../session/format/event-lines.js';
import { readInfo, readOwnFacts, readTables, type OwnFacts } from './dataset-info.js';
import { codedSizes, invalid, type ExportedSessions } from './exported-sessions.js';
import { EPISODES_FOLDER, featuresOf, FILES_A_CHUNK, SCALAR_NAMES, type ScalarName } from './layout.js';
import type { EpisodeRow } from './tables.js';

export interface ExistingSet {
  readonly episodes: readonly EpisodeRow[];
  readonly game: string | null;
  readonly keys: ActionOfKey;
  readonly tasks: readonly string[];
  readonly outcomes: readonly (MarkedOutcome | null)[];
  readonly sessions: OwnFacts['sessions'];
  /** Counts of the statistics, by feature. */
  readonly counts: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** The values of the scalar columns. */
  readonly numbers: ReadonlyMap<ScalarName, Float64Array>;
  /** Numbers of the files that come next: of the data, and of each camera. */
  readonly nextData: number;
  readonly nextVideo: ReadonlyMap<string, number>;
}

/** @throws UnderstudyError `dataset-invalid` where another program wrote it, or the sessions do not fit into it */
export async function readExisting(folder: string, exported: ExportedSessions): Promise<ExistingSet> {
  const { actions, cameras, fps } = exported;
  const info = readInfo(folder);
  const own = readOwnFacts(folder);
  if (own === null) {
    throw invalid(
      `${folder} was not written by understudy.`,
      'Export to a new folder, and join the two with the tools of LeRobot.',
    );
  }
  requireSame(folder, 'the rate', fps, info.fps);
  const wanted = featuresOf(actions.names, codedSizes(cameras), fps);
  for (const name of new Set([...Object.keys(info.features), ...Object.keys(wanted)])) {
    requireSame(folder, name, wanted[name], info.features[name]);
  }
  requireSame(folder, 'the contract of the gray pictures', exported.contract, own.contract);
  requireSame(folder, 'the actions', { names: actions.names, ...actions.rules() }, own.actions);
  if (exported.game !== null && own.game !== null) requireSame(folder, 'the game', exported.game, own.game);
  for (const [key, action] of exported.keys) requireSame(folder, `the key ${key}`, action, own.keys[key] ?? action);
  const rows = await readTables(join(folder, EPISODES_FOLDER));
  const episodes = rows.map((row) => episodeOf(row, [...cameras.keys()]));
  const nextOf = (places: readonly { readonly chunk: number; readonly file: number }[]): number =>
    Math.max(...places.map(({ chunk, file }) => chunk * FILES_A_CHUNK + file)) + 1;
  return {
    episodes,
    game: own.game,
    keys: new Map(Object.entries(own.keys)),
    tasks: [...new Set(episodes.map(({ task }) => task))],
    outcomes: own.outcomes,
    sessions: own.sessions,
    counts: own.counts,
    numbers: await readNumbers(folder),
    nextData: nextOf(episodes.map(({ data }) => data)),
    nextVideo: new Map(
      [...cameras.keys()].map((camera) => [camera, nextOf(episodes.map(({ videos }) => videos.get(camera)!))]),
    ),
  };
}

function requireSame(folder: string, what: string, got: unknown, expected: unknown): void {
  if (isDeepStrictEqual(got, expected)) return;
  const [is, should] = [got, expected].map((value) => JSON.stringify(value ?? null));
  throw invalid(
    `The sessions do not fit into ${folder}: ${what}: ${is}, expected ${should}.`,
    'Export them to a set of their own.',
  );
}

/** Puts the tables of frames and the videos of a set into another folder too: as links, or copies where a disk has none. */
export function linkFiles(from: string, to: string): void {
  for (const folder of ['data', 'videos']) {
    for (const entry of readdirSync(join(from, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const place = join(to, path.slice(from.length));
      makeFolders(dirname(place));
      try {
        linkSync(path, place);
      } catch {
        copyFileSync(path, place);
      }
    }
  }
}

function episodeOf(row: Readonly<Record<string, unknown>>, cameras: readonly string[]): EpisodeRow {
  const number = (name: string): number => Number(row[name]);
  const at = (name: string) => ({ chunk: number(`${name}/chunk_index`), file: number(`${name}/file_index`) });
  const stats = new Map<string, Record<string, unknown>>();
  for (const [column, value] of Object.entries(row)) {
    const [, feature, statistic] = /^stats\/(.+)\/(\w+)$/.exec(column) ?? [];
    if (feature === undefined) continue;
    if (!stats.has(feature)) stats.set(feature, {});
    stats.get(feature)![statistic] = statistic === 'count' ? (value as bigint[]).map(Number) : value;
  }
  return {
    index: number('episode_index'),
    task: (row['tasks'] as string[])[0],
    length: number('length'),
    data: at('data'),
    fromIndex: number('dataset_from_index'),
    videos: new Map(
      cameras.map((camera) => {
        const [from, to] = [number(`videos/${camera}/from_timestamp`), number(`videos/${camera}/to_timestamp`)];
        return [camera, { ...at(`videos/${camera}`), from, to }];
      }),
    ),
    stats,
  };
}

async function readNumbers(folder: string): Promise<Map<ScalarName, Float64Array>> {
  const rows = await readTables(join(folder, 'data'), SCALAR_NAMES);
  return new Map(SCALAR_NAMES.map((name) => [name, Float64Array.from(rows, (row) => Number(row[name]))]));
}
