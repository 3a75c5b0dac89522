/**
 * Writes sessions as a LeRobotDataset v3.0: an episode a fight, an action a key. Reads and writes one picture at a time; the
 * folder appears whole or not at all.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '../core/make-folders.js';
import { badOption, messageOf, UnderstudyError } from '../core/errors.js';
import { WholeFolder } from '../core/whole-folder.js';
import { adviceToWrite } from '../core/write-advice.js';
import type { MarkedOutcome } from '../session/format/event-lines.js';
import { fightOfFrames, labelFrames } from '../session/labels.js';
import type { Session } from '../session/session.js';
import { playedByFrames } from '../session/takeovers.js';
import type { BgraImage } from '../vision/image-file.js';
import { cardText, type CardFacts } from './card.js';
import { linkFiles, readExisting, type ExistingSet } from './existing-set.js';
import type { ExportReport } from './export-report.js';
import { codedSizes, readExported, type ExportedSessions } from './exported-sessions.js';
import {
  ACTION,
  CARD_FILE,
  DATA_FILE_MB,
  DATA_PATH,
  dataFile,
  DATASET_VERSION,
  episodesFile,
  featuresOf,
  FILES_A_CHUNK,
  INFO_FILE,
  MB,
  OWN_FILE,
  placeOf,
  SCALAR_NAMES,
  STATS_FILE,
  TASKS_FILE,
  VIDEO_FILE_MB,
  VIDEO_PATH,
  type ScalarName,
} from './layout.js';
import { SessionPictures } from './session-pictures.js';
import { asPictures, Histogram, statisticsOfNumbers, type Statistics } from './statistics.js';
import { FramesTable, writeEpisodes, writeTasks, type EpisodeRow, type EpisodeRows } from './tables.js';
import { VideoFiles } from './video-files.js';

export interface ExportRequest {
  /** As resolveSession takes them. */
  readonly sessions: readonly string[];
  /** The folder of the set. */
  readonly folder: string;
  /** Add to the set that is there, which we have written; otherwise none may be there. */
  readonly append: boolean;
  /** What is done in every episode, one sentence; null: named after the game. */
  readonly task: string | null;
  readonly onFrame?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Pictures are counted for the statistics once in so many frames, and of these once in so many pixels: a game changes slowly. */
const PICTURE_STEP = 10;
const PIXEL_STEP = 37;
const LEVELS = 256;

/** Which person's hand moved, in `takeovers.ts`. */
const BY_PERSON = 2;

/**
 * @throws UnderstudyError as readExported; `bad-option` where the folder is there; `write-failed`; the signal's reason
 */
export async function exportDataset(request: ExportRequest): Promise<ExportReport> {
  const { append, signal } = request;
  const folder = resolve(request.folder);
  if (!append && existsSync(folder)) {
    throw badOption(`${request.folder} exists.`, 'Choose another folder, or add to it with --append.');
  }
  if (append && !existsSync(folder)) {
    throw badOption(`${request.folder} is not there.`, 'Leave --append out to begin it, or name a set that is there.');
  }
  const exported = await readExported(request.sessions);
  const existing = append ? await readExisting(folder, exported) : null;
  const task = request.task ?? `Play ${exported.game ?? 'the game'}.`;
  if (task.trim() === '') throw badOption('--task is empty.', 'Say in a sentence what is done, or leave it out.');
  try {
    makeFolders(dirname(folder));
    await using whole = await WholeFolder.create(folder);
    if (existing !== null) linkFiles(folder, whole.path);
    const dataset = new DatasetWriter(whole.path, exported, task, existing);
    for (const session of exported.sessions) {
      await dataset.addSession(session, (done) => {
        signal?.throwIfAborted();
        request.onFrame?.(done, exported.frames);
      });
    }
    const report = await dataset.finish(whole, request.folder);
    await whole.publish();
    return report;
  } catch (error) {
    if (error instanceof UnderstudyError || signal?.aborted) throw error;
    const next = adviceToWrite(error, '--lerobot');
    const message = `${folder} could not be written: ${messageOf(error)}.`;
    throw new UnderstudyError({ kind: 'environment', code: 'write-failed', message, next, cause: error });
  }
}

class DatasetWriter {
  readonly #folder: string;
  readonly #exported: ExportedSessions;
  readonly #task: string;
  readonly #videos: ReadonlyMap<string, VideoFiles>;
  readonly #episodes: EpisodeRow[];
  readonly #tasks: string[];
  readonly #histograms: ReadonlyMap<string, Histogram>;
  readonly #numbers: ReadonlyMap<ScalarName, Float64Array[]>;
  readonly #outcomes: (MarkedOutcome | null)[];
  readonly #existing: ExistingSet | null;
  /** Frames of this export. */
  #added = 0;
  #data: FramesTable | null = null;
  #dataNumber: number;
  #frames: number;

  /** @param existing what the set has already; null: nothing */
  constructor(folder: string, exported: ExportedSessions, task: string, existing: ExistingSet | null) {
    const { cameras, fps } = exported;
    this.#episodes = [...(existing?.episodes ?? [])];
    this.#tasks = [...new Set([...(existing?.tasks ?? []), task])];
    this.#outcomes = [...(existing?.outcomes ?? [])];
    this.#existing = existing;
    this.#numbers = new Map(SCALAR_NAMES.map((name) => [name, existing === null ? [] : [existing.numbers.get(name)!]]));
    this.#dataNumber = existing?.nextData ?? 0;
    this.#frames = this.#episodes.reduce((sum, { length }) => sum + length, 0);
    this.#folder = folder;
    this.#exported = exported;
    this.#task = task;
    this.#videos = new Map(
      [...cameras].map(([name, size]) => {
        return [name, new VideoFiles(folder, name, size, fps, existing?.nextVideo.get(name))];
      }),
    );
    this.#histograms = histogramsOf(exported);
    for (const [feature, histogram] of this.#histograms) {
      const counts = existing?.counts[feature];
      if (counts !== undefined) histogram.restore(counts);
    }
  }

  async addSession(session: Session, onFrame: (done: number) => void): Promise<void> {
    const { cameras } = this.#exported;
    const labels = labelFrames(session);
    const fightOf = fightOfFrames(session);
    const byPerson = personsFrames(session);
    const pictures = new Map([...cameras].map(([name, size]) => [name, new SessionPictures(session, name, size)]));
    try {
      // the frames of a fight stand together, and fights follow each other
      for (let from = 0; from < fightOf.length;) {
        let to = from + 1;
        while (to < fightOf.length && fightOf[to] === fightOf[from]) to += 1;
        if (fightOf[from] !== -1) {
          const frames = { from, to, outcome: session.fights[fightOf[from]].outcome ?? null };
          await this.#addEpisode(frames, labels, byPerson, pictures, onFrame);
        }
        from = to;
      }
    } finally {
      for (const reader of pictures.values()) await reader[Symbol.asyncDispose]();
    }
  }

  async finish(whole: WholeFolder, folder: string): Promise<ExportReport> {
    const { fps, actions, cameras, contract } = this.#exported;
    const { sessions, game, keys } = this.#facts();
    this.#data?.finish();
    for (const videos of this.#videos.values()) await videos.finish();
    makeFolders(join(this.#folder, dirname(episodesFile(placeOf(0)))));
    writeEpisodes(join(this.#folder, episodesFile(placeOf(0))), this.#episodes);
    writeTasks(join(this.#folder, TASKS_FILE), this.#tasks);
    const episodes = this.#episodes.length;
    const coded = codedSizes(cameras);
    const info = {
      codebase_version: DATASET_VERSION,
      robot_type: 'understudy',
      total_episodes: episodes,
      total_frames: this.#frames,
      total_tasks: this.#tasks.length,
      chunks_size: FILES_A_CHUNK,
      data_files_size_in_mb: DATA_FILE_MB,
      video_files_size_in_mb: VIDEO_FILE_MB,
      fps,
      splits: { train: `0:${episodes}` },
      data_path: DATA_PATH,
      video_path: VIDEO_PATH,
      features: featuresOf(actions.names, coded, fps),
    };
    const outcomes = { won: 0, lost: 0, ended: 0, unknown: 0 };
    for (const outcome of this.#outcomes) outcomes[outcome ?? 'unknown'] += 1;
    const report: ExportReport = {
      folder,
      episodes,
      frames: this.#frames,
      fps,
      actions: actions.names,
      cameras: Object.fromEntries([...coded].map(([name, { width, height }]) => [name, `${width}x${height}`])),
      task: this.#task,
      outcomes,
    };
    const own = {
      game,
      contract,
      labels: 'at-frame',
      actions: { names: actions.names, ...actions.rules() },
      sessions,
      keys: Object.fromEntries(keys),
      outcomes: this.#outcomes,
      counts: Object.fromEntries([...this.#histograms].map(([feature, histogram]) => [feature, histogram.toJson()])),
    };
    await whole.write(INFO_FILE, json(info));
    await whole.write(STATS_FILE, json(Object.fromEntries(this.#statistics())));
    await whole.write(OWN_FILE, json(own));
    await whole.write(CARD_FILE, cardText({ report, contract, game, keys, sessions }));
    return report;
  }

  /** Of the sessions that were there and those that were added. */
  #facts(): Pick<CardFacts, 'sessions' | 'game' | 'keys'> {
    const { sessions, game, keys } = this.#exported;
    const added = sessions.map(({ files, header }) => ({ name: files.name, source: header?.source ?? null }));
    return {
      sessions: [...(this.#existing?.sessions ?? []), ...added],
      game: game ?? this.#existing?.game ?? null,
      keys: new Map([...(this.#existing?.keys ?? []), ...keys]),
    };
  }

  async #addEpisode(
    { from, to, outcome }: { readonly from: number; readonly to: number; readonly outcome: MarkedOutcome | null },
    labels: ReturnType<typeof labelFrames>,
    byPerson: (frame: number) => boolean,
    pictures: ReadonlyMap<string, SessionPictures>,
    onFrame: (done: number) => void,
  ): Promise<void> {
    const episode = this.#episodes.length;
    const length = to - from;
    const histograms = histogramsOf(this.#exported);
    const action: number[][] = [];
    for (const videos of this.#videos.values()) await videos.begin();
    for (let frame = from; frame < to; frame += 1) {
      const row = [...labels.row(frame)];
      action.push(row);
      histograms.get(ACTION)!.add(row);
      for (const [camera, reader] of pictures) {
        const picture = await reader.of(frame);
        await this.#videos.get(camera)!.add(picture);
        if ((frame - from) % PICTURE_STEP === 0) countPixels(histograms.get(camera)!, picture);
      }
      onFrame((this.#added += 1));
    }
    this.#outcomes.push(outcome);
    const places = Array.from({ length }, (_, k) => k);
    const rows: EpisodeRows = {
      action,
      intervention: places.map((k) => byPerson(from + k)),
      'next.done': places.map((k) => k === length - 1),
      'next.success': places.map((k) => k === length - 1 && outcome === 'won'),
      timestamp: places.map((k) => Math.fround(k / this.#exported.fps)), // as the column has it
      frame_index: places,
      episode_index: places.map(() => episode),
      index: places.map((k) => this.#frames + k),
      task_index: places.map(() => this.#tasks.indexOf(this.#task)),
    };
    const place = this.#addRows(rows);
    for (const [feature, histogram] of histograms) this.#histograms.get(feature)!.addAll(histogram);
    this.#episodes.push({
      index: episode,
      task: this.#task,
      length,
      data: place,
      fromIndex: this.#frames,
      videos: new Map([...this.#videos].map(([camera, videos]) => [camera, videos.end()])),
      stats: new Map<string, Readonly<Record<string, unknown>>>([
        ...this.#histogramStatistics(histograms),
        ...this.#numberStatistics(rows),
      ]),
    });
    this.#frames += length;
  }

  #addRows(rows: EpisodeRows): ReturnType<typeof placeOf> {
    if (this.#data !== null && this.#data.bytes > DATA_FILE_MB * MB) {
      this.#data.finish();
      this.#data = null;
      this.#dataNumber += 1;
    }
    const place = placeOf(this.#dataNumber);
    this.#data ??= new FramesTable(newFile(this.#folder, dataFile(place)));
    this.#data.add(rows);
    return place;
  }

  #statistics(): Map<string, Readonly<Record<string, unknown>>> {
    const numbers = [...this.#numbers].map(([name, parts]) => [name, statisticsOfNumbers(joined(parts))] as const);
    return new Map<string, Readonly<Record<string, unknown>>>([
      ...this.#histogramStatistics(this.#histograms),
      ...numbers,
    ]);
  }

  #histogramStatistics(histograms: ReadonlyMap<string, Histogram>): [string, Readonly<Record<string, unknown>>][] {
    return [...histograms].map(([feature, histogram]) => {
      const statistics = histogram.statistics();
      return [feature, this.#videos.has(feature) ? asPictures(statistics) : { ...statistics }];
    });
  }

  /** Of one episode; keeps the values for those of the whole set. */
  #numberStatistics(rows: EpisodeRows): [string, Statistics][] {
    return SCALAR_NAMES.map((name) => {
      const values = Float64Array.from(rows[name], Number);
      this.#numbers.get(name)!.push(values);
      return [name, statisticsOfNumbers(values)];
    });
  }
}

function histogramsOf({ actions, cameras }: ExportedSessions): Map<string, Histogram> {
  const pictures = [...cameras.keys()].map((camera) => [camera, new Histogram(3, LEVELS, LEVELS - 1)] as const);
  return new Map([...pictures, [ACTION, new Histogram(actions.count, 2)]]);
}

/** Red, green and blue. */
function countPixels(histogram: Histogram, { pixels }: BgraImage): void {
  const colour = new Uint8Array(3);
  for (let at = 0; at < pixels.length; at += 4 * PIXEL_STEP) {
    colour[0] = pixels[at + 2];
    colour[1] = pixels[at + 1];
    colour[2] = pixels[at];
    histogram.add(colour);
  }
}

/** Whether a person played a frame: of a recording without an agent, whether a person's device pressed the keys. */
function personsFrames(session: Session): (frame: number) => boolean {
  const played = playedByFrames(session);
  if (played !== null) return (frame) => played[frame] === BY_PERSON;
  const isPersons = session.events.some(({ synthetic }) => !synthetic);
  return () => isPersons;
}

function newFile(folder: string, name: string): string {
  const path = join(folder, name);
  makeFolders(dirname(path));
  return path;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
