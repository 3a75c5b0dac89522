/**
 * Writes an overlay video. Holds a script of bytes a frame and a few pictures, however long the video is.
 */
import { UnderstudyError } from '../../core/errors.js';
import { OverlayCanvas } from './overlay-canvas.js';
import type { PlanarImage } from './planar.js';
import type { OverlayScript } from './tracks.js';
import { writeVideo, type NumberedPicture, type VideoFileOptions, type WrittenVideo } from './video-file.js';

/** For seeking only: a kill leaves no part of this file that would have to be readable. */
const KEY_FRAMES_PER_SECOND = 1;

/** @returns null when the signal aborted @throws UnderstudyError `video-unreadable` without any picture; as writeVideo */
export function writeOverlayVideo(
  script: OverlayScript,
  pictures: AsyncIterable<NumberedPicture<PlanarImage>>,
  options: VideoFileOptions,
): Promise<WrittenVideo | null> {
  const drawn = {
    pictures,
    openCanvas: (first: PlanarImage) => OverlayCanvas.open(first, script),
    noPicture,
    rateHz: script.rateHz,
    layout: 'I420' as const,
    keyFramesPerSecond: KEY_FRAMES_PER_SECOND,
  };
  return writeVideo(drawn, options);
}

function noPicture(): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: 'There is no picture to draw beside: the video ended before its first frame.',
    next: 'Run `understudy session check` on the session, or record the run again.',
  });
}
