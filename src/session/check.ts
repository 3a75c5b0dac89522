/**
 * Finds what is wrong with a session, and where in time. Changes nothing; `repair.ts` does.
 */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { grayFacts } from './gray-file.js';
import { pairHolds } from './holds.js';
import { readMp4Facts, type Mp4Facts } from './mp4-boxes.js';
import type { Notice, NoticeCode } from './notices.js';
import { requireReadable } from './picture-kind.js';
import { readSession, type Session } from './session.js';
import { resolveSession } from './session-files.js';
import { isBeingWritten } from './writer.js';
import type { ReadOptions } from './event-log.js';

/** One finding, with its place in time. */
export interface Problem {
  readonly code: NoticeCode;
  /** Seconds after the first frame; null where it has no place in time. */
  readonly atSeconds: number | null;
  readonly message: string;
}

/** `session check --json`. */
export interface SessionCheck {
  readonly session: string;
  /** True without problems; notes do not count. */
  readonly ok: boolean;
  /** It is being recorded at this moment: what only its end can show is left out. */
  readonly recording: boolean;
  readonly problems: readonly Problem[];
  /** Oddities that lose nothing: keys without meaning, blank lines. */
  readonly notes: readonly Problem[];
  readonly frames: number;
  readonly duplicates: number;
  /** False for the study's logs, which do not mark duplicates; `duplicates` is 0 then. */
  readonly tellsDuplicates: boolean;
  /** Frames a second over the whole log; NaN (null in JSON) below two frames. */
  readonly rateHz: number;
}

/** Findings that lose nothing which the study's loader would have kept. */
const NOTES: ReadonlySet<NoticeCode> = new Set([
  'line-blank',
  'event-unknown',
  'key-unknown',
  'key-shifted',
  'event-without-time',
  'being-recorded',
]);

/** A step between frames longer than this many periods is a gap. */
const GAP_PERIODS = 1.5;

/** So many repeated pictures in a row are a gap in what was recorded: half a second at 10 Hz. */
const REPEATS_IN_A_ROW = 5;

/**
 * How much a killed recorder may lose of its pictures, or of the lines about the last pictures, seconds. Once the session
 * was repaired, that is not a problem any more.
 */
const LOST_BY_KILL_SECONDS = 1;
const LOST_BY_KILL: ReadonlySet<NoticeCode> = new Set([
  'video-shorter',
  'video-longer',
  'gray-shorter',
  'gray-longer',
  'events-outside-video',
]);

/** What every session lacks until its recording ends: half a line, a fight or a key that is still open, the last pictures. */
const OPEN_UNTIL_THE_END: ReadonlySet<NoticeCode> = new Set<NoticeCode>([
  ...LOST_BY_KILL,
  'line-truncated',
  'no-fights',
  'no-events-file',
  'fight-never-closed',
  'key-never-released',
  'unfinished',
  'video-unreadable',
  'gray-unreadable',
]);

/**
 * Checks a session's logs, video and gray frames. Never throws for what it finds.
 *
 * @param recording a process writes it: {@link isBeingWritten}
 */
export async function checkSession(session: Session, recording = false): Promise<SessionCheck> {
  const all: Notice[] = [
    ...session.notices,
    ...unfinished(session),
    ...clockSteps(session),
    ...gaps(session),
    ...repeats(session),
    ...unpairedKeys(session),
    ...eventsOutside(session),
    ...(await lengths('video', session)),
    ...(await lengths('gray', session)),
  ];
  const found = recording ? [beingRecorded(session), ...settledNotices(all)] : all;
  const { frames } = session;
  const problems = found.map((notice) => toProblem(notice, frames.times[0]));
  problems.sort((a, b) => (a.atSeconds ?? -1) - (b.atSeconds ?? -1));
  const lastSeconds = frames.times[frames.count - 1] - frames.times[0];
  const isNote = ({ code, atSeconds }: Problem): boolean => {
    const isLostByKill = session.endReason === 'repaired' && LOST_BY_KILL.has(code) && atSeconds !== null;
    return NOTES.has(code) || (isLostByKill && Math.abs(atSeconds - lastSeconds) <= LOST_BY_KILL_SECONDS);
  };
  const real = problems.filter((problem) => !isNote(problem));
  return {
    session: session.files.name,
    ok: real.length === 0,
    recording,
    problems: real,
    notes: problems.filter(isNote),
    frames: frames.count,
    duplicates: frames.duplicate.reduce((sum, flag) => sum + flag, 0),
    tellsDuplicates: frames.tellsDuplicates,
    rateHz: trueRateHz(frames.times),
  };
}

/**
 * Reads a session and checks it: broken lines are problems with their place here, not errors, and so are logs of which
 * nothing can be read.
 *
 * @throws UnderstudyError as {@link readSession} otherwise
 */
export async function checkNamed(name: string, options: Omit<ReadOptions, 'lenient'> = {}): Promise<SessionCheck> {
  try {
    const session = await readSession(name, { ...options, lenient: true });
    return await checkSession(session, await isBeingRecorded(session));
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    if (error.code !== 'line-broken' && error.code !== 'time-unit') throw error;
    return unreadable(resolveSession(name).name, error.code, `${error.message} ${error.next}`);
  }
}

function unreadable(session: string, code: NoticeCode, message: string): SessionCheck {
  const problems = [{ code, atSeconds: null, message }];
  return {
    session,
    ok: false,
    recording: false,
    problems,
    notes: [],
    frames: 0,
    duplicates: 0,
    tellsDuplicates: false,
    rateHz: Number.NaN,
  };
}

/** Frames a second over the whole log, from the first frame to the last; NaN below two frames. */
export function trueRateHz(times: Float64Array): number {
  const seconds = times[times.length - 1] - times[0];
  return times.length < 2 || seconds <= 0 ? Number.NaN : (times.length - 1) / seconds;
}

function toProblem({ code, message, t }: Notice, firstTime: number): Problem {
  return { code, message, atSeconds: t === null ? null : Math.round((t - firstTime) * 1e6) / 1e6 };
}

function finding(code: NoticeCode, file: string | null, t: number | null, message: string): Notice {
  return { code, message, file, line: null, t };
}

/** The notices without those that a recording's end will settle. */
export function settledNotices(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ code }) => !OPEN_UNTIL_THE_END.has(code));
}

/** A log with its end is never being recorded; without one, the recorder is looked for. */
export async function isBeingRecorded({ finished, header, files }: Session): Promise<boolean> {
  return !finished && header !== null && (await isBeingWritten(files));
}

function beingRecorded({ files, frames }: Session): Notice {
  const text =
    'It is being recorded: what only its end can show was not looked at. Check it again when the recording has stopped.';
  return finding('being-recorded', files.events, frames.times[frames.count - 1], text);
}

function unfinished({ finished, files, frames }: Session): Notice[] {
  if (finished) return [];
  const text = 'The recording was cut off: its log has no end. Run `understudy session repair` on it.';
  return [finding('unfinished', files.events, frames.times[frames.count - 1], text)];
}

function clockSteps({ clockSteps: steps, files }: Session): Notice[] {
  return steps.map(({ t, stepSeconds }) => {
    const text = `The wall clock jumped by ${stepSeconds.toFixed(3)} s; frame and key times did not.`;
    return finding('clock-step', files.events, t, text);
  });
}

function gaps({ frames, rateHz, files }: Session): Notice[] {
  const found: Notice[] = [];
  for (let i = 1; i < frames.count; i += 1) {
    const step = frames.times[i] - frames.times[i - 1];
    if (step < 0) {
      const text = `Frame ${i} is ${(-step).toFixed(3)} s older than the one before it: the clock was set back.`;
      found.push(finding('clock-step', files.frames, frames.times[i], text));
    } else if (step === 0) {
      const text = `Frame ${i} has the time of the one before it.`;
      found.push(finding('frames-out-of-order', files.frames, frames.times[i], text));
    } else if (step * rateHz > GAP_PERIODS) {
      const text = `${step.toFixed(3)} s pass between frames ${i - 1} and ${i}: about ${Math.round(step * rateHz) - 1} are missing.`;
      found.push(finding('gap', files.frames, frames.times[i - 1], text));
    }
  }
  return found;
}

function repeats({ frames, files }: Session): Notice[] {
  const found: Notice[] = [];
  let run = 0;
  for (let i = 0; i <= frames.count; i += 1) {
    // a still game repeats its picture too, but each repeat has its own capture time
    if (i < frames.count && frames.duplicate[i] === 1 && frames.captured[i] === frames.captured[i - 1]) {
      run += 1;
      continue;
    }
    if (run >= REPEATS_IN_A_ROW) {
      const text = `No new picture for ${run} frames: frame ${i - run - 1} is shown instead.`;
      found.push(finding('gap', files.frames, frames.times[i - run], text));
    }
    run = 0;
  }
  return found;
}

function unpairedKeys(session: Session): Notice[] {
  const { holds, unpaired } = pairHolds(session);
  const groups = new Map<string, { code: NoticeCode; key: string; t: number; count: number }>();
  for (const { kind, key, t } of unpaired) {
    const code: NoticeCode = kind === 'press' ? 'press-repeated' : 'release-without-press';
    const id = `${code} ${key}`;
    const group = groups.get(id) ?? { code, key, t, count: 0 };
    group.count += 1;
    groups.set(id, group);
  }
  const found = [...groups.values()].map(({ code, key, t, count }) => {
    const what = code === 'press-repeated' ? 'is pressed while it is down' : 'is released while it is up';
    return finding(code, session.files.events, t, `The key '${key}' ${what}, ${count} time(s), first here.`);
  });
  for (const { key, from, released } of holds) {
    if (released) continue;
    const text = `The key '${key}' is pressed here and never comes up: it counts as held to the end.`;
    found.push(finding('key-never-released', session.files.events, from, text));
  }
  return found;
}

function eventsOutside({ events, frames, files, header, rateHz }: Session): Notice[] {
  const first = frames.times[0];
  const last = frames.times[frames.count - 1];
  const period = Number.isNaN(rateHz) ? 0 : 1 / rateHz;
  const begin = Math.min(first - period, header?.startedAt ?? first);
  const outside = {
    'before the first frame': events.filter((event) => event.t < begin),
    // an event within one period of the last frame belongs to that frame
    'after the last frame': events.filter((event) => event.t > last + period),
  };
  return Object.entries(outside).flatMap(([where, found]) => {
    if (found.length === 0) return [];
    const text = `${found.length} key event(s) come ${where}.`;
    return [finding('events-outside-video', files.events, found[0].t, text)];
  });
}

/** @throws UnderstudyError `video-unreadable` also for a kind that `train` and `play` would refuse */
async function readableVideo(path: string): Promise<Mp4Facts> {
  const facts = await readMp4Facts(path);
  requireReadable(path, facts);
  return facts;
}

/**
 * Compares the length of the video or the gray file with the frame log. A finding is placed where the shorter of the two
 * ends or, beyond the log, where the longer one would end.
 */
async function lengths(kind: 'video' | 'gray', { files, frames, rateHz }: Session): Promise<Notice[]> {
  const file = files[kind];
  if (!existsSync(file)) return [];
  let inFile: number;
  try {
    inFile = (await (kind === 'video' ? readableVideo(file) : grayFacts(file))).frames;
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    return [finding(`${kind}-unreadable`, file, null, error.message)];
  }
  const { times, count, videoIndex } = frames;
  const expected = videoIndex[count - 1] + 1;
  if (inFile === expected) return [];
  const beyond = Number.isNaN(rateHz) ? 0 : (inFile - expected) / rateHz;
  const at = inFile < expected ? (times[inFile - 1] ?? times[0]) : times[count - 1] + beyond;
  const text = `${file} has ${inFile} frames and the frame log ${expected}: what one of them lacks is dropped.`;
  return [finding(`${kind}-${inFile < expected ? 'shorter' : 'longer'}`, file, at, text)];
}
