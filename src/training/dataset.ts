/**
 * The data of a training: gray frames, labels, fights, and whether each frame is for training, validation or test.
 * Frames come from memory or from a file, so that ten hours of them need no memory; they stay bytes until their batch
 * is made.
 */
import { UnderstudyError } from '../core/errors.js';
import type { LabelMatrix } from '../core/label-matrix.js';
import { makeWindows, type SampleOptions, type Windows } from '../session/samples.js';
import { PictureRecorder, type PictureRecord } from '../vision/picture-record.js';
import type { Rows } from './rows.js';

/** Parts, numbered as `splitDataset` of the sessions numbers them. */
export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;

export interface TrainingData {
  /** [n, H * W] uint8 gray frames, in time order, fight after fight. */
  readonly frames: Rows;
  /** H and W */
  readonly image: readonly [number, number];
  /** The name of the game; absent where it is not known. */
  readonly game?: string;
  /** [n, K] over the actions of the game. */
  readonly labels: LabelMatrix;
  /** [n] number of the fight; frames of one fight lie together. */
  readonly fightOf: Int32Array;
  /** [n] {@link TRAIN}, {@link VALIDATION} or {@link TEST}; whole fights. */
  readonly partOf: Uint8Array;
}

function invalid(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'dataset-invalid', message, next });
}

/** Refuses data whose arrays differ in length, or that has no frame to train on. */
export function assertData(data: TrainingData): void {
  const { frames, image, labels, fightOf, partOf } = data;
  const sizes = [labels.count, fightOf.length, partOf.length];
  if (frames.rowBytes !== image[0] * image[1] || sizes.some((size) => size !== frames.count)) {
    throw invalid(
      `${frames.count} frames of ${frames.rowBytes} bytes came with labels, fights and parts for ${sizes.join(', ')}.`,
      'Make all of them from the same sessions.',
    );
  }
  if (!partOf.includes(TRAIN)) throw invalid('No frame is for training.', 'Give more fights, or another split.');
}

/** Positions of the frames of one part. */
export function framesOf(data: TrainingData, part: number): Int32Array {
  return Int32Array.from(data.partOf.keys()).filter((frame) => data.partOf[frame] === part);
}

/** The windows whose frames, the labelled one included, all belong to `part`. */
export function windowsOf(
  data: TrainingData,
  part: number,
  options: SampleOptions,
): Pick<Windows, 'first' | 'target' | 'rare' | 'length'> {
  // the frames of one part are joined as the study joins its sessions: frames of other parts are left out
  const frames = framesOf(data, part);
  const fights = Int32Array.from(frames, (frame) => data.fightOf[frame]);
  const windows = makeWindows(fights, data.labels.select(frames), options);
  const span = windows.length - 1 + windows.horizon; // to the labelled frame
  // a window across fights may skip frames of another part that lie between its own: such windows are left out
  const kept = Int32Array.from(windows.first.keys()).filter(
    (w) => frames[windows.target[w]] - frames[windows.first[w]] === span,
  );
  return {
    length: windows.length,
    first: Int32Array.from(kept, (w) => frames[windows.first[w]]),
    target: Int32Array.from(kept, (w) => frames[windows.target[w]]),
    rare: Uint8Array.from(kept, (w) => windows.rare[w]),
  };
}

/** What the training's pictures look like, for the live gates: a game window that shows other ones is not played. */
export function pictureRecord(data: TrainingData, fps: number): PictureRecord | null {
  const row = new Uint8Array(data.frames.rowBytes);
  const recorder = new PictureRecorder(1000 / fps, row.length);
  for (const frame of framesOf(data, TRAIN)) {
    data.frames.read(frame, 1, row, 0);
    recorder.add(row, data.fightOf[frame]);
  }
  return recorder.record();
}

/** Facts about the pictures that an autoencoder is compared with. */
export interface MeanFrame {
  /** [H * W] 0..1 */
  readonly picture: Float32Array;
  /** 0..1 */
  readonly meanPixel: number;
  /** Mean over all pixels of their variance, which is the mean squared error of always answering the mean frame: an autoencoder must do better. */
  readonly loss: number;
}

/** Mean pixel and mean frame of the frames at `positions`, in one pass. */
export function meanFrame(frames: Rows, positions: Int32Array): MeanFrame {
  const sum = new Float64Array(frames.rowBytes);
  const squares = new Float64Array(frames.rowBytes);
  const row = new Uint8Array(frames.rowBytes);
  for (const position of positions) {
    frames.read(position, 1, row, 0);
    for (let i = 0; i < row.length; i += 1) {
      sum[i] += row[i];
      squares[i] += row[i] * row[i];
    }
  }
  const count = positions.length;
  let pixels = 0;
  let variance = 0;
  for (let i = 0; i < row.length; i += 1) {
    const mean = sum[i] / count;
    pixels += mean / 255;
    variance += (squares[i] / count - mean * mean) / 255 ** 2;
  }
  const picture = Float32Array.from(sum, (value) => value / count / 255);
  return { picture, meanPixel: pixels / row.length, loss: variance / row.length };
}
