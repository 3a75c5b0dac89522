/**
 * Where the files of a LeRobotDataset v3.0 are, and which columns its tables have. Source: huggingface/lerobot,
 * src/lerobot/datasets/utils.py and feature_utils.py.
 */
import { join } from 'node:path';

export const DATASET_VERSION = 'v3.0';

/** What describes the format. */
export const FORMAT_PAGE = 'https://huggingface.co/docs/lerobot/lerobot-dataset-v3';

/** The pictures of the game, and the small gray ones that a model sees. */
export const GAME_CAMERA = 'observation.images.game';
export const GRAY_CAMERA = 'observation.images.gray';
export const ACTION = 'action';
/** A person's hand, as LeRobot's own recordings of interventions call it. */
export const INTERVENTION = 'intervention';

/** Files of one folder. */
export const FILES_A_CHUNK = 1000;
/** Bytes. */
export const MB = 1e6;

/** MB of a file, for those who add to a set. Ours of a video is small: the file is in memory until it is whole. */
export const DATA_FILE_MB = 100;
export const VIDEO_FILE_MB = 50;

export const INFO_FILE = join('meta', 'info.json');
export const STATS_FILE = join('meta', 'stats.json');
export const TASKS_FILE = join('meta', 'tasks.parquet');
export const EPISODES_FOLDER = join('meta', 'episodes');
export const CARD_FILE = 'README.md';
/** What no field of the format holds: the contract, the keys, the sessions. */
export const OWN_FILE = join('meta', 'understudy.json');

/** As `info.json` says them, for Python's `str.format`. */
export const DATA_PATH = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';
export const VIDEO_PATH = 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4';

/** One of the numbered files of a kind: the 1000th is the first of the second folder. */
export interface FilePlace {
  readonly chunk: number;
  readonly file: number;
}

export function placeOf(number: number): FilePlace {
  return { chunk: Math.floor(number / FILES_A_CHUNK), file: number % FILES_A_CHUNK };
}

export const dataFile = (place: FilePlace): string => join('data', ...numbered(place, 'parquet'));
export const episodesFile = (place: FilePlace): string => join(EPISODES_FOLDER, ...numbered(place, 'parquet'));
export const videoFile = (camera: string, place: FilePlace): string =>
  join('videos', camera, ...numbered(place, 'mp4'));

function numbered({ chunk, file }: FilePlace, ending: string): [string, string] {
  const three = (value: number): string => String(value).padStart(3, '0');
  return [`chunk-${three(chunk)}`, `file-${three(file)}.${ending}`];
}

/** How a feature is described in `info.json`. */
export interface Feature {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly names: readonly string[] | null;
  readonly info?: Readonly<Record<string, string | number | boolean>>;
}

/** px */
export interface CameraSize {
  readonly width: number;
  readonly height: number;
}

/** Columns that every set has, and those that ours add. All are scalars: shape [1]. */
export const SCALARS = {
  [INTERVENTION]: 'bool',
  'next.done': 'bool',
  'next.success': 'bool',
  timestamp: 'float32',
  frame_index: 'int64',
  episode_index: 'int64',
  index: 'int64',
  task_index: 'int64',
} as const;

export type ScalarName = keyof typeof SCALARS;
export const SCALAR_NAMES = Object.keys(SCALARS) as readonly ScalarName[];

/** The features of a set that we write. */
export function featuresOf(
  actions: readonly string[],
  cameras: ReadonlyMap<string, CameraSize>,
  fps: number,
): Record<string, Feature> {
  const videos = [...cameras].map(([name, size]): [string, Feature] => [name, videoFeature(size, fps)]);
  const scalars = SCALAR_NAMES.map((name): [string, Feature] => [
    name,
    { dtype: SCALARS[name], shape: [1], names: null },
  ]);
  const action: Feature = { dtype: 'float32', shape: [actions.length], names: actions };
  return Object.fromEntries<Feature>([...videos, [ACTION, action], ...scalars]);
}

function videoFeature({ width, height }: CameraSize, fps: number): Feature {
  return {
    dtype: 'video',
    shape: [height, width, 3],
    names: ['height', 'width', 'channels'],
    info: {
      'video.height': height,
      'video.width': width,
      'video.codec': 'h264',
      'video.pix_fmt': 'yuv420p',
      'video.is_depth_map': false,
      'video.fps': fps,
      'video.channels': 3,
      has_audio: false,
    },
  };
}
