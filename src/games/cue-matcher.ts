/**
 * Finds one small picture in a region of the window, in two steps: a search over the region at a reduced size, then the
 * exact place at the window's size. Both look at a bounded number of points, so a tick costs the same whatever the window.
 */
import { cropPixels } from '../vision/preprocessor.js';
import type { BgraImage } from '../vision/image-file.js';
import { PointTemplate } from './correlation.js';
import type { CueSpec } from './game-file.js';
import { grayPart, resizeGray, type Box, type GrayImage } from './gray-image.js';

/** Places that the search tries, where the picture remains large enough for it: 17 x 17. More than the second are refused. */
const FEW_PLACES = 289;
const MOST_PLACES = 4000;

/** A window of another size than the cue's may cost this much more. */
const MORE_ELSEWHERE = 4;

/** Cells that the search reads, on the same condition. */
const MOST_CELLS = 2000;

/** Points that are compared at each place; a place that a glance does not like is not looked at again. */
const GLANCE_POINTS = 20;
const SEARCH_POINTS = 80;
const LIKED_FROM = 0.35;

/** Places that are looked at exactly: at a reduced size the right one need not be the best. */
const MOST_CANDIDATES = 3;

/** Points that are compared at all exact places around one of them, and at each at least. */
const EXACT_POINTS = 2000;
const LEAST_EXACT_POINTS = 64;

/** Points of the score that counts: with a few dozen, SCARE looks like SCORE. */
const SCORE_POINTS = 1000;

/** A picture with fewer pixels, at the search's size, looks like many things. */
const LEAST_SIDE = 5;
const LEAST_PIXELS = 64;

/** The region may be this much too tight, px of the window: edges were rounded, and a game may move a panel a little. */
const MARGIN = 2;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place and its correlation. */
interface Candidate {
  readonly left: number;
  readonly top: number;
  readonly score: number;
}

/** What is prepared for one size of the window. */
interface Prepared {
  readonly box: Box;
  /** px of a cell of the search. */
  readonly cell: number;
  readonly glance: PointTemplate;
  readonly search: PointTemplate;
  readonly exact: PointTemplate;
  readonly whole: PointTemplate;
}

export class CueMatcher {
  readonly #spec: Pick<CueSpec, 'region' | 'of' | 'atLeast' | 'contrast'>;
  readonly #image: GrayImage;
  #window: Size = { width: 0, height: 0 };
  #prepared: Prepared | null = null;
  #last: Candidate | null = null;
  #cells = new Float32Array(0);

  /** @param image the cue's picture */
  constructor(spec: Pick<CueSpec, 'region' | 'of' | 'atLeast' | 'contrast'>, image: GrayImage) {
    this.#spec = spec;
    this.#image = image;
  }

  /** Why the cue cannot be found in a window of this size, for people; null where it can. */
  problemAt(window: Size, mostPlaces = MOST_PLACES): string | null {
    const picture = this.#sizeIn(window);
    const box = this.#boxIn(window);
    const size = `${picture.width}x${picture.height} in a window of ${window.width}x${window.height}`;
    if (picture.width > box.width || picture.height > box.height) {
      return `its picture is ${size}, larger than its region of ${box.width}x${box.height}`;
    }
    if (isTooSmall(picture)) return `its picture is ${size}, too small to be recognised`;
    if (placesOf(box, picture, cellOf(box, picture)) <= mostPlaces) return null;
    return `its picture is ${size}, and its region of ${box.width}x${box.height} too large to be searched at every tick`;
  }

  /** The best correlation in this picture, -1 to 1; -1 where the cue does not fit the window's size. */
  look(picture: BgraImage): number {
    if (picture.width !== this.#window.width || picture.height !== this.#window.height) this.#prepare(picture);
    const prepared = this.#prepared;
    if (prepared === null) return -1;
    // most panels do not move: where it was seen last, one look is enough
    const again = this.#last === null ? -1 : prepared.whole.atPixels(picture, this.#last.left, this.#last.top);
    if (again >= this.#spec.atLeast) return again;
    this.#last = this.#search(picture, prepared);
    return this.#last.score;
  }

  #prepare({ width, height }: Size): void {
    this.#window = { width, height };
    this.#prepared = null;
    if (this.problemAt(this.#window, MORE_ELSEWHERE * MOST_PLACES) !== null) return;
    this.#last = null;
    const size = this.#sizeIn(this.#window);
    const box = this.#boxIn(this.#window);
    const cell = cellOf(box, size);
    const image = resizeGray(this.#image, size.width, size.height);
    const small = resizeGray(image, Math.floor(size.width / cell), Math.floor(size.height / cell));
    const exactPlaces = cell === 1 ? 1 : (2 * cell + 1) ** 2;
    this.#prepared = {
      box,
      cell,
      glance: new PointTemplate(small, GLANCE_POINTS),
      search: new PointTemplate(small, SEARCH_POINTS),
      exact: new PointTemplate(image, Math.max(LEAST_EXACT_POINTS, Math.floor(EXACT_POINTS / exactPlaces))),
      whole: new PointTemplate(image, SCORE_POINTS, this.#spec.contrast),
    };
    this.#cells = new Float32Array(Math.floor(box.width / cell) * Math.floor(box.height / cell));
  }

  /** The best place, px; where none is liked at a glance, the best glance. */
  #search(picture: BgraImage, prepared: Prepared): Candidate {
    const { box, cell, glance, search } = prepared;
    const cells = grayPart(picture, box, cell, this.#cells);
    const candidates: Candidate[] = [];
    let best: Candidate = { left: box.left, top: box.top, score: -1 };
    for (let top = 0; top + search.height <= cells.height; top += 1) {
      for (let left = 0; left + search.width <= cells.width; left += 1) {
        const glanced = glance.at(cells, left, top);
        if (glanced > best.score) best = { left: box.left + left * cell, top: box.top + top * cell, score: glanced };
        if (glanced >= LIKED_FROM) keepBest(candidates, { left, top, score: search.at(cells, left, top) });
      }
    }
    if (candidates.length === 0) return best;
    return candidates
      .map(({ left, top }) =>
        exactPlace(picture, prepared, { left: box.left + left * cell, top: box.top + top * cell }),
      )
      .reduce((one, other) => (other.score > one.score ? other : one));
  }

  /** The size of the cue's picture in a window of this size, px. */
  #sizeIn(window: Size): Size {
    const of = this.#spec.of ?? window;
    return {
      width: Math.max(1, Math.round((this.#image.width * window.width) / of.width)),
      height: Math.max(1, Math.round((this.#image.height * window.height) / of.height)),
    };
  }

  #boxIn({ width, height }: Size): Box {
    const region = cropPixels(this.#spec.region, width, height);
    const left = Math.max(0, region.left - MARGIN);
    const top = Math.max(0, region.top - MARGIN);
    const right = Math.min(width, region.left + region.width + MARGIN);
    const bottom = Math.min(height, region.top + region.height + MARGIN);
    return { left, top, width: right - left, height: bottom - top };
  }
}

/** Keeps the best few; of places beside each other, one. */
function keepBest(candidates: Candidate[], place: Candidate): void {
  const isBeside = (other: Candidate): boolean =>
    Math.abs(other.left - place.left) <= 1 && Math.abs(other.top - place.top) <= 1;
  const beside = candidates.findIndex(isBeside);
  const rival =
    beside === -1 && candidates.length < MOST_CANDIDATES ? -1 : beside === -1 ? candidates.length - 1 : beside;
  if (rival === -1) candidates.push(place);
  else if (candidates[rival].score < place.score) candidates[rival] = place;
  else return;
  candidates.sort((one, other) => other.score - one.score);
}

/** The best place at the window's own size, at most a cell away from one that the search found, px. */
function exactPlace(
  picture: BgraImage,
  { box, cell, exact, whole }: Prepared,
  near: { readonly left: number; readonly top: number },
): Candidate {
  const around = cell === 1 ? 0 : cell;
  const right = Math.min(near.left + around, box.left + box.width - exact.width);
  const bottom = Math.min(near.top + around, box.top + box.height - exact.height);
  let best: Candidate = { left: box.left, top: box.top, score: -1 };
  for (let top = Math.max(near.top - around, box.top); top <= bottom; top += 1) {
    for (let left = Math.max(near.left - around, box.left); left <= right; left += 1) {
      const score = exact.atPixels(picture, left, top);
      if (score > best.score) best = { left, top, score };
    }
  }
  return { ...best, score: whole.atPixels(picture, best.left, best.top) };
}

function isTooSmall({ width, height }: Size): boolean {
  return Math.min(width, height) < LEAST_SIDE || width * height < LEAST_PIXELS;
}

/** px of a cell of the search: as small as its work allows, and not so large that little of the picture is left. */
function cellOf(box: Box, { width, height }: Size): number {
  const reduced = (cell: number): Size => ({ width: Math.floor(width / cell), height: Math.floor(height / cell) });
  const isMuch = (cell: number): boolean =>
    placesOf(box, { width, height }, cell) > FEW_PLACES || (box.width * box.height) / cell ** 2 > MOST_CELLS;
  let cell = 1;
  while (isMuch(cell) && !isTooSmall(reduced(cell + 1))) cell += 1;
  return cell;
}

function placesOf(box: Box, { width, height }: Size, cell: number): number {
  const across = Math.floor(box.width / cell) - Math.floor(width / cell) + 1;
  const down = Math.floor(box.height / cell) - Math.floor(height / cell) + 1;
  return Math.max(1, across) * Math.max(1, down);
}
