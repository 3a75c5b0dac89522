/**
 * Chunks of consecutive windows, for training an encoder and a head together: neighbouring windows share all but one of
 * their frames, so a chunk's frames are encoded once for all of its windows. Also how pictures are varied in training.
 */
import type { Random } from '../core/random.js';
import type { Rows } from './rows.js';

/** Windows that follow each other frame by frame, as positions in the list of all windows. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** The runs of consecutive windows. @param first [n] the first frame of each window, rising */
export function runsOf(first: Int32Array): Run[] {
  const runs: { first: number; count: number }[] = [];
  for (let window = 0; window < first.length; window += 1) {
    const follows = window > 0 && first[window] === first[window - 1] + 1;
    if (follows) runs[runs.length - 1].count += 1;
    else runs.push({ first: window, count: 1 });
  }
  return runs;
}

/** At most `length` windows of one run. */
export interface Chunk {
  readonly run: Run;
  /** Windows of the run before this chunk. */
  readonly offset: number;
  /** Windows in it. */
  readonly count: number;
}

/** Every run cut into chunks; the last one of a run may be shorter. */
export function chunksOf(runs: readonly Run[], length: number): Chunk[] {
  return runs.flatMap((run) =>
    Array.from({ length: Math.ceil(run.count / length) }, (_, index) => {
      const offset = index * length;
      return { run, offset, count: Math.min(length, run.count - offset) };
    }),
  );
}

/** The same chunk begun up to half of its length earlier or later within its run, so that no two epochs are alike. */
export function moved({ run, offset, count }: Chunk, random: Random): Chunk {
  const half = count >> 1;
  const wanted = offset + random.integer(-half, half);
  return { run, count, offset: Math.max(0, Math.min(run.count - count, wanted)) };
}

/**
 * How pictures are varied in training; the same for all frames of a chunk, so that movement stays movement. Only what
 * differs from the mean picture is varied: an encoder that takes the mean picture off would see a moved background as
 * large edges all over, stronger than anything that moves in the game.
 */
export interface Variation {
  /** What differs is moved by up to so many pixels in x and y. */
  readonly shiftPx: number;
  /** Its contrast times 1 +- this. */
  readonly contrast: number;
  /** Brightness of the whole picture +- this, of 1. */
  readonly brightness: number;
}

export interface PictureReader {
  readonly frames: Rows;
  /** H and W */
  readonly image: readonly [number, number];
  /** [H * W] 0..1 */
  readonly mean: Float32Array;
  readonly variation: Variation;
}

/**
 * Reads frames as float32 0..1; varied where `random` is given, which may lead a little beyond 0 and 1.
 *
 * @param out [frames, H, W], written from `at`
 */
export function readPictures(
  { frames, image, mean, variation }: PictureReader,
  { first, count }: { readonly first: number; readonly count: number },
  random: Random | undefined,
  out: Float32Array,
  at: number,
): void {
  const bytes = new Uint8Array(count * frames.rowBytes);
  frames.read(first, count, bytes, 0);
  if (random === undefined) {
    for (let i = 0; i < bytes.length; i += 1) out[at + i] = bytes[i] / 255;
    return;
  }
  const { shiftPx, contrast, brightness } = variation;
  const [dx, dy] = [random.integer(-shiftPx, shiftPx), random.integer(-shiftPx, shiftPx)];
  const gain = random.uniform(1 - contrast, 1 + contrast);
  const lift = random.uniform(-brightness, brightness);
  const [height, width] = image;
  const within = (value: number, length: number): number => Math.min(length - 1, Math.max(0, value));
  const columns = Int32Array.from({ length: width }, (_, x) => within(x + dx, width));
  let to = at;
  for (let frame = 0; frame < count; frame += 1) {
    for (let y = 0; y < height; y += 1) {
      const row = within(y + dy, height) * width;
      for (let x = 0; x < width; x += 1, to += 1) {
        const from = row + columns[x];
        const difference = bytes[frame * frames.rowBytes + from] / 255 - mean[from];
        out[to] = mean[y * width + x] + difference * gain + lift;
      }
    }
  }
}
