/**
 * The file of a drawn video: pictures one at a time, the file under its name only when it is whole. Never writes over a
 * file of the recording itself.
 */
import { resolve } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { WholeFile } from '../../core/whole-file.js';
import { Mp4Encoder, type VideoEncoderOptions } from '../../session/video.js';

export interface VideoFileOptions {
  /** The MP4 to write; what is there is replaced once the new one is whole. */
  readonly out: string;
  /** Stops early; no file is left then. */
  readonly signal: AbortSignal;
  /** Called after each frame. */
  readonly onFrame?: (done: number) => void;
}

export interface WrittenVideo {
  /** Frames written; fewer than the script's where the pictures ended earlier. */
  readonly frames: number;
  /** px of the written video. */
  readonly width: number;
  readonly height: number;
}

/** What `session sync --json` and `overlay --json` both have. */
export interface VideoReport extends WrittenVideo {
  readonly out: string;
  /** Frames of the log, of those that were asked for, for which there is no picture. */
  readonly withoutPicture: number;
  readonly rateHz: number;
  /** What the pictures are: `video`, or `gray` where a session has no video. */
  readonly pictures: 'video' | 'gray';
}

/** A frame of the log and its picture. */
export interface NumberedPicture<Picture> {
  readonly frame: number;
  readonly picture: Picture;
}

/** Draws around pictures; `image` is overwritten by each {@link draw}. */
interface VideoCanvas<Picture> {
  readonly image: { readonly width: number; readonly height: number; readonly pixels: Uint8Array };
  draw(frame: number, picture: Picture): void;
}

interface DrawnVideo<Picture> extends Omit<VideoEncoderOptions, 'width' | 'height' | 'write'> {
  /** In sequence, each valid until the next. */
  readonly pictures: AsyncIterable<NumberedPicture<Picture>>;
  /** Opens the canvas for pictures of the first one's size. */
  readonly openCanvas: (first: Picture) => Promise<VideoCanvas<Picture>>;
  /** The error for no picture at all. */
  readonly noPicture: () => UnderstudyError;
}

/**
 * Draws and writes, by way of `<out>.part`, into a folder that exists.
 *
 * @returns null when the signal aborted
 * @throws UnderstudyError `package-missing`, `write-failed`; `noPicture`; as the pictures
 */
export async function writeVideo<Picture>(
  { pictures, openCanvas, noPicture, ...encoding }: DrawnVideo<Picture>,
  { out, signal, onFrame }: VideoFileOptions,
): Promise<WrittenVideo | null> {
  const next = 'Check that the folder exists and may be written to, and that the disk is not full.';
  using file = new WholeFile(out, next, { under: `${out}.part`, makeFolder: false });
  let canvas: VideoCanvas<Picture> | null = null;
  let encoder: Mp4Encoder | null = null;
  let frames = 0;
  try {
    for await (const { frame, picture } of pictures) {
      if (signal.aborted) break;
      canvas ??= await openCanvas(picture);
      const { width, height } = canvas.image;
      encoder ??= await Mp4Encoder.create({ ...encoding, width, height, write: (bytes) => file.write(bytes) });
      canvas.draw(frame, picture);
      await encoder.encode(canvas.image.pixels);
      frames += 1;
      onFrame?.(frames);
    }
  } finally {
    await encoder?.finish();
  }
  if (signal.aborted) return null;
  if (canvas === null) throw noPicture();
  file.publish();
  return { frames, width: canvas.image.width, height: canvas.image.height };
}

/** Refuses to write over one of the files that are read. @throws UnderstudyError `bad-option` */
export function refuseOwnFile(paths: readonly string[], out: string): void {
  const own = paths.find((path) => resolve(path) === resolve(out));
  if (own === undefined) return;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${own} belongs to the recording itself: it is never overwritten.`,
    next: 'Name another file with --out, such as video.mp4.',
  });
}

/** The report in a line for people. */
export function videoText({ out, frames, rateHz, width, height, pictures, withoutPicture }: VideoReport): string {
  const origin = pictures === 'gray' ? ', from the gray frames (there is no video)' : '';
  const missing = withoutPicture === 0 ? '' : `; ${withoutPicture} frames of the log have no picture`;
  return `wrote ${out}: ${frames} frames at ${rateHz} Hz, ${width}x${height}${origin}${missing}`;
}
