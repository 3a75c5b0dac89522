/**
 * Statistics of a game's pictures: mean, variance and stillness. Taken from the training's frames, kept in a bundle's
 * training record, and compared live with the gray pictures of the same preprocessing. Decides nothing.
 */
import { z } from 'zod';

/** Of one gray picture, gray levels 0..255. */
export interface PictureStatistics {
  readonly mean: number;
  /** Gray levels squared. */
  readonly variance: number;
  /** Share of pixels above {@link BLACK_LEVEL}, 0..1. */
  readonly lit: number;
}

const amount = z.number().min(0);
const range = z
  .tuple([amount, amount])
  .readonly()
  .refine(([low, high]) => low <= high);
/** Lows and highs of gray levels; the longest that the picture did not change at all is in ms. */
const recordSchema = z.object({ frames: amount, mean: range, variance: range, longestStillMs: amount });

/** Of many: the extremes that were seen. */
export type PictureRecord = Readonly<z.infer<typeof recordSchema>>;

/** Gray level up to which a pixel is black: video and fades leave a few levels above 0. */
const BLACK_LEVEL = 10;

/** Statistics of one picture in one pass. @param gray [H, W] uint8 */
export function statisticsOf(gray: Uint8Array): PictureStatistics {
  let sum = 0;
  let squares = 0;
  let lit = 0;
  for (let i = 0; i < gray.length; i += 1) {
    const level = gray[i];
    sum += level;
    squares += level * level;
    if (level > BLACK_LEVEL) lit += 1;
  }
  const mean = sum / gray.length;
  return { mean, variance: Math.max(0, squares / gray.length - mean * mean), lit: lit / gray.length };
}

/** True where two gray pictures are the same in every pixel. */
export function samePicture(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Collects a record, frame by frame in time order. */
export class PictureRecorder {
  readonly #periodMs: number;
  readonly #last: Uint8Array;
  #frames = 0;
  #group = -1;
  #still = 0;
  #longestStill = 0;
  #mean: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #variance: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  /** @param periodMs from one frame to the next @param pixels of a frame, H * W */
  constructor(periodMs: number, pixels: number) {
    this.#periodMs = periodMs;
    this.#last = new Uint8Array(pixels);
  }

  /** @param group number of its fight: stillness does not run across fights */
  add(gray: Uint8Array, group: number): void {
    const { mean, variance } = statisticsOf(gray);
    this.#mean = [Math.min(this.#mean[0], mean), Math.max(this.#mean[1], mean)];
    this.#variance = [Math.min(this.#variance[0], variance), Math.max(this.#variance[1], variance)];
    const same = this.#frames > 0 && group === this.#group && samePicture(gray, this.#last);
    this.#still = same ? this.#still + 1 : 0;
    this.#longestStill = Math.max(this.#longestStill, this.#still);
    this.#last.set(gray);
    this.#group = group;
    this.#frames += 1;
  }

  /** Null before the first frame. */
  record(): PictureRecord | null {
    if (this.#frames === 0) return null;
    const rounded = ([low, high]: [number, number]): [number, number] => [
      Number(low.toFixed(3)),
      Number(high.toFixed(3)),
    ];
    return {
      frames: this.#frames,
      mean: rounded(this.#mean),
      variance: rounded(this.#variance),
      longestStillMs: Math.round(this.#longestStill * this.#periodMs),
    };
  }
}

/** The record in a bundle's training record; null where it has none, or an invalid one. */
export function readPictureRecord(training: Readonly<Record<string, unknown>>): PictureRecord | null {
  return recordSchema.safeParse(training['pictures']).data ?? null;
}
