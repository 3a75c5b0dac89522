/**
 * A canvas without a display: fights drawn by @napi-rs/canvas, given as BGRA. The only file that imports that package,
 * and only when a stage is opened.
 */
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { UnderstudyError } from '../core/errors.js';
import { drawFight } from './draw.js';
import { STAGE_HEIGHT, STAGE_WIDTH } from './fight/rules.js';
import type { FightState } from './fight/state.js';

export interface PictureSize {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
}

/** What a window of the browser page has by default. */
export const DEFAULT_PICTURE_SIZE: PictureSize = { width: STAGE_WIDTH, height: STAGE_HEIGHT };

export class FightCanvas {
  readonly size: PictureSize;
  readonly #canvas: Canvas;
  readonly #context: SKRSContext2D;
  readonly #bgra: Uint8Array;
  readonly #words: Uint32Array;
  #changed = true;

  private constructor(canvas: Canvas, size: PictureSize) {
    this.size = size;
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#context.scale(size.width / STAGE_WIDTH, size.height / STAGE_HEIGHT);
    this.#words = new Uint32Array(size.width * size.height);
    this.#bgra = new Uint8Array(this.#words.buffer);
  }

  /** Throws `package-missing` where @napi-rs/canvas is not installed for this platform. */
  static async open(size: PictureSize = DEFAULT_PICTURE_SIZE): Promise<FightCanvas> {
    const { createCanvas } = await loadCanvas();
    return new FightCanvas(createCanvas(size.width, size.height), size);
  }

  /** Draws the fight. @returns BGRA, row by row, opaque; the same array each time, overwritten by the next call */
  draw(state: Readonly<FightState>): Uint8Array {
    drawFight(this.#context, state);
    const rgba = this.#canvas.data(); // a copy; opaque, so that premultiplied is plain
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

  /** The last picture as a PNG file's bytes. */
  png(): Uint8Array {
    return this.#canvas.toBuffer('image/png');
  }
}

async function loadCanvas() {
  try {
    return await import('@napi-rs/canvas');
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: 'The package @napi-rs/canvas, which draws the arena, does not load.',
      next: 'Run `npm ci` again on this machine; `understudy doctor` says what else is missing.',
      cause,
    });
  }
}
