/**
 * What is done to a picture before a model sees it, as data. Bundles and sessions carry it, and code that joins two of
 * them must compare first: through another contract a model gets pictures unlike those that it was trained on.
 */
import { createHash } from 'node:crypto';

/** A part of the game window, in fractions of its width and height, 0..1. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  /** > 0; left + width <= 1 */
  readonly width: number;
  /** > 0; top + height <= 1 */
  readonly height: number;
}

/** The whole game window. */
export const WHOLE_WINDOW: Crop = { left: 0, top: 0, width: 1, height: 1 };

/** Everything that decides a pixel's value between the game window and the encoder. */
export interface PreprocessingContract {
  /** The resize rule: OpenCV's INTER_LINEAR on 8 bits, in its integer arithmetic, without antialiasing. */
  readonly resize: 'opencv-linear-u8';
  /** The gray rule: ITU-R BT.601 luma in OpenCV's 15-bit integers, after the resize. */
  readonly gray: 'bt601-15bit';
  /** W, px */
  readonly width: number;
  /** H, px */
  readonly height: number;
  readonly crop: Crop;
  /** What turns a gray byte into the encoder's float32. */
  readonly scale: '1/255';
}

/** The study's contract: the whole window at 128x72 (write-up, Appendix A: cv2.resize, COLOR_BGR2GRAY, / 255). */
export const STUDY_CONTRACT: PreprocessingContract = {
  resize: 'opencv-linear-u8',
  gray: 'bt601-15bit',
  width: 128,
  height: 72,
  crop: WHOLE_WINDOW,
  scale: '1/255',
};

/** One field in which two contracts differ; nested fields are named with a dot, `crop.left`. */
export interface ContractDifference {
  readonly field: string;
  readonly expected: string | number | undefined;
  readonly got: string | number | undefined;
}

type Field = readonly [name: string, value: string | number];

function fieldsOf(contract: PreprocessingContract): readonly Field[] {
  const { resize, gray, width, height, crop, scale } = contract;
  return [
    ['resize', resize],
    ['gray', gray],
    ['width', width],
    ['height', height],
    ['crop.left', crop.left],
    ['crop.top', crop.top],
    ['crop.width', crop.width],
    ['crop.height', crop.height],
    ['scale', scale],
  ];
}

/**
 * SHA-256, in hex, of the contract's fields in a fixed order as JSON: equal contracts have equal fingerprints, however
 * their objects were made.
 */
export function contractFingerprint(contract: PreprocessingContract): string {
  return createHash('sha256')
    .update(JSON.stringify(fieldsOf(contract)))
    .digest('hex');
}

/** The first field in which `got` differs from `expected`, or null where they are the same. */
export function contractDifference(
  expected: PreprocessingContract,
  got: PreprocessingContract,
): ContractDifference | null {
  const gotFields = new Map(fieldsOf(got));
  for (const [field, value] of fieldsOf(expected)) {
    if (gotFields.get(field) !== value) return { field, expected: value, got: gotFields.get(field) };
  }
  return null;
}

/** True where the crop lies within the window and is not empty. */
export function isCropValid(crop: Crop): boolean {
  const { left, top, width, height } = crop;
  const tolerance = 1e-9; // 0.1 + 0.9 may be slightly above 1
  return (
    left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1 + tolerance && top + height <= 1 + tolerance
  );
}
