/**
 * The study's visual check of a recording (write-up, Appendix C): one video with the pictures and, beside them, the keys
 * that the log says were held. Keeps one picture at a time; never changes the session.
 */
import { resolve } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { fightOfFrames, labelFrames, type LabelRule } from '../../session/labels.js';
import type { Session } from '../../session/session.js';
import { Mp4Encoder } from '../../session/video.js';
import { openOutFile, refuseOwnFile } from './out-file.js';
import { originOf, picturesAt, sessionPictures } from './pictures.js';
import { SyncCanvas } from './sync-canvas.js';

export interface SyncVideoOptions {
  /** The MP4 to write; what is there is replaced once the new one is whole. */
  readonly out: string;
  readonly labels: LabelRule;
  /** First frame shown, seconds after the session's first. */
  readonly fromSeconds: number;
  /** How long, seconds; Infinity: to the end. */
  readonly seconds: number;
  /** Stops early; no file is left then. */
  readonly signal: AbortSignal;
  /** Called after each frame. @param total frames that are to be written */
  readonly onFrame?: (done: number, total: number) => void;
}

/** `session sync --json`. */
export interface SyncReport {
  readonly session: string;
  readonly out: string;
  /** Frames written. */
  readonly frames: number;
  /** Frames of the log in that time for which the session has no picture. */
  readonly withoutPicture: number;
  readonly rateHz: number;
  /** px of the written video. */
  readonly width: number;
  readonly height: number;
  /** What the pictures are: `video`, or `gray` where the session has no video. */
  readonly pictures: 'video' | 'gray';
}

/** Frames a second where the log does not say, since it has only one frame. */
const RATE_OF_ONE_FRAME_HZ = 10;

/**
 * Writes the video.
 *
 * @returns null when the signal aborted
 * @throws UnderstudyError `file-missing` without pictures; `bad-option` when `out` is one of the session's own files or
 *   no frame lies in the time asked for; `video-unreadable`, `package-missing`, `write-failed`
 */
export async function writeSyncVideo(session: Session, options: SyncVideoOptions): Promise<SyncReport | null> {
  const { out, signal, onFrame } = options;
  const { events, frames: frameLog, video, gray } = session.files;
  const own = [events, frameLog, video, gray].find((path) => resolve(path) === resolve(out));
  if (own !== undefined) refuseOwnFile(own);
  const wanted = framesBetween(session, options.fromSeconds, options.seconds);
  const rateHz = Number.isNaN(session.rateHz) ? RATE_OF_ONE_FRAME_HZ : session.rateHz;
  const logged = {
    labels: labelFrames(session, options.labels),
    fights: fightOfFrames(session),
    times: session.frames.times,
  };
  using file = openOutFile(out);
  let canvas: SyncCanvas | null = null;
  let encoder: Mp4Encoder | null = null;
  let written = 0;
  try {
    for await (const { frame, picture } of picturesAt(sessionPictures(session), session.frames.videoIndex, wanted)) {
      if (signal.aborted) break;
      canvas ??= await SyncCanvas.open(picture, logged);
      encoder ??= await Mp4Encoder.create({ ...canvas.image, rateHz, write: (bytes) => file.write(bytes) });
      canvas.draw(frame, picture);
      await encoder.encode(canvas.image.pixels);
      written += 1;
      onFrame?.(written, wanted.length);
    }
  } finally {
    await encoder?.finish();
  }
  if (signal.aborted) return null;
  if (canvas === null) throw noPicture(session);
  file.publish();
  const { width, height } = canvas.image;
  const pictures = originOf(session);
  const withoutPicture = wanted.length - written;
  return { session: session.files.name, out, frames: written, withoutPicture, rateHz, width, height, pictures };
}

/** Positions of the frame log within a time. @throws UnderstudyError `bad-option` when there is none */
function framesBetween({ frames, files }: Session, fromSeconds: number, seconds: number): readonly number[] {
  const begin = frames.times[0] + fromSeconds;
  const wanted = [...frames.times.keys()].filter((k) => frames.times[k] >= begin && frames.times[k] < begin + seconds);
  if (wanted.length > 0) return wanted;
  const length = frames.times[frames.count - 1] - frames.times[0];
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `No frame of ${files.name} lies ${fromSeconds} s into it or later: it is ${length.toFixed(1)} s long.`,
    next: 'Give --from a time within the session.',
  });
}

function noPicture({ files }: Session): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `The pictures of ${files.name} end before the time asked for.`,
    next: `Run \`understudy session check ${files.base}\`.`,
  });
}
