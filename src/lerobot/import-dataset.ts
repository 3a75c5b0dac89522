/**
 * Makes a session of a LeRobotDataset v3.0: a fight an episode, with the pictures of one camera and the keys that its
 * actions mean. The set is never changed; the session appears whole or not at all.
 */
import { basename, join } from 'node:path';
import { VirtualClock } from '../core/clock.js';
import { badOption, UnderstudyError } from '../core/errors.js';
import type { MarkedOutcome, PlayedBy } from '../session/format/event-lines.js';
import { readVideo } from '../session/read-video.js';
import { filesAt, requireNewSession, type SessionFiles } from '../session/session-files.js';
import { readSession } from '../session/session.js';
import { writeWholeSession } from '../session/whole-session.js';
import { SessionWriter } from '../session/session-writer.js';
import type { DecodedPicture } from '../session/video.js';
import { STUDY_CONTRACT } from '../vision/preprocessing-contract.js';
import {
  actionNamesOf,
  readEpisodes,
  readInfo,
  readOwnFacts,
  readRows,
  type DatasetInfo,
  type OwnFacts,
  type Episode,
} from './dataset-info.js';
import { invalid } from './exported-sessions.js';
import { chooseActions, importedKeys, importedSet, isHeld, type ImportedAction } from './imported-actions.js';
import { ACTION, GAME_CAMERA, INTERVENTION } from './layout.js';

export interface ImportRequest {
  readonly folder: string;
  /** Path without ending of the new session. */
  readonly to: string;
  /** Null: the only camera, or the one that our own sets have. */
  readonly camera: string | null;
  /** As chooseActions takes them. */
  readonly actions: string | null;
  /** From which value on an action counts as held; null: only 0 and 1 are taken. */
  readonly actionThreshold: number | null;
  /** Numbers of episodes; null: all. */
  readonly episodes: readonly number[] | null;
  /** Frames a second of the session; null: the set's. */
  readonly rateHz: number | null;
  readonly onFrame?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** `session import --lerobot --json`. */
export interface DatasetImport {
  readonly session: string;
  readonly files: SessionFiles;
  readonly frames: number;
  readonly fights: number;
  readonly rateHz: number;
  readonly camera: string;
  readonly actions: readonly string[];
}

/** Frames between two fights of the session, in which no one plays. */
const FRAMES_BETWEEN = 2;

const SUCCESS = 'next.success';

/** One frame of an episode. */
interface Row {
  /** Places of the held actions, in the session's set. */
  readonly held: readonly boolean[];
  readonly byPerson: boolean;
}

interface EpisodeRows {
  readonly episode: Episode;
  readonly rows: readonly Row[];
  readonly outcome: MarkedOutcome | null;
}

/**
 * @throws UnderstudyError `dataset-invalid` for what cannot become a session; `bad-option`; as readVideo and SessionWriter;
 *   the signal's reason when it aborts
 */
export async function importDataset(request: ImportRequest): Promise<DatasetImport> {
  const { folder, signal } = request;
  const files = filesAt(request.to);
  requireNewSession(files);
  const info = readInfo(folder);
  const camera = chooseCamera(request, info);
  const all = await readEpisodes(folder, camera, info.fps);
  const own = readOwnFacts(folder);
  const episodes = await readActions(request, info, own, chosenEpisodes(request.episodes, all));
  const writing = { info, own, camera, episodes };
  await writeWholeSession(files, (made) => write(request, { ...writing, files: made }), signal);
  const session = await readSession(files);
  return {
    session: files.name,
    files,
    frames: session.frames.count,
    fights: session.fights.length,
    rateHz: session.rateHz,
    camera,
    actions: session.actions.names,
  };
}

function chooseCamera({ folder, camera }: ImportRequest, { features }: DatasetInfo): string {
  const cameras = Object.keys(features).filter((name) => features[name].dtype === 'video');
  const list = cameras.join(', ');
  if (camera !== null) {
    if (cameras.includes(camera)) return camera;
    throw badOption(`--camera ${camera}: the set has no such video.`, list === '' ? 'It has none.' : `It has ${list}.`);
  }
  if (cameras.length === 1) return cameras[0];
  if (cameras.includes(GAME_CAMERA)) return GAME_CAMERA;
  if (cameras.length > 1)
    throw badOption(`The set has ${cameras.length} cameras: ${list}.`, `Choose one: --camera ${cameras[0]}.`);
  const images = Object.keys(features).filter((name) => features[name].dtype === 'image');
  throw invalid(
    `${folder} has no video${images.length === 0 ? '' : `: ${images.join(', ')} are pictures inside its tables`}.`,
    'A session needs a video: record or convert the set with videos (use_videos of LeRobot).',
  );
}

function chosenEpisodes(asked: readonly number[] | null, all: readonly Episode[]): readonly Episode[] {
  if (asked === null) return all;
  const missing = asked.find((number) => all[number] === undefined);
  if (missing === undefined) return asked.map((number) => all[number]);
  throw badOption(`--episodes: the set has no episode ${missing}.`, `It has 0 to ${all.length - 1}.`);
}

/** The actions of every frame: some hundred bytes each, before any picture is read. */
async function readActions(
  request: ImportRequest,
  info: DatasetInfo,
  own: OwnFacts | null,
  episodes: readonly Episode[],
): Promise<{
  readonly actions: readonly ImportedAction[];
  readonly all: EpisodeRows[];
  readonly isSynthetic: boolean;
}> {
  const { folder, actionThreshold: threshold } = request;
  const feature = info.features[ACTION];
  if (feature === undefined) throw invalid(`${folder} has no '${ACTION}'.`, 'A session needs what was pressed.');
  const actions = chooseActions(request.actions, actionNamesOf(info), feature.shape[0]);
  const columns = [ACTION, INTERVENTION, SUCCESS].filter((name) => info.features[name] !== undefined);
  const all: EpisodeRows[] = [];
  for (const episode of episodes) {
    const { data, firstRow, length, index } = episode;
    const rows = await readRows(join(folder, data), { columns, from: firstRow, to: firstRow + length });
    if (rows.length !== length) throw invalid(`${data} ends within episode ${index}.`, 'Fetch the set again.');
    const isWon = rows[length - 1][SUCCESS] === true;
    all.push({
      episode,
      rows: rows.map((row) => {
        const values = numbersOf(row[ACTION]);
        if (values.length !== feature.shape[0] || !values.every(Number.isFinite)) {
          throw invalid(
            `Episode ${index} has a row of action that is not ${feature.shape[0]} numbers.`,
            'Fetch the set again.',
          );
        }
        const held = actions.map((action) => isHeld(values[action.column], action, threshold));
        return { held, byPerson: row[INTERVENTION] === true };
      }),
      outcome: own === null ? (isWon ? 'won' : null) : (own.outcomes[index] ?? null),
    });
  }
  const isSynthetic =
    columns.includes(INTERVENTION) && all.every(({ rows }) => rows.every(({ byPerson }) => !byPerson));
  return { actions, all, isSynthetic };
}

/** A scalar column is a list of one. */
function numbersOf(value: unknown): readonly number[] {
  return Array.isArray(value) || ArrayBuffer.isView(value)
    ? Array.from(value as ArrayLike<number>, Number)
    : [Number(value)];
}

interface Writing {
  readonly info: DatasetInfo;
  readonly own: OwnFacts | null;
  readonly camera: string;
  readonly episodes: Awaited<ReturnType<typeof readActions>>;
  readonly files: SessionFiles;
}

async function write(request: ImportRequest, { info, own, camera, episodes, files }: Writing): Promise<void> {
  const { folder, rateHz, signal, onFrame } = request;
  const { actions: imported, all, isSynthetic } = episodes;
  const actions = importedSet(imported, own);
  const [height, width] = info.features[camera].shape;
  const clock = new VirtualClock();
  const startUnixMs = Date.now();
  await using writer = await SessionWriter.create({
    files,
    rateHz: rateHz ?? info.fps,
    width,
    height,
    actions,
    keys: importedKeys(imported, actionNamesOf(info), own),
    contract: own?.contract ?? STUDY_CONTRACT,
    clock,
    source: `imported from ${basename(folder)} (LeRobot)`,
    game: own?.game ?? null,
    wallMs: () => startUnixMs + clock.nowMs(),
  });
  const first = all[0].rows[0];
  const isMixed = all.some(({ rows }) => rows.some(({ byPerson }) => byPerson !== first.byPerson));
  const total = all.reduce((sum, { rows }) => sum + rows.length, 0);
  const periodMs = 1000 / info.fps;
  let done = 0;
  let slot = 0;
  const videos = new VideoReader(folder, width, height);
  try {
    for (const { episode, rows, outcome } of all) {
      const hands = new Hands(writer, imported, isMixed, isSynthetic);
      for (const [k, row] of rows.entries()) {
        signal?.throwIfAborted();
        const atMs = slot * periodMs;
        const { pixels } = await videos.picture(episode.video, episode.firstPicture + k);
        if (k === 0) writer.marker('fight_start', atMs);
        hands.hold(row, atMs);
        if (k === rows.length - 1) writer.marker('fight_end', atMs, outcome);
        await clock.sleepUntil(atMs);
        await writer.room();
        writer.offer({ width, height, pixels, capturedAtMs: atMs });
        if (writer.failure !== null) throw writer.failure;
        slot += 1;
        onFrame?.((done += 1), total);
      }
      // after the last frame, so that its label stays
      const endMs = (slot - 0.5) * periodMs;
      hands.leave(endMs);
      await clock.sleepUntil(endMs);
      slot += FRAMES_BETWEEN;
    }
    await writer.finish('imported');
    if (writer.failure !== null) throw writer.failure;
  } finally {
    await videos.close();
  }
}

/** Presses and releases keys as the held actions change; of play with takeovers, by who played. */
class Hands {
  readonly #writer: SessionWriter;
  readonly #actions: readonly ImportedAction[];
  readonly #isMixed: boolean;
  readonly #isSynthetic: boolean;
  #held: readonly boolean[] = [];
  #source: PlayedBy | undefined = undefined;

  constructor(writer: SessionWriter, actions: readonly ImportedAction[], isMixed: boolean, isSynthetic: boolean) {
    this.#writer = writer;
    this.#actions = actions;
    this.#isMixed = isMixed;
    this.#isSynthetic = isSynthetic;
  }

  hold({ held, byPerson }: Row, atMs: number): void {
    const source = byPerson ? 'human' : 'agent';
    if (this.#isMixed && source !== this.#source) {
      this.#release(atMs);
      // a set does not say how a person gave back: what it marks is theirs to the end
      this.#writer.control(source, atMs, this.#source === 'human');
      this.#source = source;
    }
    const origin =
      this.#source === undefined ? { synthetic: this.#isSynthetic } : { synthetic: !byPerson, source: this.#source };
    this.#actions.forEach(({ name }, place) => {
      if (held[place] === (this.#held[place] ?? false)) return;
      if (held[place]) this.#writer.keyDown({ action: name }, atMs, origin);
      else this.#writer.keyUp({ action: name }, atMs, origin);
    });
    this.#held = held;
  }

  /** No one plays until the next fight. */
  leave(atMs: number): void {
    this.#release(atMs);
    if (this.#source !== undefined) this.#writer.control('nobody', atMs, this.#source === 'human');
  }

  #release(atMs: number): void {
    this.#writer.releaseAll(atMs);
    this.#held = [];
  }
}

/** The pictures of video files, forwards; a file is opened again where an earlier picture is asked for. */
class VideoReader {
  readonly #folder: string;
  readonly #width: number;
  readonly #height: number;
  #path: string | null = null;
  #pictures: AsyncGenerator<DecodedPicture, void, void> | null = null;
  #picture: DecodedPicture | null = null;

  constructor(folder: string, width: number, height: number) {
    this.#folder = folder;
    this.#width = width;
    this.#height = height;
  }

  async picture(path: string, index: number): Promise<DecodedPicture> {
    if (path !== this.#path || (this.#picture?.index ?? -1) > index) await this.#open(path);
    while (this.#picture === null || this.#picture.index < index) {
      const { value, done } = await this.#pictures!.next().catch((error: unknown) => {
        // what readVideo advises is about sessions
        if (!(error instanceof UnderstudyError) || error.kind !== 'input') throw error;
        throw invalid(error.message, 'Fetch the set again, or look at the video with another program.');
      });
      if (done === true) throw invalid(`${path} ends before picture ${index}.`, 'Fetch the set again.');
      this.#picture = value;
    }
    const { width, height } = this.#picture;
    if (width === this.#width && height === this.#height) return this.#picture;
    throw invalid(
      `${path} has pictures of ${width}x${height}; the set says ${this.#width}x${this.#height}.`,
      'Fetch the set again.',
    );
  }

  async close(): Promise<void> {
    await this.#pictures?.return();
    this.#picture = null;
  }

  async #open(path: string): Promise<void> {
    await this.close();
    this.#path = path;
    this.#pictures = readVideo(join(this.#folder, path));
  }
}
