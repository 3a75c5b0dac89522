/** Reads what a set says of itself: its version, its features, its episodes. Refuses by name what cannot become a session. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import { given } from '../core/given.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { invalid } from './exported-sessions.js';
import { dataFile, DATASET_VERSION, EPISODES_FOLDER, INFO_FILE, OWN_FILE, videoFile } from './layout.js';

const namesSchema = z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))]).nullish();

const infoSchema = z.looseObject({
  codebase_version: z.string(),
  fps: z.number(),
  features: z.record(
    z.string(),
    z.looseObject({ dtype: z.string(), shape: z.array(z.number()), names: namesSchema.catch(null) }),
  ),
});

export type DatasetInfo = z.infer<typeof infoSchema>;

const share = z.number().min(0).max(1);

/** How our own gray pictures were made: the parts in which contracts differ. */
const contractSchema = z
  .looseObject({
    width: z.number().int().min(1).max(4096),
    height: z.number().int().min(1).max(4096),
    crop: z.strictObject({ left: share, top: share, width: share, height: share }),
  })
  .transform(({ width, height, crop }): PreprocessingContract => ({ ...STUDY_CONTRACT, width, height, crop }));

/** What our own sets say besides. */
const ownSchema = z.looseObject({
  game: z.string().nullable(),
  contract: contractSchema.nullable(),
  actions: z.looseObject({ names: z.array(z.string()) }),
  keys: z.record(z.string(), z.string()),
  outcomes: z.array(z.enum(['won', 'lost', 'ended']).nullable()),
  sessions: z.array(z.strictObject({ name: z.string(), source: z.string().nullable() })),
  /** What the statistics of pictures and actions are counted from. */
  counts: z.record(z.string(), z.array(z.array(z.number()))),
});

export type OwnFacts = z.infer<typeof ownSchema>;

/** @throws UnderstudyError `dataset-invalid` for another version, or a folder without a set */
export function readInfo(folder: string): DatasetInfo {
  const path = join(folder, INFO_FILE);
  if (!existsSync(path)) {
    throw invalid(
      `${folder} is no LeRobot set: it has no ${INFO_FILE}.`,
      'Name the folder that has meta/, data/ and videos/ in it.',
    );
  }
  const parsed = infoSchema.safeParse(jsonOf(path));
  if (!parsed.success) {
    throw invalid(`${path} cannot be read: ${z.prettifyError(parsed.error)}.`, 'Fetch the set again.');
  }
  const info = parsed.data;
  if (info.codebase_version !== DATASET_VERSION) {
    const isOlder = /^v[12]\./.test(info.codebase_version);
    throw invalid(
      `${folder} is a set of version ${info.codebase_version}; expected ${DATASET_VERSION}.`,
      isOlder
        ? 'Convert it with LeRobot: python -m lerobot.datasets.v30.convert_dataset_v21_to_v30 --repo-id=<name of the set>.'
        : 'Export it with a version of LeRobot that writes v3.0.',
    );
  }
  if (!Number.isInteger(info.fps) || info.fps < 1 || info.fps > 240) {
    throw invalid(
      `${folder} has ${info.fps} frames a second; expected a whole number from 1 to 240.`,
      'Convert it to such a rate.',
    );
  }
  return info;
}

/** Null for a set that another program wrote. */
export function readOwnFacts(folder: string): OwnFacts | null {
  const path = join(folder, OWN_FILE);
  if (!existsSync(path)) return null;
  const parsed = ownSchema.safeParse(jsonOf(path));
  return parsed.success ? parsed.data : null;
}

/** The names of an action's numbers; null where the set gives none. */
export function actionNamesOf(info: DatasetInfo): readonly string[] | null {
  const names = info.features['action']?.names;
  if (!names) return null;
  return Array.isArray(names) ? names : Object.values(names).flat();
}

/** One episode, as a reader needs it. */
export interface Episode {
  readonly index: number;
  readonly length: number;
  /** The Parquet file, and the first of its rows. */
  readonly data: string;
  readonly firstRow: number;
  /** The video file of the camera, and the first of its pictures. */
  readonly video: string;
  readonly firstPicture: number;
}

/**
 * All episodes, in their order.
 *
 * @throws UnderstudyError `dataset-invalid` where a file is missing or cannot be read
 */
export async function readEpisodes(folder: string, camera: string, fps: number): Promise<Episode[]> {
  const rows = await readTables(join(folder, EPISODES_FOLDER));
  const firstOf = new Map<string, number>();
  return rows.map((row, place): Episode => {
    const number = (name: string): number => {
      const value = row[name];
      if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
      throw invalid(`Episode ${place} of ${folder} has no '${name}'.`, 'Fetch the set again.');
    };
    const at = (name: string) => ({ chunk: number(`${name}/chunk_index`), file: number(`${name}/file_index`) });
    const data = dataFile(at('data'));
    const video = videoFile(camera, at(`videos/${camera}`));
    for (const path of [data, video]) {
      if (!existsSync(join(folder, path)))
        throw invalid(`${folder} lacks ${path}, of episode ${place}.`, 'Fetch the whole set.');
    }
    const from = number('dataset_from_index');
    if (!firstOf.has(data)) firstOf.set(data, from);
    const firstPicture = Math.round(number(`videos/${camera}/from_timestamp`) * fps);
    const firstRow = from - firstOf.get(data)!;
    return { index: number('episode_index'), length: number('length'), data, firstRow, video, firstPicture };
  });
}

/**
 * Rows of a Parquet file; default all rows, and all columns.
 *
 * @throws UnderstudyError `dataset-invalid`
 */
export async function readRows(
  path: string,
  wanted: { readonly columns?: readonly string[]; readonly from?: number; readonly to?: number } = {},
): Promise<Record<string, unknown>[]> {
  const { columns, from: rowStart, to: rowEnd } = wanted;
  const part = given({ columns: columns && [...columns], rowStart, rowEnd });
  try {
    return await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors, ...part });
  } catch (error) {
    throw invalid(`${path} cannot be read: ${messageOf(error)}.`, 'Fetch the set again; its tables must be Parquet.');
  }
}

/** Every row of the Parquet files below a folder, in the order of their names. Throws as {@link readRows}. */
export async function readTables(folder: string, columns?: readonly string[]): Promise<Record<string, unknown>[]> {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.filter((name) => name.endsWith('.parquet')).sort();
  if (files.length === 0) throw invalid(`${folder} has no table.`, 'Fetch the whole set.');
  const rows: Record<string, unknown>[] = [];
  for (const name of files) rows.push(...(await readRows(join(folder, name), given({ columns }))));
  return rows;
}

/** hyparquet has snappy; newer versions of Node have zstd. */
const zstd = (zlib as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdDecompressSync;
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ...(zstd && { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstd(bytes)) }),
};

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(`${path} cannot be read: ${messageOf(error)}.`, 'Fetch the set again.');
  }
}
