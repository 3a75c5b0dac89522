/**
 * Imports a session of another recorder: its logs get this program's header, with the keys and the rate that the caller
 * names, and keep their times. The source is never changed.
 */
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VirtualClock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import { makeFolders } from '../core/make-folders.js';
import { jsonLine } from '../core/json-lines.js';
import { STUDY_CONTRACT } from '../vision/preprocessing-contract.js';
import { FrameSchedule } from './frame-schedule.js';
import { eventToJson, type EventLine, type KeyLine, type MarkerLine } from './format/event-lines.js';
import { frameToJson } from './format/frame-line.js';
import { SESSION_FORMAT_VERSION, type SessionHeader } from './format/header.js';
import type { ActionOfKey } from './key-names.js';
import { readMp4Facts } from './mp4-boxes.js';
import type { Notice } from './notices.js';
import { readVideo } from './read-video.js';
import { filesAt, requireNewSession, resolveSession, type SessionFiles } from './session-files.js';
import { SessionWriter } from './session-writer.js';
import { readSession, type Session } from './session.js';

export interface ImportOptions {
  /** The session to import, in the form that resolveSession takes. */
  readonly from: string;
  /** Path without ending of the new session. */
  readonly to: string;
  /** The actions of its keys. Default: the study's. */
  readonly keys?: ActionOfKey;
  /** Frames a second of the new session. Default: the source's. For another rate the video is encoded again. */
  readonly rateHz?: number;
  /** Skip broken lines. Default false. */
  readonly lenient?: boolean;
}

/** `session import --json`. */
export interface ImportReport {
  readonly session: string;
  readonly files: SessionFiles;
  readonly frames: number;
  readonly fights: number;
  readonly rateHz: number;
  /** What was odd about the source. */
  readonly notices: readonly Notice[];
}

/** Rates within 1 % count as equal, since the rate of the source is measured. */
const RATE_TOLERANCE = 0.01;

/**
 * Imports a session.
 *
 * @throws UnderstudyError as readSession; `bad-option` when there is a session at `to`; `bad-rate`; as readVideo where
 *   a session with a video gets another rate
 */
export async function importSession(options: ImportOptions): Promise<ImportReport> {
  const source = await readSession(resolveSession(options.from), options);
  const files = filesAt(options.to);
  requireNewSession(files);
  const rateHz = options.rateHz ?? source.rateHz;
  if (!(rateHz > 0 && rateHz <= 240)) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-rate',
      message: `A rate of ${rateHz} Hz is not possible: expected more than 0, at most 240.`,
      next: 'Name the rate with --rate, such as --rate 10.',
    });
  }
  makeFolders(dirname(files.base));
  const isSameRate = Math.abs(source.rateHz / rateHz - 1) < RATE_TOLERANCE;
  if (isSameRate) await copySession(source, files, rateHz);
  else if (existsSync(source.files.video)) await recordAgain(source, files, rateHz);
  else await writeLogs(source, files, rateHz);
  const result = await readSession(files, { lenient: options.lenient ?? false });
  return {
    session: files.name,
    files,
    frames: result.frames.count,
    fights: result.fights.length,
    rateHz,
    notices: source.notices,
  };
}

/** Copies the frame log and the pictures byte for byte; the events as they were read, under a header of this program. */
export async function copySession(source: Session, files: SessionFiles, rateHz: number): Promise<void> {
  const size = existsSync(source.files.video) ? await readMp4Facts(source.files.video) : { width: 0, height: 0 };
  await writeEvents(source, files, rateHz, source.header ?? size);
  await copyFile(source.files.frames, files.frames);
  if (existsSync(source.files.video)) await copyFile(source.files.video, files.video);
  if (existsSync(source.files.gray)) await copyFile(source.files.gray, files.gray);
}

/** The logs alone, with frames at another rate: a session without a video. */
async function writeLogs(source: Session, files: SessionFiles, rateHz: number): Promise<void> {
  await writeEvents(source, files, rateHz, source.header ?? { width: 0, height: 0 });
  const frames = resampled(source, rateHz).map((t) => frameToJson({ t, captured: null, duplicate: false }));
  await writeFile(files.frames, frames.map(jsonLine).join(''), { flag: 'wx' });
}

async function writeEvents(
  source: Session,
  files: SessionFiles,
  rateHz: number,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  const startedAt = source.header?.startedAt ?? source.frames.times[0];
  const header: SessionHeader = {
    version: SESSION_FORMAT_VERSION,
    rateHz,
    actions: source.actions,
    keys: source.keys,
    width: size.width,
    height: size.height,
    source: source.header?.source ?? `imported from ${source.files.name}`,
    game: source.header?.game ?? null,
    startedAt,
  };
  const keys = source.events.map(({ t, key, down, synthetic, source: by }): KeyLine => {
    return { event: down ? 'keydown' : 'keyup', key, t, synthetic, source: by };
  });
  const markers = source.fights.flatMap(({ start, end, outcome }): MarkerLine[] => [
    { event: 'marker', type: 'fight_start', t: start },
    { event: 'marker', type: 'fight_end', t: end, outcome },
  ]);
  const { times, count } = source.frames;
  const events = [...keys, ...markers, ...source.meters, ...source.control].sort((a, b) => a.t - b.t);
  const lines: EventLine[] = [
    { event: 'session', header },
    ...events,
    { event: 'end', reason: 'imported', frames: count, t: times[count - 1] },
  ];
  await writeFile(files.events, lines.map((line) => jsonLine(eventToJson(line))).join(''), { flag: 'wx' });
}

/** The times of a session's slots at another rate, from its first frame to its last. */
function resampled(source: Session, rateHz: number): number[] {
  const { times, count } = source.frames;
  requirePlausibleLength(source, rateHz);
  const schedule = new FrameSchedule(rateHz);
  schedule.place(0, 0);
  schedule.closeAll((times[count - 1] - times[0]) * 1000);
  return Array.from({ length: schedule.filled }, (_, slot) => Math.round((times[0] + slot / rateHz) * 1e6) / 1e6);
}

/** A new session may have this many times the frames that its rate asks of the old one's: pauses are filled with repeats. */
const MOST_FILLED = 10;

/** Gaps of hours would be filled frame by frame. @throws UnderstudyError `session-invalid` */
function requirePlausibleLength({ frames, rateHz: sourceHz, files }: Session, rateHz: number): void {
  const { times, count } = frames;
  const seconds = times[count - 1] - times[0];
  const expected = count * (sourceHz > 0 ? Math.max(1, rateHz / sourceHz) : 1);
  if (seconds * rateHz <= MOST_FILLED * expected) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `${files.frames} spans ${seconds.toFixed(0)} s with ${count} frames: at ${rateHz} Hz ${Math.round(seconds * rateHz)} would be written, most of them repeats.`,
    next: 'See `understudy session check` for where time jumps; cut the logs there, and import the parts.',
  });
}

/** Records the video and the keys again at the other rate, on a virtual clock; gray frames by the study's contract. */
async function recordAgain(source: Session, files: SessionFiles, rateHz: number): Promise<void> {
  requirePlausibleLength(source, rateHz);
  const { frames, actions, keys, header } = source;
  const clock = new VirtualClock();
  const startUnixMs = frames.times[0] * 1000;
  const atMs = (t: number): number => t * 1000 - startUnixMs;
  const size = header !== null && header.width > 0 ? header : await readMp4Facts(source.files.video);
  const { width, height } = size;
  await using writer = await SessionWriter.create({
    files,
    rateHz,
    width,
    height,
    actions,
    keys,
    contract: STUDY_CONTRACT,
    clock,
    source: header?.source ?? `imported from ${source.files.name}`,
    game: header?.game ?? null,
    wallMs: () => startUnixMs + clock.nowMs(),
  });
  for (const { t, key, down, synthetic, source: by } of source.events) {
    if (down) writer.keyDown(key, atMs(t), { synthetic, source: by });
    else writer.keyUp(key, atMs(t), { synthetic, source: by });
  }
  for (const { t, source: by, givenBack } of source.control) writer.control(by, atMs(t), givenBack);
  for (const { start, end, outcome } of source.fights) {
    writer.marker('fight_start', atMs(start));
    writer.marker('fight_end', atMs(end), outcome);
  }
  for (const { t, values } of source.meters) writer.meters(values, atMs(t));
  let place = 0;
  for await (const { index, pixels } of readVideo(source.files.video, { width, height })) {
    if (place >= frames.count) break;
    if (frames.videoIndex[place] !== index) continue;
    const capturedAtMs = atMs(frames.times[place]);
    place += 1;
    await clock.sleepUntil(capturedAtMs);
    await writer.room();
    writer.offer({ width, height, pixels, capturedAtMs });
    if (writer.failure !== null) throw writer.failure;
  }
  await writer.finish('imported');
  if (writer.failure !== null) throw writer.failure;
}
