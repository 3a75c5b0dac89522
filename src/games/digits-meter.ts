/**
 * A number that a game writes: its digits are found by the gaps between them and compared with pictures of digits. Where
 * a shape is none of them, or the background is not plain, nothing is read: a wrong number is worse than none.
 */
import type { BgraImage } from '../vision/image-file.js';
import { cropPixels } from '../vision/preprocessor.js';
import type { MeterDocument } from './game-file-schema.js';
import { grayPart, resizeGray, type Box, type GrayImage } from './gray-image.js';

export type DigitsSpec = Extract<MeterDocument, { kind: 'digits' }>;

/** Shapes are compared on a square of so many cells: 14 are enough for digits, and for small ones all there is. */
const SIDE = 14;

/** Lines of a number are twice as many as the square's: of larger ones, every other pixel is enough. */
const ENOUGH_LINES = 28;

/** The correlation from which on a shape is a digit. */
const ALIKE_FROM = 0.7;

/** Gray levels between ink and background. */
const LEAST_DIFFERENCE = 40;

/** Of the tallest shape: lower ones are commas, points and specks. */
const LEAST_HEIGHT = 0.6;

/** px of background around a digit's own picture. */
const GLYPH_MARGIN = 2;

/** More digits than any score has. */
const MOST_DIGITS = 12;

/** One shape in a picture of a number: where it is, and its ink on the square, mean off, of length 1. */
export interface DigitShape {
  readonly box: Box;
  readonly ink: Float32Array;
}

export class DigitsMeter {
  readonly #spec: DigitsSpec;
  readonly #digits: ReadonlyMap<string, Float32Array>;

  /** @param digits the shape of each known digit */
  constructor(spec: DigitsSpec, digits: ReadonlyMap<string, DigitShape>) {
    this.#spec = spec;
    this.#digits = new Map([...digits].map(([digit, { ink }]) => [digit, ink]));
  }

  /** The number, or null. */
  look(picture: BgraImage): number | null {
    const box = cropPixels(this.#spec.region, picture.width, picture.height);
    const shapes = digitShapes(grayPart(picture, box, Math.max(1, Math.floor(box.height / ENOUGH_LINES))));
    if (shapes.length === 0 || shapes.length > MOST_DIGITS) return null;
    const digits = shapes.map(({ ink }) => this.#digitOf(ink));
    return digits.includes(null) ? null : Number(digits.join(''));
  }

  #digitOf(ink: Float32Array): string | null {
    let best = ALIKE_FROM;
    let found: string | null = null;
    for (const [digit, known] of this.#digits) {
      let score = 0;
      for (let i = 0; i < known.length; i += 1) score += known[i] * ink[i];
      if (score < best) continue;
      best = score;
      found = digit;
    }
    return found;
  }
}

/** The shapes of a picture of a number, from left to right; none where it has no plain background. */
export function digitShapes(image: GrayImage): DigitShape[] {
  const levels = inkAndBackground(image);
  if (levels === null) return [];
  const { ink, background } = levels;
  const inked = image.gray.map((value) => (Math.abs(value - ink) < Math.abs(value - background) ? 1 : 0));
  const isInk = (x: number, y: number): boolean => inked[y * image.width + x] === 1;
  const boxes = runsOf(image.width, (x) => hasInk(image.height, (y) => isInk(x, y))).map(([left, right]) => {
    const rows = runsOf(image.height, (y) => hasInk(right - left, (x) => isInk(left + x, y)));
    const top = rows[0][0];
    return { left, top, width: right - left, height: rows.at(-1)![1] - top };
  });
  const tallest = Math.max(0, ...boxes.map(({ height }) => height));
  return boxes
    .filter(({ height }) => height >= LEAST_HEIGHT * tallest)
    .map((box) => ({ box, ink: onSquare(image, box, levels) }));
}

/** One shape on its background alone, so that {@link digitShapes} finds it in the picture. */
export function digitPicture(image: GrayImage, box: Box): GrayImage {
  const background = inkAndBackground(image)?.background ?? 0;
  const width = box.width + 2 * GLYPH_MARGIN;
  const height = box.height + 2 * GLYPH_MARGIN;
  const gray = new Float32Array(width * height).fill(background);
  for (let y = 0; y < box.height; y += 1) {
    const start = (box.top + y) * image.width + box.left;
    gray.set(image.gray.subarray(start, start + box.width), (y + GLYPH_MARGIN) * width + GLYPH_MARGIN);
  }
  return { width, height, gray };
}

/** Stretches of positions for which `is` holds: [first, one past the last]. */
function runsOf(count: number, is: (position: number) => boolean): [number, number][] {
  const runs: [number, number][] = [];
  let start = -1;
  for (let position = 0; position <= count; position += 1) {
    const isIn = position < count && is(position);
    if (isIn && start === -1) start = position;
    if (isIn || start === -1) continue;
    runs.push([start, position]);
    start = -1;
  }
  return runs;
}

function hasInk(count: number, is: (position: number) => boolean): boolean {
  for (let position = 0; position < count; position += 1) if (is(position)) return true;
  return false;
}

interface Levels {
  readonly ink: number;
  readonly background: number;
}

/** The two gray levels of the picture, by Otsu's threshold; the background is what its edge mostly shows. */
function inkAndBackground({ width, height, gray }: GrayImage): Levels | null {
  const counts = new Float64Array(256);
  for (const value of gray.subarray(0, width * height)) counts[Math.min(255, Math.floor(value))] += 1;
  const all = width * height;
  const whole = counts.reduce((sum, count, level) => sum + count * level, 0);
  let below = 0;
  let sum = 0;
  let best = { between: 0, threshold: 0, dark: 0, bright: 0 };
  for (let level = 0; level < 255; level += 1) {
    below += counts[level];
    sum += counts[level] * level;
    if (below === 0 || below === all) continue;
    const dark = sum / below;
    const bright = (whole - sum) / (all - below);
    const between = below * (all - below) * (bright - dark) ** 2;
    if (between > best.between) best = { between, threshold: level + 1, dark, bright };
  }
  if (best.bright - best.dark < LEAST_DIFFERENCE) return null;
  let brightEdge = 0;
  let edge = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1)) {
      edge += 1;
      if (gray[y * width + x] >= best.threshold) brightEdge += 1;
    }
  }
  const isBrightGround = brightEdge > edge / 2;
  return isBrightGround ? { ink: best.dark, background: best.bright } : { ink: best.bright, background: best.dark };
}

/** The shape at the square's height, in its middle: a 1 stays narrow. Wider than high, it is pressed to the square. */
function onSquare(image: GrayImage, box: Box, { ink, background }: Levels): Float32Array {
  const part = new Float32Array(box.width * box.height);
  for (let y = 0; y < box.height; y += 1) {
    for (let x = 0; x < box.width; x += 1) {
      const value = image.gray[(box.top + y) * image.width + box.left + x];
      part[y * box.width + x] = (value - background) / (ink - background);
    }
  }
  const width = Math.min(SIDE, Math.max(1, Math.round((SIDE * box.width) / box.height)));
  const { gray } = resizeGray({ width: box.width, height: box.height, gray: part }, width, SIDE);
  const square = new Float32Array(SIDE * SIDE);
  const left = Math.floor((SIDE - width) / 2);
  for (let y = 0; y < SIDE; y += 1) square.set(gray.subarray(y * width, (y + 1) * width), y * SIDE + left);
  const mean = square.reduce((sum, value) => sum + value, 0) / square.length;
  const length = Math.sqrt(square.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return square.map((value) => (length === 0 ? 0 : (value - mean) / length));
}
