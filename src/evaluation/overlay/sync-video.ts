/**
 * `session sync`: the study's visual check of a recording (write-up, Appendix C). One video with the pictures and, beside
 * them, the keys that the log says were held. Keeps one picture at a time; never changes the session.
 */
import { UnderstudyError } from '../../core/errors.js';
import { fightOfFrames, labelFrames, type LabelRule } from '../../session/labels.js';
import type { ReadOptions } from '../../session/event-log.js';
import { reportNotices } from '../../session/notices.js';
import { readSession, type Session } from '../../session/session.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import type { BgraImage } from '../../vision/image-file.js';
import { originOf, picturesAt, rateOf, sessionPictures } from './pictures.js';
import { SyncCanvas } from './sync-canvas.js';
import { refuseOwnFile, writeVideo, type VideoFileOptions, type VideoReport } from './video-file.js';

export interface SyncVideoOptions extends Omit<VideoFileOptions, 'onFrame'> {
  readonly labels: LabelRule;
  /** First frame shown, seconds after the session's first. */
  readonly fromSeconds: number;
  /** How long, seconds; Infinity: to the end. */
  readonly seconds: number;
  /** Called after each frame. @param total frames that are to be written */
  readonly onFrame?: (done: number, total: number) => void;
}

/** `session sync --json`. */
export interface SyncReport extends VideoReport {
  readonly session: string;
}

interface SyncSettings extends ReadOptions, Omit<SyncVideoOptions, 'onFrame'> {
  /** Text for people: what is unusual about the session. */
  readonly say: (text: string) => void;
}

/** Reads a session and writes its video, with progress. @throws UnderstudyError as readSession and writeSyncVideo */
export async function syncSession(name: string, settings: SyncSettings): Promise<SyncReport | null> {
  const session = await readSession(name, settings);
  reportNotices(session.notices, settings.say);
  const line = new InPlaceLine(process.stderr);
  try {
    const onFrame = (done: number, total: number): void =>
      line.show(performance.now(), () => `${done} of ${total} frames written`);
    return await writeSyncVideo(session, { ...settings, onFrame });
  } finally {
    line.finish();
  }
}

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
  refuseOwnFile([events, frameLog, video, gray], out);
  const wanted = framesBetween(session, options.fromSeconds, options.seconds);
  const rateHz = rateOf(session);
  const logged = {
    labels: labelFrames(session, options.labels),
    fights: fightOfFrames(session),
    times: session.frames.times,
  };
  const drawn = {
    pictures: picturesAt(sessionPictures(session), session.frames.videoIndex, wanted),
    openCanvas: (first: BgraImage) => SyncCanvas.open(first, logged),
    noPicture: () => noPicture(session),
    rateHz,
  };
  const written = await writeVideo(drawn, { out, signal, onFrame: (done) => onFrame?.(done, wanted.length) });
  if (written === null) return null;
  const { frames, width, height } = written;
  const withoutPicture = wanted.length - frames;
  const pictures = originOf(session);
  return { session: session.files.name, out, frames, withoutPicture, rateHz, width, height, pictures };
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
