/**
 * The study's check of a recording, for the eye (write-up, Appendix C): its pictures with the keys that its log says
 * were held, beside each other in one video. Holds one picture at a time; changes nothing of the session.
 */
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { grayContract, readGrayFrames } from '../../session/gray-file.js';
import { fightOfFrames, labelFrames, type LabelRule } from '../../session/labels.js';
import { readVideo } from '../../session/read-video.js';
import type { Session } from '../../session/session.js';
import { Mp4Encoder } from '../../session/video.js';
import type { BgraImage } from '../../vision/image-file.js';
import { SyncCanvas } from './sync-canvas.js';

export interface SyncVideoOptions {
  /** The MP4 to write; what is there is replaced once the new one is whole. */
  readonly out: string;
  readonly labels: LabelRule;
  /** First frame shown, seconds after the session's first. */
  readonly fromSeconds: number;
  /** How long, seconds; Infinity: to the end. */
  readonly seconds: number;
  /** Stops early; nothing is left then. */
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

/** Frames a second where the log does not tell: it has one frame. */
const RATE_OF_ONE_FRAME_HZ = 10;

/**
 * Writes the video.
 *
 * @returns null when the signal came first
 * @throws UnderstudyError `file-missing` without pictures; `bad-option` when `out` is one of the session's own files or
 *   no frame lies in the time asked for; `video-unreadable`, `package-missing`, `write-failed`
 */
export async function writeSyncVideo(session: Session, options: SyncVideoOptions): Promise<SyncReport | null> {
  const { out, signal, onFrame } = options;
  refuseOwnFiles(session, out);
  const wanted = framesBetween(session, options.fromSeconds, options.seconds);
  const rateHz = Number.isNaN(session.rateHz) ? RATE_OF_ONE_FRAME_HZ : session.rateHz;
  const logged = {
    labels: labelFrames(session, options.labels),
    fights: fightOfFrames(session),
    times: session.frames.times,
  };
  using file = new PartFile(out);
  let canvas: SyncCanvas | null = null;
  let encoder: Mp4Encoder | null = null;
  let written = 0;
  try {
    for await (const { frame, picture } of picturesOf(session, wanted)) {
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
  await file.keep();
  const { width, height } = canvas.image;
  const pictures = existsSync(session.files.video) ? 'video' : 'gray';
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

/** The pictures of the wanted frames in their order, each valid until the next; ends early where the pictures end. */
async function* picturesOf(
  session: Session,
  wanted: readonly number[],
): AsyncGenerator<{ frame: number; picture: BgraImage }, void, void> {
  const { videoIndex } = session.frames;
  let place = 0;
  let index = 0;
  for await (const picture of allPictures(session)) {
    while (place < wanted.length && videoIndex[wanted[place]] === index) {
      yield { frame: wanted[place], picture };
      place += 1;
    }
    if (place === wanted.length) return;
    index += 1;
  }
}

async function* allPictures({ files, header }: Session): AsyncGenerator<BgraImage, void, void> {
  if (existsSync(files.video)) {
    yield* readVideo(files.video, { width: header?.width ?? 0, height: header?.height ?? 0 });
    return;
  }
  if (!existsSync(files.gray)) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${files.base} has no pictures: there is neither ${files.video} nor ${files.gray}.`,
      next: "Put the session's video beside its logs.",
    });
  }
  const { width, height } = await grayContract(files.gray);
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for await (const gray of readGrayFrames(files.gray)) {
    for (let i = 0; i < gray.length; i += 1) pixels.fill(gray[i], i * 4, i * 4 + 3);
    yield { width, height, pixels };
  }
}

function refuseOwnFiles({ files }: Session, out: string): void {
  const own = [files.events, files.frames, files.video, files.gray].find((path) => resolve(path) === resolve(out));
  if (own === undefined) return;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${own} belongs to the session itself: it is never overwritten.`,
    next: 'Name another file with --out, such as sync.mp4.',
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

/** A file that appears under its name only when it is whole. */
class PartFile implements Disposable {
  readonly #out: string;
  readonly #part: string;
  #fd: number | null;

  constructor(out: string) {
    this.#out = out;
    this.#part = `${out}.part`;
    this.#fd = this.#guarded(() => openSync(this.#part, 'w'));
  }

  write(bytes: Uint8Array): void {
    this.#guarded(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd!, bytes, at);
    });
  }

  /** Gives the file its name. */
  async keep(): Promise<void> {
    this.#close();
    await rename(this.#part, this.#out).catch((error: unknown) => this.#fail(error));
  }

  /** Removes what was written, unless it was kept. */
  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.#part, { force: true });
  }

  #close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #guarded<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): never {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `${this.#out} cannot be written: ${messageOf(error)}.`,
      next: 'Check that the folder exists and may be written to, and that the disk is not full.',
      cause: error,
    });
  }
}
