/**
 * How full a bar is, by where its filled colour gives way to its empty one. Colours that the game file does not give are
 * learned from the first bar that is neither full nor empty; until then nothing is said.
 */
import type { BgraImage } from '../vision/image-file.js';
import { cropPixels } from '../vision/preprocessor.js';
import type { MeterDocument } from './game-file-schema.js';

export type BarSpec = Extract<MeterDocument, { kind: 'bar' }>;

/** Red, green, blue, 0 to 255. */
type Colour = readonly [number, number, number];

/** Positions along the bar that are looked at, and lines beside each other at each: a bar has a frame and a gloss. */
const MOST_POSITIONS = 200;
const LINES = 5;

/** A split is clear when it explains this share of the colours' variance, and the sides differ by so many levels. */
const CLEAR_SHARE = 0.8;
const CLEAR_DISTANCE = 40;

/** Of the distance between the two colours: further from both, on average, what is seen is not this bar. */
const STRANGE_FROM = 0.5;

/** After so many pictures of something else, learned colours were wrong. */
const PICTURES_TO_FORGET = 20;

/** How fast learned colours follow a bar that changes its shade. */
const FOLLOW = 0.1;

export class BarMeter {
  readonly #spec: BarSpec;
  #full: Colour | null;
  #empty: Colour | null;
  #strange = 0;

  constructor(spec: BarSpec) {
    this.#spec = spec;
    this.#full = spec.full === undefined ? null : colourOf(spec.full);
    this.#empty = spec.empty === undefined ? null : colourOf(spec.empty);
  }

  /** The colours in use, as a game file has them; null while one is not known. */
  get colours(): { readonly full: string; readonly empty: string } | null {
    if (this.#full === null || this.#empty === null) return null;
    return { full: textOf(this.#full), empty: textOf(this.#empty) };
  }

  /**
   * The fill, 0 to 1; null where it is not known or the region shows something else.
   *
   * @param learn whether colours may be learned from this picture: it shows the game being played
   */
  look(picture: BgraImage, learn: boolean): number | null {
    const profile = profileOf(picture, this.#spec);
    if (learn) this.#learn(profile);
    if (this.#full === null || this.#empty === null) return null;
    const { fill, distance } = boundary(profile, this.#full, this.#empty);
    if (distance > STRANGE_FROM) {
      this.#strange += 1;
      if (this.#strange >= PICTURES_TO_FORGET) this.#forget();
      return null;
    }
    this.#strange = 0;
    return fill;
  }

  #learn(profile: readonly Colour[]): void {
    const { full, empty } = this.#spec;
    if (full !== undefined && empty !== undefined) return;
    const split = clearSplit(profile);
    if (split === null) return;
    if (full === undefined) this.#full = followed(this.#full, split.first);
    if (empty === undefined) this.#empty = followed(this.#empty, split.second);
  }

  #forget(): void {
    if (this.#spec.full === undefined) this.#full = null;
    if (this.#spec.empty === undefined) this.#empty = null;
    this.#strange = 0;
  }
}

/** A colour that is far from the known one is not followed: something else is seen. */
function followed(known: Colour | null, seen: Colour): Colour {
  if (known === null) return seen;
  if (distanceOf(known, seen) > CLEAR_DISTANCE) return known;
  return mixed(known, seen, FOLLOW);
}

/** [positions] the mean colours across the bar, from the side that it fills from; the middle half, without the frame. */
function profileOf(picture: BgraImage, { region, from }: BarSpec): Colour[] {
  const box = cropPixels(region, picture.width, picture.height);
  const isLying = from === 'left' || from === 'right';
  const [length, breadth] = isLying ? [box.width, box.height] : [box.height, box.width];
  const count = Math.min(length, MOST_POSITIONS);
  const profile: Colour[] = [];
  for (let i = 0; i < count; i += 1) {
    const along = Math.floor(((i + 0.5) * length) / count);
    const sum = [0, 0, 0];
    for (let line = 0; line < LINES; line += 1) {
      const across = Math.floor(breadth * (0.25 + (0.5 * (line + 0.5)) / LINES));
      const [x, y] = isLying ? [along, across] : [across, along];
      const at = ((box.top + y) * picture.width + box.left + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) sum[channel] += picture.pixels[at + 2 - channel] / LINES;
    }
    profile.push([sum[0], sum[1], sum[2]]);
  }
  return from === 'left' || from === 'top' ? profile : profile.reverse();
}

/** The fill that fits best, and how far the colours are from the two, in units of their distance. */
function boundary(profile: readonly Colour[], full: Colour, empty: Colour): { fill: number; distance: number } {
  const between = Math.max(1, distanceOf(full, empty));
  let away = 0;
  // how much better a position fits the filled part than the empty one, summed from the start: best where it is largest
  let sum = 0;
  let best = 0;
  let position = 0;
  for (const [index, colour] of profile.entries()) {
    const toFull = distanceOf(colour, full);
    const toEmpty = distanceOf(colour, empty);
    away += Math.min(toFull, toEmpty) / between;
    sum += toEmpty - toFull;
    if (sum <= best) continue;
    best = sum;
    position = index + 1;
  }
  return { fill: position / profile.length, distance: away / profile.length };
}

/** The two sides of the split that explains most; null where none is clear. */
function clearSplit(profile: readonly Colour[]): { first: Colour; second: Colour } | null {
  const count = profile.length;
  const total: [number, number, number] = [0, 0, 0];
  let squares = 0;
  for (const colour of profile) {
    for (let channel = 0; channel < 3; channel += 1) {
      total[channel] += colour[channel];
      squares += colour[channel] ** 2;
    }
  }
  const variance = squares - total.reduce((sum, value) => sum + value ** 2, 0) / count;
  const least = Math.max(2, Math.ceil(0.03 * count));
  const sum: [number, number, number] = [0, 0, 0];
  let best: { explained: number; first: Colour; second: Colour } | null = null;
  for (let split = 1; split <= count - least; split += 1) {
    for (let channel = 0; channel < 3; channel += 1) sum[channel] += profile[split - 1][channel];
    if (split < least) continue;
    const first: Colour = [sum[0] / split, sum[1] / split, sum[2] / split];
    const rest = count - split;
    const second: Colour = [(total[0] - sum[0]) / rest, (total[1] - sum[1]) / rest, (total[2] - sum[2]) / rest];
    const explained = ((split * rest) / count) * distanceOf(first, second) ** 2;
    if (explained > (best?.explained ?? 0)) best = { explained, first, second };
  }
  if (best === null || best.explained < CLEAR_SHARE * variance) return null;
  return distanceOf(best.first, best.second) < CLEAR_DISTANCE ? null : best;
}

function distanceOf(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

function mixed(one: Colour, other: Colour, share: number): Colour {
  const mix = (channel: 0 | 1 | 2): number => one[channel] * (1 - share) + other[channel] * share;
  return [mix(0), mix(1), mix(2)];
}

function colourOf(text: string): Colour {
  const value = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16);
  return [value(1), value(3), value(5)];
}

function textOf(colour: Colour): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}
