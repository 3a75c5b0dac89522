/**
 * How much of what is small, and of what moves, a latent keeps: bullets of three pixels decide a game and are a thousandth
 * of a mean squared error. Compares pictures with what can be read back out of their latents; runs no model.
 */

/** What an encoder keeps. Each share is 0..1; null where no frame had such a blob. */
export interface Kept {
  /** Share of the small blobs, by their difference from the mean picture, that keep half of their contrast or more. */
  readonly smallKept: number | null;
  readonly smallBlobs: number;
  /** Share of the blobs that changed since the frame before, of any size, of which half of the change is kept. */
  readonly movingKept: number | null;
  readonly movingBlobs: number;
}

/** A frame and the one before it; [H * W] each, 0..1, differences from the mean picture. */
export interface KeptSample {
  readonly now: Float32Array;
  readonly before: Float32Array;
  /** Read back out of the latents of both. */
  readonly nowBack: Float32Array;
  readonly beforeBack: Float32Array;
}

/** A pixel belongs to a blob from this difference on, of 1: 20 of 255, above the noise of a video. */
const LEAST_DIFFERENCE = 0.08;
/** Px. One pixel alone is noise. */
const LEAST_AREA = 2;
/** A small blob has at most this share of the picture: 37 of 128 x 72 px, a disc of 7 px. */
const SMALL_SHARE = 0.004;

/** Connected regions of pixels whose difference is large, as lists of positions; neighbours share an edge. */
export function blobsOf(difference: Float32Array, width: number): number[][] {
  const isLarge = (at: number): boolean => Math.abs(difference[at]) >= LEAST_DIFFERENCE;
  const seen = new Uint8Array(difference.length);
  const blobs: number[][] = [];
  for (let start = 0; start < difference.length; start += 1) {
    if (seen[start] === 1 || !isLarge(start)) continue;
    const blob = [start];
    seen[start] = 1;
    for (let next = 0; next < blob.length; next += 1) {
      for (const at of neighbours(blob[next], width, difference.length)) {
        if (seen[at] === 1 || !isLarge(at)) continue;
        seen[at] = 1;
        blob.push(at);
      }
    }
    if (blob.length >= LEAST_AREA) blobs.push(blob);
  }
  return blobs;
}

function neighbours(at: number, width: number, length: number): number[] {
  const x = at % width;
  return [at - width, at + width, x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1].filter(
    (place) => place >= 0 && place < length,
  );
}

/** The part of a blob's contrast that is read back: 1 is all of it, 0 none; the projection of one on the other. */
export function contrastKept(blob: readonly number[], truth: Float32Array, back: Float32Array): number {
  let along = 0;
  let whole = 0;
  for (const at of blob) {
    along += truth[at] * back[at];
    whole += truth[at] * truth[at];
  }
  return along / whole;
}

/** What is kept of each blob of one frame: 1 is all of its contrast, 0 none. */
export interface KeptBlobs {
  readonly small: readonly number[];
  readonly moving: readonly number[];
}

/** @param width of the pictures, px */
export function keptBlobs({ now, before, nowBack, beforeBack }: KeptSample, width: number): KeptBlobs {
  const mostArea = SMALL_SHARE * now.length;
  const small = blobsOf(now, width).filter((blob) => blob.length <= mostArea);
  const change = now.map((value, at) => value - before[at]);
  const changeBack = nowBack.map((value, at) => value - beforeBack[at]);
  return {
    small: small.map((blob) => contrastKept(blob, now, nowBack)),
    moving: blobsOf(change, width).map((blob) => contrastKept(blob, change, changeBack)),
  };
}

export function keptOf(frames: readonly KeptBlobs[]): Kept {
  const small = frames.flatMap((blobs) => blobs.small);
  const moving = frames.flatMap((blobs) => blobs.moving);
  return {
    smallKept: shareKept(small),
    smallBlobs: small.length,
    movingKept: shareKept(moving),
    movingBlobs: moving.length,
  };
}

function shareKept(kept: readonly number[]): number | null {
  return kept.length === 0 ? null : kept.filter((share) => share >= 0.5).length / kept.length;
}

/** The mean of what is kept of a frame's blobs, 0..1; null where it has none. Ranks frames, to show some of them. */
export function meanKept({ small, moving }: KeptBlobs): number | null {
  const all = [...small, ...moving];
  if (all.length === 0) return null;
  return all.reduce((sum, kept) => sum + Math.min(1, Math.max(0, kept)), 0) / all.length;
}
