/**
 * A part of a recording, for `overlay --from --seconds`: which frames it has, and which a model must see before them so
 * that it answers as it would in the whole. Draws nothing.
 */
import { badOption } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { ShownRecording } from './models.js';
import type { NumberedPicture } from './video-file.js';

/** Seconds of the recording. */
export interface Span {
  /** Since its first frame, >= 0. */
  readonly from: number;
  /** > 0; Infinity: to its end. */
  readonly seconds: number;
}

export const WHOLE: Span = { from: 0, seconds: Number.POSITIVE_INFINITY };

/** The first frame of a span, and the one after its last. */
export interface FrameSpan {
  readonly first: number;
  readonly end: number;
}

/**
 * @param times [N] seconds since the first frame
 * @throws UnderstudyError `bad-option` where no frame lies in the span
 */
export function framesOf({ from, seconds }: Span, times: Float64Array): FrameSpan {
  const first = from === 0 ? 0 : times.findIndex((time) => time >= from);
  const after = times.findIndex((time, frame) => frame > first && time >= from + seconds);
  if (first >= 0 && times.length > 0) return { first, end: after === -1 ? times.length : after };
  const length = (times.at(-1) ?? 0).toFixed(1);
  throw badOption(`--from ${from}: the recording ends at ${length} s.`, `Give less than ${length}.`);
}

/** The first frame of the fight (or the time between two) that `first` lies in: there, windows begin anyway. */
export function askedOf(fights: Int32Array, first: number): number {
  let frame = first;
  while (frame > 0 && fights[frame - 1] === fights[first]) frame -= 1;
  return frame;
}

/** A recording's frames from `first` on, before `end`. */
export function framesBetween({ open }: ShownRecording, first: number, end: number): ShownRecording['open'] {
  return async function* between(contract): AsyncGenerator<Frame, void, void> {
    for await (const frame of open(contract)) {
      if (frame.index >= end) return;
      if (frame.index >= first) yield frame;
    }
  };
}

/** The pictures of the frames from `first` on, before `end`, numbered from 0. */
export async function* picturesBetween<Picture>(
  pictures: AsyncIterable<NumberedPicture<Picture>>,
  first: number,
  end: number,
): AsyncGenerator<NumberedPicture<Picture>, void, void> {
  for await (const { frame, picture } of pictures) {
    if (frame >= end) return;
    if (frame >= first) yield { frame: frame - first, picture };
  }
}
