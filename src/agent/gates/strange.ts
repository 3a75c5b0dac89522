/**
 * Pictures unlike all of the training's show another program: a desktop, a menu, another game. Mean and variance of the
 * gray picture are compared with the extremes in the bundle's record.
 */
import type { Frame } from '../../core/frame.js';
import type { PictureRecord } from '../../vision/picture-record.js';
import type { PictureGate } from '../gate.js';
import type { PictureView } from './picture-view.js';

/** Pictures in a row outside the range before the gate closes: an explosion takes one or two. */
const STRANGE_IN_ROW = 3;
/** The training's range is widened by this share of itself on each side, and by at least this many gray levels. */
const WIDER_SHARE = 0.25;
const WIDER_LEVELS = 6;

type Range = readonly [low: number, high: number];

export class StrangeGate implements PictureGate {
  readonly name = 'strange';
  readonly blind = true;
  readonly #view: PictureView;
  readonly #mean: Range;
  /** Range of the standard deviation, in gray levels like the mean. */
  readonly #spread: Range;
  #inRow = 0;
  #why: string | null = null;

  constructor(view: PictureView, record: PictureRecord) {
    this.#view = view;
    this.#mean = wider(record.mean);
    this.#spread = wider([Math.sqrt(record.variance[0]), Math.sqrt(record.variance[1])]);
  }

  see(frame: Frame | null): void {
    if (frame === null) return;
    const { mean, variance } = this.#view.of(frame);
    this.#why = outside('mean', mean, this.#mean) ?? outside('spread', Math.sqrt(variance), this.#spread);
    this.#inRow = this.#why === null ? 0 : this.#inRow + 1;
  }

  closedBecause(): string | null {
    return this.#inRow >= STRANGE_IN_ROW ? this.#why : null;
  }
}

function wider([low, high]: Range): Range {
  const by = Math.max(WIDER_LEVELS, WIDER_SHARE * (high - low));
  return [low - by, high + by];
}

function outside(what: 'mean' | 'spread', value: number, [low, high]: Range): string | null {
  if (value >= low && value <= high) return null;
  const expected = `${Math.max(0, low).toFixed(0)} to ${high.toFixed(0)}`;
  return `the picture is unlike the training's (${what} of the grays ${value.toFixed(0)}, expected ${expected})`;
}
