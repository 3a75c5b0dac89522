/** Pictures of a small drawn game: a scene, a panel, a bar, a number, and the screens of won and lost. No font is needed. */
import { Random } from '../../src/core/random.js';
import { drawSvg, writeImage, type BgraImage } from '../../src/vision/image-file.js';
import { join } from 'node:path';

/** px, the size that the game is drawn for. */
export const GAME_WIDTH = 640;
export const GAME_HEIGHT = 480;

export interface DrawnScene {
  readonly panel?: boolean;
  /** px, how far the panel has moved. */
  readonly shift?: readonly [number, number];
  /** 0 to 1 */
  readonly health?: number;
  readonly score?: number;
  readonly screen?: 'won' | 'lost' | 'none';
  /** Another one has other things in it. */
  readonly seed?: number;
  /** Size of the window, as a factor. */
  readonly scale?: number;
  /** Width of the window, as a factor besides: 'keep' leaves bars at the sides, 'stretch' draws everything wider. */
  readonly wider?: { readonly by: number; readonly how: 'keep' | 'stretch' };
}

/** Where each part is drawn, px. */
export const BOXES = {
  fighting: { left: 12, top: 10, width: 84, height: 26 },
  won: { left: 220, top: 180, width: 200, height: 60 },
  lost: { left: 220, top: 180, width: 200, height: 60 },
  health: { left: 120, top: 12, width: 150, height: 12 },
  score: { left: 480, top: 8, width: 140, height: 32 },
} as const;

/** The part in fractions of the window, larger by `margin` px on each side. */
export function regionOf(part: keyof typeof BOXES, margin = 0) {
  const { left, top, width, height } = BOXES[part];
  return {
    left: (left - margin) / GAME_WIDTH,
    top: (top - margin) / GAME_HEIGHT,
    width: (width + 2 * margin) / GAME_WIDTH,
    height: (height + 2 * margin) / GAME_HEIGHT,
  };
}

export function drawGame(scene: DrawnScene = {}): Promise<BgraImage> {
  const { scale = 1, wider = { by: 1, how: 'keep' } } = scene;
  const size = `width="${Math.round(GAME_WIDTH * scale * wider.by)}" height="${Math.round(GAME_HEIGHT * scale)}"`;
  const parts = [things(scene.seed ?? 7), panel(scene), bar(scene), number(scene), screen(scene)];
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} preserveAspectRatio="${wider.how === 'keep' ? 'xMidYMid' : 'none'}" viewBox="0 0 ${GAME_WIDTH} ${GAME_HEIGHT}">${parts.join('')}</svg>`,
  );
}

/** Writes a part of a picture as a file of its own. */
export async function cutOut(
  folder: string,
  name: string,
  picture: BgraImage,
  part: keyof typeof BOXES,
): Promise<string> {
  const { left, top, width, height } = BOXES[part];
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const start = ((top + y) * picture.width + left) * 4;
    pixels.set(picture.pixels.subarray(start, start + width * 4), y * width * 4);
  }
  const path = join(folder, name);
  await writeImage(path, { width, height, pixels });
  return path;
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

function things(seed: number): string {
  const random = new Random(seed);
  const upTo = (most: number): number => Math.floor(random.next() * most);
  const circles = Array.from({ length: 60 }, () => {
    const fill = `rgb(${upTo(256)},${upTo(256)},${upTo(256)})`;
    return `<circle cx="${upTo(GAME_WIDTH)}" cy="${upTo(GAME_HEIGHT)}" r="${upTo(40)}" fill="${fill}"/>`;
  });
  return rect(0, 0, GAME_WIDTH, GAME_HEIGHT, '#203040') + circles.join('');
}

/** Letters of a kind: bars of seeded places. */
function letters(seed: number, { left, top, width, height }: (typeof BOXES)['fighting' | 'won'], ink: string): string {
  const random = new Random(seed);
  const strokes = Array.from({ length: 24 }, () => {
    const isTall = random.next() < 0.5;
    const x = left + 4 + random.next() * (width - 20);
    const y = top + 4 + random.next() * (height - 16);
    return rect(x, y, isTall ? 2.5 : 9, isTall ? 9 : 2.5, ink);
  });
  return strokes.join('');
}

function panel({ panel: isShown = true, shift = [0, 0] }: DrawnScene): string {
  if (!isShown) return '';
  const { left, top, width, height } = BOXES.fighting;
  const drawn = rect(left, top, width, height, '#101418') + letters(3, BOXES.fighting, '#f0f0e0');
  return `<g transform="translate(${shift[0]} ${shift[1]})">${drawn}</g>`;
}

function screen({ screen: shown = 'none' }: DrawnScene): string {
  if (shown === 'none') return '';
  const { left, top, width, height } = BOXES[shown];
  return rect(left, top, width, height, '#000000') + letters(shown === 'won' ? 11 : 12, BOXES[shown], '#ffd040');
}

function bar({ health }: DrawnScene): string {
  if (health === undefined) return '';
  const { left, top, width, height } = BOXES.health;
  return rect(left, top, width, height, '#301010') + rect(left, top, width * health, height, '#d03020');
}

/** Seven segments: [x, y, width, height] in a cell of 12 x 20. */
const SEGMENTS = {
  a: [1, 0, 10, 3],
  b: [9, 0, 3, 11],
  c: [9, 9, 3, 11],
  d: [1, 17, 10, 3],
  e: [0, 9, 3, 11],
  f: [0, 0, 3, 11],
  g: [1, 8.5, 10, 3],
} as const;

const LIT = ['abcdef', 'bc', 'abged', 'abgcd', 'fgbc', 'afgcd', 'afgedc', 'abc', 'abcdefg', 'abcdfg'];

function number({ score }: DrawnScene): string {
  if (score === undefined) return '';
  const { left, top, width, height } = BOXES.score;
  const digits = [...String(score)].map((digit, place) => {
    const lit = [...LIT[Number(digit)]] as (keyof typeof SEGMENTS)[];
    return lit
      .map((name) => SEGMENTS[name])
      .map(([x, y, wide, high]) => rect(left + 6 + place * 16 + x, top + 6 + y, wide, high, '#e8e8ff'))
      .join('');
  });
  return rect(left, top, width, height, '#181830') + digits.join('');
}
