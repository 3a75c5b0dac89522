/**
 * A number that a game writes: its digits are found by the gaps between them and compared with pictures of digits. Where
 * a shape is none of them, or the background is not plain, nothing is read: a wrong number is worse than none.
 */
import type { BgraImage } from '../vision/image-file.js';
import { cropPixels } from '../vision/preprocessor.js';
import { normalized } from './correlation.js';
import type { MeterDocument } from './game-file-schema.js';
import { grayPart, resizeGray, type Box, type GrayImage } from './gray-image.js';
import { SeenPart } from './seen-part.js';

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
  /** The region in the last picture, and the number that it showed. */
  readonly #seen = new SeenPart();
  #value: number | null = null;
  #cells: Float32Array = new Float32Array(0);

  /** @param digits the shape of each known digit */
  constructor(spec: DigitsSpec, digits: ReadonlyMap<string, DigitShape>) {
    this.#spec = spec;
    this.#digits = new Map([...digits].map(([digit, { ink }]) => [digit, ink]));
  }

  /** The number, or null. Where the region shows what it showed the last time, it is not read again. */
  look(picture: BgraImage): number | null {
    const box = cropPixels(this.#spec.region, picture.width, picture.height);
    if (this.#seen.isAsBefore(picture, box)) return this.#value;
    const image = grayPart(picture, box, Math.max(1, Math.floor(box.height / ENOUGH_LINES)), this.#cells);
    this.#cells = image.gray;
    this.#value = this.#read(image);
    return this.#value;
  }

  #read(image: GrayImage): number | null {
    const shapes = digitShapes(image);
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
  const inked = inkOf(image, levels);
  const boxes = columnRuns(inked, image).map(([left, right]) => boxOfInk(inked, image, left, right));
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

/** [height, width] 1 for ink: nearer to its level than to the background's. */
function inkOf({ width, height, gray }: GrayImage, { ink, background }: Levels): Uint8Array {
  const inked = new Uint8Array(width * height);
  for (let i = 0; i < inked.length; i += 1) {
    if (Math.abs(gray[i] - ink) < Math.abs(gray[i] - background)) inked[i] = 1;
  }
  return inked;
}

/** Stretches of columns with ink: [first, one past the last]. */
function columnRuns(inked: Uint8Array, { width, height }: GrayImage): [number, number][] {
  const columns = new Uint8Array(width);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) columns[x] |= inked[y * width + x];
  }
  const runs: [number, number][] = [];
  let start = -1;
  for (let x = 0; x <= width; x += 1) {
    const isIn = x < width && columns[x] === 1;
    if (isIn && start === -1) start = x;
    if (isIn || start === -1) continue;
    runs.push([start, x]);
    start = -1;
  }
  return runs;
}

/** From the first row with ink between two columns to the last. */
function boxOfInk(inked: Uint8Array, { width, height }: GrayImage, left: number, right: number): Box {
  const hasInk = (y: number): boolean => inked.subarray(y * width + left, y * width + right).includes(1);
  let top = 0;
  while (!hasInk(top)) top += 1;
  let bottom = height;
  while (!hasInk(bottom - 1)) bottom -= 1;
  return { left, top, width: right - left, height: bottom - top };
}

interface Levels {
  readonly ink: number;
  readonly background: number;
}

/** The two gray levels of the picture, by Otsu's threshold; the background is what its edge mostly shows. */
function inkAndBackground(image: GrayImage): Levels | null {
  const { threshold, dark, bright } = split(image);
  if (bright - dark < LEAST_DIFFERENCE) return null;
  const { width, height, gray } = image;
  let brightEdge = 0;
  let edge = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1)) {
      edge += 1;
      if (gray[y * width + x] >= threshold) brightEdge += 1;
    }
  }
  return brightEdge > edge / 2 ? { ink: dark, background: bright } : { ink: bright, background: dark };
}

/** The threshold between dark and bright, and the mean level of each side. */
function split({ width, height, gray }: GrayImage): { threshold: number; dark: number; bright: number } {
  const counts = new Float64Array(256);
  const all = width * height;
  for (let i = 0; i < all; i += 1) counts[Math.min(255, Math.floor(gray[i]))] += 1;
  let whole = 0;
  for (let level = 0; level < 256; level += 1) whole += counts[level] * level;
  let below = 0;
  let sum = 0;
  let most = 0;
  const best = { threshold: 0, dark: 0, bright: 0 };
  for (let level = 0; level < 255; level += 1) {
    if (counts[level] === 0 && most > 0) continue; // as the level before
    below += counts[level];
    sum += counts[level] * level;
    if (below === 0 || below === all) continue;
    const dark = sum / below;
    const bright = (whole - sum) / (all - below);
    const between = below * (all - below) * (bright - dark) ** 2;
    if (between <= most) continue;
    most = between;
    best.threshold = level + 1;
    best.dark = dark;
    best.bright = bright;
  }
  return best;
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
  return normalized(square);
}
