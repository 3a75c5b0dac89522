/**
 * A canvas without a display: fights drawn by @napi-rs/canvas, as BGRA pictures. The only file that imports that
 * package, and only when a stage is opened.
 */
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';
import { drawFight } from './draw.js';
import { STAGE_HEIGHT, STAGE_WIDTH } from './fight/rules.js';
import type { FightState } from './fight/state.js';

export interface PictureSize {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
}

/** The fight's own size; the browser page scales it. */
export const DEFAULT_PICTURE_SIZE: PictureSize = { width: STAGE_WIDTH, height: STAGE_HEIGHT };

/** Thinned pictures: for 640x360 drawings that end as 128x72 grays they take a quarter of the time. */
export interface Thinned {
  /** Size of the pictures that `draw` returns; the drawn size must be an odd multiple of it. */
  readonly thinnedTo?: PictureSize;
}

export class FightCanvas {
  /** Of the pictures that `draw` returns. */
  readonly size: PictureSize;
  readonly #canvas: Canvas;
  readonly #context: SKRSContext2D;
  readonly #thin: SKRSContext2D | null;
  readonly #bgra: Uint8Array;
  readonly #words: Uint32Array;
  #changed = true;

  private constructor(canvas: Canvas, thin: Canvas | null) {
    const { width, height } = thin ?? canvas;
    this.size = { width, height };
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#context.scale(canvas.width / STAGE_WIDTH, canvas.height / STAGE_HEIGHT);
    this.#thin = thin?.getContext('2d') ?? null;
    if (this.#thin !== null) this.#thin.imageSmoothingEnabled = false;
    this.#words = new Uint32Array(width * height);
    this.#bgra = new Uint8Array(this.#words.buffer);
  }

  /**
   * Throws `package-missing` where @napi-rs/canvas is not installed for this platform.
   *
   * @param thinnedTo of each cell of the drawn picture only the middle pixel is returned, unchanged. A bilinear resize
   * by an odd whole number samples exactly those pixels, so its result from either picture is the same to the last bit.
   */
  static async open(size: PictureSize = DEFAULT_PICTURE_SIZE, { thinnedTo }: Thinned = {}): Promise<FightCanvas> {
    const { createCanvas } = await loadCanvas();
    const canvas = createCanvas(size.width, size.height);
    if (thinnedTo === undefined) return new FightCanvas(canvas, null);
    if (!isOddMultiple(size, thinnedTo)) {
      throw new Error(`${size.width}x${size.height} is not an odd multiple of ${thinnedTo.width}x${thinnedTo.height}`);
    }
    return new FightCanvas(canvas, createCanvas(thinnedTo.width, thinnedTo.height));
  }

  /** Draws the fight. @returns BGRA, row by row, opaque; the same array each time, overwritten by the next call */
  draw(state: Readonly<FightState>): Uint8Array {
    drawFight(this.#context, state);
    this.#thin?.drawImage(this.#canvas, 0, 0, this.size.width, this.size.height);
    const rgba = (this.#thin?.canvas ?? this.#canvas).data(); // a copy; premultiplied alpha changes nothing, since it is opaque
    const source = new Uint32Array(rgba.buffer, rgba.byteOffset, this.#words.length);
    const target = this.#words;
    let difference = 0;
    for (let i = 0; i < target.length; i += 1) {
      const pixel = source[i]; // 0xAABBGGRR as the machine reads it
      const swapped = (pixel & 0xff00ff00) | ((pixel & 0xff) << 16) | ((pixel >>> 16) & 0xff);
      difference |= swapped ^ target[i];
      target[i] = swapped;
    }
    this.#changed = difference !== 0;
    return this.#bgra;
  }

  /** Whether the last picture differs from the one before in any pixel; true of the first. */
  get changed(): boolean {
    return this.#changed;
  }

  /** The last picture as a PNG file's bytes, as drawn. */
  png(): Uint8Array {
    return this.#canvas.toBuffer('image/png');
  }
}

/** Whether `whole` is `part` times one odd whole number in both directions, so that each cell has a middle pixel. */
export function isOddMultiple(whole: PictureSize, part: PictureSize): boolean {
  const times = whole.width / part.width;
  return times % 2 === 1 && whole.height === times * part.height;
}

async function loadCanvas() {
  try {
    return await import('@napi-rs/canvas');
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The package @napi-rs/canvas, which draws the arena, does not load: ${messageOf(cause)}.`,
      next: `${reinstallAdvice()} \`understudy doctor\` says what else is missing.`,
      cause,
    });
  }
}
