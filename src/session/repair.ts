/**
 * Completes a session that was cut off: a killed recorder leaves at most half a line, half a gray frame and half a
 * fragment of video. Only cuts broken ends of files and appends what is missing there; a second repair changes nothing.
 * Waits until no process writes the session, and never changes a session that is being recorded.
 */
import { existsSync } from 'node:fs';
import { appendFile, rm, stat, truncate } from 'node:fs/promises';
import { UnderstudyError } from '../core/errors.js';
import { jsonLine } from '../core/json-lines.js';
import { parseLine } from './broken-lines.js';
import { eventToJson, type EventLine } from './format/event-lines.js';
import { grayFacts } from './gray-file.js';
import { pairHolds } from './holds.js';
import { orNull } from './info.js';
import { readLines } from './lines.js';
import { readMp4Facts } from './mp4-boxes.js';
import { untilQuiet } from './quiet.js';
import { readSession, type Session } from './session.js';
import { resolveSession, type SessionFiles } from './session-files.js';

/** The header that our muxer writes before the first fragment is 751 bytes. */
const LARGEST_EMPTY_VIDEO_BYTES = 4096;

/** `session repair --json`. */
export interface RepairReport {
  readonly session: string;
  readonly changed: boolean;
  /** What was changed, one sentence each. */
  readonly actions: readonly string[];
  /** What cannot be repaired, such as a video without its first picture. */
  readonly left: readonly string[];
}

/**
 * Repairs a session in place.
 *
 * @param quietMs how long no process must have written it
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `session-invalid` for lines that are broken before the last;
 *   `session-busy` for one that is being recorded
 */
export async function repairSession(name: string, quietMs?: number): Promise<RepairReport> {
  const files = resolveSession(name);
  await untilQuiet(files, quietMs);
  const actions: string[] = [];
  const left: string[] = [];
  for (const path of [files.frames, files.events]) {
    if (path === files.frames || existsSync(path)) await cutBrokenEnd(path, actions);
  }
  await removeEmptyVideo(files, actions);
  const video = await cutToWhole(files.video, readMp4Facts, 'half a fragment of video', actions, left);
  const gray = await cutToWhole(files.gray, grayFacts, 'half a gray frame', actions, left);
  const session = await readSession(files);
  const pictures = [video, gray].filter((count) => count !== null);
  if (session.header !== null && !session.finished && pictures.length > 0) {
    await cutFramesTo(session, Math.max(...pictures), actions);
  }
  if (existsSync(files.events)) await appendEnd(await readSession(files), actions);
  return { session: files.name, changed: actions.length > 0, actions, left };
}

/** Cuts off the last line where it is not whole. */
async function cutBrokenEnd(path: string, actions: string[]): Promise<void> {
  let bytesBefore = 0;
  for await (const line of readLines(path)) {
    const parsed = parseLine(line);
    if (!line.ended) {
      if ('object' in parsed) {
        await appendFile(path, '\n');
        actions.push(`${path}:${line.number}: the newline of the last line was added.`);
      } else {
        await truncate(path, bytesBefore);
        actions.push(`${path}:${line.number}: half a line was cut off.`);
      }
    }
    bytesBefore += Buffer.byteLength(line.text) + 1;
  }
}

/** Removes a video that was cut off before its first picture, so that the gray frames are used. */
async function removeEmptyVideo(files: SessionFiles, actions: string[]): Promise<void> {
  if (!existsSync(files.video) || !existsSync(files.gray)) return;
  const { size } = await stat(files.video);
  if (size > LARGEST_EMPTY_VIDEO_BYTES) return;
  if (((await orNull(files.video, readMp4Facts))?.frames ?? 0) > 0) return;
  await rm(files.video);
  actions.push(`${files.video}: it was cut off before its first picture and was removed.`);
}

/** Cuts a video or gray file to its whole part. @returns its frames, null where there is no usable file */
async function cutToWhole(
  path: string,
  read: (path: string) => Promise<{ frames: number; wholeBytes: number; fileBytes: number }>,
  what: string,
  actions: string[],
  left: string[],
): Promise<number | null> {
  if (!existsSync(path)) return null;
  try {
    const { frames, wholeBytes, fileBytes } = await read(path);
    if (wholeBytes < fileBytes) {
      await truncate(path, wholeBytes);
      actions.push(`${path}: ${what} (${fileBytes - wholeBytes} bytes) was cut off.`);
    }
    return frames;
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    left.push(error.message);
    return null;
  }
}

/** Cuts off the last lines of the frame log, whose pictures the video thread had not written yet. */
async function cutFramesTo(session: Session, pictures: number, actions: string[]): Promise<void> {
  const { files, frames } = session;
  if (pictures === 0 || pictures >= frames.count) return;
  let bytes = 0;
  for await (const line of readLines(files.frames)) {
    if (line.number > pictures) break;
    bytes += Buffer.byteLength(line.text) + 1;
  }
  await truncate(files.frames, bytes);
  actions.push(
    `${files.frames}: the last ${frames.count - pictures} line(s), whose pictures were not written, were cut off.`,
  );
}

/** Releases keys that are down, closes an open fight, and writes the last line of a log of this program. */
async function appendEnd(session: Session, actions: string[]): Promise<void> {
  const { files, frames, events, notices } = session;
  const lastEvent = events.length > 0 ? events[events.length - 1].t : Number.NEGATIVE_INFINITY;
  const openFight = notices.find((notice) => notice.code === 'fight-never-closed');
  const t = Math.max(frames.times[frames.count - 1], lastEvent, openFight?.t ?? Number.NEGATIVE_INFINITY);
  const lines: EventLine[] = [];
  for (const hold of pairHolds(session).holds.filter((one) => !one.released)) {
    lines.push({ event: 'keyup', key: hold.key, t, source: hold.source, final: true });
    actions.push(`${files.events}: the key '${hold.key}', down at the end, was released.`);
  }
  if (openFight !== undefined) {
    lines.push({ event: 'marker', type: 'fight_end', t, final: true });
    actions.push(`${files.events}: the open fight was closed.`);
  }
  if (!session.finished) {
    lines.push({ event: 'end', reason: 'repaired', frames: frames.count, t });
    actions.push(`${files.events}: the end was written.`);
  }
  if (lines.length > 0) await appendFile(files.events, lines.map((line) => jsonLine(eventToJson(line))).join(''));
}
