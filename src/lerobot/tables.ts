/**
 * The Parquet files of a set. hyparquet-writer is synchronous and buffers a row group at a time: one group is one
 * episode, as LeRobot's own writers do, so that one episode can be read without the others.
 */
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { ACTION, SCALAR_NAMES, SCALARS } from './layout.js';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];
type ColumnData = Parameters<ParquetWriter['write']>[0]['columnData'][number];

/** Parquet's type of a dtype. */
const TYPES = { bool: 'BOOLEAN', float32: 'FLOAT', int64: 'INT64' } as const;

type SchemaType = NonNullable<SchemaElement['type']>;

function scalar(name: string, type: SchemaType, text = false): SchemaElement[] {
  return [{ name, type, repetition_type: 'OPTIONAL', ...(text ? { converted_type: 'UTF8' as const } : {}) }];
}

/** Parquet's three levels of a list. */
function list(name: string, type: SchemaType, depth = 1, text = false): SchemaElement[] {
  const element = depth > 1 ? list('element', type, depth - 1, text) : scalar('element', type, text);
  return [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}

/** A file that is written row group by row group. */
class Table {
  readonly #writer: ParquetWriter;

  constructor(
    path: string,
    columns: readonly (readonly SchemaElement[])[],
    kvMetadata?: { key: string; value: string }[],
  ) {
    const schema: SchemaElement[] = [{ name: 'schema', num_children: columns.length }, ...columns.flat()];
    const createdBy = 'understudy';
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema,
      createdBy,
      ...(kvMetadata && { kvMetadata }),
    });
  }

  /** Bytes so far, about. */
  get bytes(): number {
    return this.#writer.writer.offset;
  }

  write(columnData: ColumnData[]): void {
    const rows = columnData[0].data.length;
    void this.#writer.write({ columnData, rowGroupSize: rows }); // synchronous with this writer
  }

  /** Writes the footer, without which the file cannot be read. */
  finish(): void {
    void this.#writer.finish();
  }
}

/** The rows of one episode. */
export interface EpisodeRows {
  /** [frames][K], 0 or 1. */
  readonly action: readonly (readonly number[])[];
  readonly intervention: readonly boolean[];
  readonly 'next.done': readonly boolean[];
  readonly 'next.success': readonly boolean[];
  /** s, from the start of the episode. */
  readonly timestamp: readonly number[];
  readonly frame_index: readonly number[];
  readonly episode_index: readonly number[];
  readonly index: readonly number[];
  readonly task_index: readonly number[];
}

/** `data/`: one row a frame, one row group an episode. */
export class FramesTable {
  readonly #table: Table;

  constructor(path: string) {
    const scalars = SCALAR_NAMES.map((name) => scalar(name, TYPES[SCALARS[name]]));
    this.#table = new Table(path, [list(ACTION, 'FLOAT'), ...scalars]);
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  add(rows: EpisodeRows): void {
    const scalars = SCALAR_NAMES.map((name) => ({
      name,
      data: SCALARS[name] === 'int64' ? rows[name].map(BigInt) : [...rows[name]],
    }));
    this.#table.write([{ name: ACTION, data: [...rows.action] }, ...scalars]);
  }

  finish(): void {
    this.#table.finish();
  }
}

/** Where an episode's pictures are in one camera's files. */
export interface EpisodeVideo {
  readonly chunk: number;
  readonly file: number;
  /** s, in that file. */
  readonly from: number;
  readonly to: number;
}

export interface EpisodeRow {
  readonly index: number;
  readonly task: string;
  readonly length: number;
  readonly data: { readonly chunk: number; readonly file: number };
  /** Of the first frame in the whole set. */
  readonly fromIndex: number;
  readonly videos: ReadonlyMap<string, EpisodeVideo>;
  /** By feature and statistic: a list of numbers, or of a camera (channels, 1, 1). */
  readonly stats: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Writes `meta/episodes/`: row i is episode i. */
export function writeEpisodes(path: string, episodes: readonly EpisodeRow[]): void {
  const columns: { readonly schema: SchemaElement[]; readonly data: ColumnData }[] = [];
  const integers = (name: string, of: (episode: EpisodeRow) => number): void => {
    columns.push({ schema: scalar(name, 'INT64'), data: { name, data: episodes.map((one) => BigInt(of(one))) } });
  };
  const doubles = (name: string, of: (episode: EpisodeRow) => number): void => {
    columns.push({ schema: scalar(name, 'DOUBLE'), data: { name, data: episodes.map(of) } });
  };
  integers('episode_index', ({ index }) => index);
  columns.push({
    schema: list('tasks', 'BYTE_ARRAY', 1, true),
    data: { name: 'tasks', data: episodes.map(({ task }) => [task]) },
  });
  integers('length', ({ length }) => length);
  integers('data/chunk_index', ({ data }) => data.chunk);
  integers('data/file_index', ({ data }) => data.file);
  integers('dataset_from_index', ({ fromIndex }) => fromIndex);
  integers('dataset_to_index', ({ fromIndex, length }) => fromIndex + length);
  for (const camera of episodes[0].videos.keys()) {
    integers(`videos/${camera}/chunk_index`, ({ videos }) => videos.get(camera)!.chunk);
    integers(`videos/${camera}/file_index`, ({ videos }) => videos.get(camera)!.file);
    doubles(`videos/${camera}/from_timestamp`, ({ videos }) => videos.get(camera)!.from);
    doubles(`videos/${camera}/to_timestamp`, ({ videos }) => videos.get(camera)!.to);
  }
  for (const [feature, statistics] of episodes[0].stats) {
    const depth = episodes[0].videos.has(feature) ? 3 : 1;
    for (const statistic of Object.keys(statistics)) {
      const name = `stats/${feature}/${statistic}`;
      const data = episodes.map(({ stats }) => stats.get(feature)![statistic]);
      const isCount = statistic === 'count';
      columns.push({
        schema: list(name, isCount ? 'INT64' : 'DOUBLE', isCount ? 1 : depth),
        data: { name, data: isCount ? (data as number[][]).map((counts) => counts.map(BigInt)) : data },
      });
    }
  }
  integers('meta/episodes/chunk_index', () => 0);
  integers('meta/episodes/file_index', () => 0);
  const table = new Table(
    path,
    columns.map(({ schema }) => schema),
  );
  table.write(columns.map(({ data }) => data));
  table.finish();
}

/** Writes `meta/tasks.parquet`: a pandas frame whose index is the text, which the loader looks up by position. */
export function writeTasks(path: string, tasks: readonly string[]): void {
  const pandas = {
    index_columns: ['task'],
    column_indexes: [],
    columns: [
      { name: 'task_index', field_name: 'task_index', pandas_type: 'int64', numpy_type: 'int64', metadata: null },
      { name: 'task', field_name: 'task', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
    ],
    creator: { library: 'understudy', version: '1' },
    pandas_version: '2.2.0',
  };
  const table = new Table(
    path,
    [scalar('task_index', 'INT64'), scalar('task', 'BYTE_ARRAY', true)],
    [{ key: 'pandas', value: JSON.stringify(pandas) }],
  );
  table.write([
    { name: 'task_index', data: tasks.map((_, index) => BigInt(index)) },
    { name: 'task', data: [...tasks] },
  ]);
  table.finish();
}
