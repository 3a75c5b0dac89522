/** Describes a session on one screen, from its logs and the headers of its files, in well under a second. */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { fightResults, summarizeResults, type FightResult, type ResultSummary } from './fight-results.js';
import type { PlayedBy } from './format/event-lines.js';
import { isBeingRecorded, settledNotices } from './check.js';
import type { ReadOptions } from './event-log.js';
import { grayFacts } from './gray-file.js';
import { fightOfFrames, framesInside } from './labels.js';
import { readMp4Facts, type Mp4Facts } from './mp4-boxes.js';
import type { Notice } from './notices.js';
import { readSession, type Session } from './session.js';
import { playedByFrames } from './takeovers.js';

/** `session info --json`. */
export interface SessionInfo extends ResultSummary {
  readonly session: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly frames: number;
  readonly duplicates: number;
  readonly rateHz: number;
  readonly fights: number;
  readonly framesInFights: number;
  /** Each fight: when, how long, how it ended, what the meters showed. */
  readonly fightResults: readonly FightResult[];
  readonly keyEvents: number;
  readonly syntheticEvents: number;
  /** Frames by who played them, in a recording of the agent's play; null for a person's recording. */
  readonly playedBy: Readonly<Record<PlayedBy | 'nobody', number>> | null;
  /** Log name -> action. */
  readonly keys: Readonly<Record<string, string>>;
  /** 0 where the log does not say. */
  readonly width: number;
  readonly height: number;
  readonly source: string | null;
  /** The game's name, from its file; null where the log does not say. */
  readonly game: string | null;
  /** Null for logs of the study's own recorder. */
  readonly formatVersion: number | null;
  readonly finished: boolean;
  /** It is being recorded at this moment. */
  readonly recording: boolean;
  /** Null where there is no video, or it cannot be read (`session check` says why). */
  readonly video: Pick<Mp4Facts, 'codec' | 'width' | 'height' | 'frames'> | null;
  readonly gray: { readonly width: number; readonly height: number; readonly frames: number } | null;
}

/**
 * The same of a session by name, and what is unusual about it: of one that is being recorded, without what its end will
 * settle.
 *
 * @throws UnderstudyError as readSession
 */
export async function describeNamed(
  name: string,
  options: ReadOptions,
): Promise<{ readonly info: SessionInfo; readonly notices: readonly Notice[] }> {
  const session = await readSession(name, options);
  const info = await describeSession(session);
  return { info, notices: info.recording ? settledNotices(session.notices) : session.notices };
}

/** Never throws for a video or gray file that cannot be read: those are null. */
export async function describeSession(session: Session): Promise<SessionInfo> {
  const { files, frames, header, events } = session;
  const video = await orNull(files.video, readMp4Facts);
  const gray = await orNull(files.gray, grayFacts);
  const first = frames.times[0];
  const results = fightResults(session);
  return {
    session: files.name,
    startedAt: new Date(first * 1000).toISOString(),
    seconds: frames.times[frames.count - 1] - first,
    frames: frames.count,
    duplicates: frames.duplicate.reduce((sum, flag) => sum + flag, 0),
    rateHz: session.rateHz,
    fights: session.fights.length,
    framesInFights: framesInside(fightOfFrames(session)).length,
    ...summarizeResults(results),
    fightResults: results,
    keyEvents: events.length,
    syntheticEvents: events.filter((event) => event.synthetic).length,
    playedBy: countPlayed(playedByFrames(session)),
    keys: Object.fromEntries(session.keys),
    width: header?.width ?? 0,
    height: header?.height ?? 0,
    source: header?.source ?? null,
    game: header?.game ?? null,
    formatVersion: header?.version ?? null,
    finished: session.finished,
    recording: await isBeingRecorded(session),
    video: video && { codec: video.codec, width: video.width, height: video.height, frames: video.frames },
    gray: gray && { width: gray.contract.width, height: gray.contract.height, frames: gray.frames },
  };
}

function countPlayed(played: Uint8Array | null): SessionInfo['playedBy'] {
  if (played === null) return null;
  const counts = [0, 0, 0];
  for (const code of played) counts[code] += 1;
  return { nobody: counts[0], agent: counts[1], human: counts[2] };
}

/** What `read` returns for a file; null where there is no file or it cannot be used. */
export async function orNull<T>(path: string, read: (path: string) => Promise<T>): Promise<T | null> {
  if (!existsSync(path)) return null;
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof UnderstudyError) return null;
    throw error;
  }
}
