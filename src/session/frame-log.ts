/**
 * Reads a frame log, which has one line for each video frame. Keeps only numbers, 25 bytes a frame (9 MB for a 10-hour
 * session at 10 Hz), and never opens the video.
 */
import { UnderstudyError } from '../core/errors.js';
import { ownFile } from '../core/project-root.js';
import { BrokenLines, parseLine } from './broken-lines.js';
import type { ReadOptions } from './event-log.js';
import { readFrame } from './format/frame-line.js';
import { readLines } from './lines.js';
import type { Notice } from './notices.js';
import { requireSeconds } from './time-unit.js';

export interface FrameLog {
  readonly count: number;
  /** [count] Unix seconds, when the frame is due on the schedule. */
  readonly times: Float64Array;
  /** [count] Unix seconds, when its picture was grabbed; NaN where the log does not say (the study's). */
  readonly captured: Float64Array;
  /** [count] 1 where the picture repeats the one before; all 0 where the log does not say (the study's). */
  readonly duplicate: Uint8Array;
  /** [count] 0-based place in the video; differs from the position here only after skipped lines. */
  readonly videoIndex: Float64Array;
  /** True when the log has duplicates and true capture times. */
  readonly tellsDuplicates: boolean;
}

/** Reads a frame log, adding what is odd to `notices`. @throws UnderstudyError `file-missing`, `file-unreadable`, `session-invalid` */
export async function readFrameLog(path: string, options: ReadOptions, notices: Notice[]): Promise<FrameLog> {
  const broken = new BrokenLines(path, notices);
  const times: number[] = [];
  const captured: number[] = [];
  const duplicate: number[] = [];
  const videoIndex: number[] = [];
  let tellsDuplicates = false;
  let inVideo = 0;
  for await (const line of readLines(path)) {
    const parsed = parseLine(line);
    if ('blank' in parsed) {
      const message = `${path}:${line.number}: the line is blank and was skipped.`;
      notices.push({ code: 'line-blank', message, file: path, line: line.number, t: null });
      continue;
    }
    const frame = 'fault' in parsed ? parsed : readFrame(parsed.object);
    if ('fault' in frame) {
      broken.add(line, frame.fault);
      inVideo += 1; // its picture is in the video nevertheless
      continue;
    }
    if (frame.captured !== null) tellsDuplicates = true;
    times.push(frame.t);
    captured.push(frame.captured ?? Number.NaN);
    duplicate.push(frame.duplicate ? 1 : 0);
    videoIndex.push(inVideo);
    inVideo += 1;
  }
  if (times.length === 0 && broken.first !== null) throw noReadableLine(path, broken.first);
  broken.settle(options.lenient ?? false);
  const values = Float64Array.from(times);
  requireSeconds(path, values);
  requireSeconds(path, captured.filter(Number.isFinite));
  return {
    count: times.length,
    times: values,
    captured: Float64Array.from(captured),
    duplicate: Uint8Array.from(duplicate),
    videoIndex: Float64Array.from(videoIndex),
    tellsDuplicates,
  };
}

/** A file that holds lines, none of which says anything: it is not empty, it is something else. */
function noReadableLine(path: string, first: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'line-broken',
    message: `${path} has no line that can be read. ${first}`,
    next: `Write it as UTF-8 with one JSON object a line, as ${ownFile('docs/files.md')} describes, then read it again.`,
  });
}

/** Position of the first of ascending times at or after `t`; their number where there is none. */
export function firstAt(times: Float64Array, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
