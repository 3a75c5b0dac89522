/**
 * Writes an overlay video: pictures one at a time, the file under its name only when it is whole. Holds a script of
 * bytes a frame and a few pictures, however long the video is.
 */
import { UnderstudyError } from '../../core/errors.js';
import { Mp4Encoder } from '../../session/video.js';
import { OverlayCanvas } from './overlay-canvas.js';
import { openOutFile } from './out-file.js';
import type { PlanarImage } from './planar.js';
import type { OverlayScript } from './tracks.js';

/** For seeking only: a kill leaves no part of this file that would have to be readable. */
const KEY_FRAMES_PER_SECOND = 1;

export interface OverlayVideoOptions {
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

/**
 * @param pictures in order, each valid until the next
 * @returns null when the signal aborted
 * @throws UnderstudyError `video-unreadable` without any picture; `package-missing`, `write-failed`
 */
export async function writeOverlayVideo(
  script: OverlayScript,
  pictures: AsyncIterable<{ readonly frame: number; readonly picture: PlanarImage }>,
  { out, signal, onFrame }: OverlayVideoOptions,
): Promise<WrittenVideo | null> {
  using file = openOutFile(out);
  let canvas: OverlayCanvas | null = null;
  let encoder: Mp4Encoder | null = null;
  let written = 0;
  try {
    for await (const { frame, picture } of pictures) {
      if (signal.aborted) break;
      canvas ??= await OverlayCanvas.open(picture, script);
      encoder ??= await Mp4Encoder.create({
        ...canvas.image,
        rateHz: script.rateHz,
        layout: 'I420',
        keyFramesPerSecond: KEY_FRAMES_PER_SECOND,
        write: (bytes) => file.write(bytes),
      });
      canvas.draw(frame, picture);
      await encoder.encode(canvas.image.pixels);
      written += 1;
      onFrame?.(written);
    }
  } finally {
    await encoder?.finish();
  }
  if (signal.aborted) return null;
  if (canvas === null) throw noPicture();
  file.publish();
  return { frames: written, width: canvas.layout.width, height: canvas.layout.height };
}

function noPicture(): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: 'There is no picture to draw beside: the video ended before its first frame.',
    next: 'Run `understudy session check` on the session, or record the run again.',
  });
}
