/**
 * What an autoencoder keeps of the pictures, by phase of the fight: its error beside that of always answering the mean
 * frame, and whether the threats come through. F1 does not rank agents and says nothing about latents; this does.
 * Independent of any model: it takes pictures and their reconstructions.
 */

/** A threat is drawn at gray 180 to 215 of 255, shade included; nothing else in the arena is (docs/arena.md). */
const THREAT_GRAYS = [180, 215] as const;
/** Halfway between the background (24) and a threat (200): a threat's pixel above it came through. */
const SEEN_GRAY = 112;

/** One picture and what the autoencoder made of it. */
export interface ReconstructedFrame {
  /** 1, 2 or 3. */
  readonly phase: number;
  /** [H * W] uint8 gray. */
  readonly gray: Uint8Array;
  /** [H * W] 0..1; of the same picture. */
  readonly reconstructed: Float32Array;
}

/** What came through in one phase. */
export interface PhaseReconstruction {
  readonly phase: number;
  readonly frames: number;
  /** Mean squared error, pixels 0..1. */
  readonly loss: number;
  /** The same of answering the mean frame to every picture. */
  readonly meanFrameLoss: number;
  /** Pixels of threats in all pictures. */
  readonly threatPixels: number;
  /** Mean squared error on those alone; null without any. */
  readonly threatLoss: number | null;
  /** Share of those that came back bright, 0..1; null without any. */
  readonly threatsSeen: number | null;
}

interface Sums {
  frames: number;
  pixels: number;
  error: number;
  meanFrameError: number;
  threatPixels: number;
  threatError: number;
  seen: number;
}

/**
 * Adds frames up by phase.
 *
 * @param meanFrame [H * W] 0..1, the mean of the training pictures
 * @returns the phases that occur, in ascending order
 */
export function reconstructionByPhase(
  frames: Iterable<ReconstructedFrame>,
  meanFrame: Float32Array,
): PhaseReconstruction[] {
  const byPhase = new Map<number, Sums>();
  for (const frame of frames) {
    if (frame.gray.length !== meanFrame.length || frame.reconstructed.length !== meanFrame.length) {
      throw new RangeError(`pictures of ${frame.gray.length} and ${frame.reconstructed.length} pixels`);
    }
    const sums = byPhase.get(frame.phase) ?? noSums();
    byPhase.set(frame.phase, sums);
    addFrame(sums, frame, meanFrame);
  }
  return [...byPhase.entries()]
    .sort(([a], [b]) => a - b)
    .map(([phase, { frames: count, pixels, error, meanFrameError, threatPixels, threatError, seen }]) => ({
      phase,
      frames: count,
      loss: error / pixels,
      meanFrameLoss: meanFrameError / pixels,
      threatPixels,
      threatLoss: threatPixels === 0 ? null : threatError / threatPixels,
      threatsSeen: threatPixels === 0 ? null : seen / threatPixels,
    }));
}

function noSums(): Sums {
  return { frames: 0, pixels: 0, error: 0, meanFrameError: 0, threatPixels: 0, threatError: 0, seen: 0 };
}

function addFrame(sums: Sums, { gray, reconstructed }: ReconstructedFrame, meanFrame: Float32Array): void {
  sums.frames += 1;
  sums.pixels += gray.length;
  for (let i = 0; i < gray.length; i += 1) {
    const pixel = gray[i] / 255;
    const error = (reconstructed[i] - pixel) ** 2;
    sums.error += error;
    sums.meanFrameError += (meanFrame[i] - pixel) ** 2;
    if (gray[i] < THREAT_GRAYS[0] || gray[i] > THREAT_GRAYS[1]) continue;
    sums.threatPixels += 1;
    sums.threatError += error;
    if (reconstructed[i] * 255 > SEEN_GRAY) sums.seen += 1;
  }
}
