/**
 * Draws in I420, the layout of H.264: a plane of Y, then U and V at half the size. What is copied over another picture
 * lies on even pixels, so that nothing is converted twice. Colours are BT.601, limited range, as the recorder's.
 */
import type { BgraImage } from '../../vision/image-file.js';
import type { Bgr, Box } from './pixels.js';

/** A picture in I420. */
export interface PlanarImage {
  /** px, even */
  readonly width: number;
  /** px, even */
  readonly height: number;
  /** width * height * 3 / 2 bytes */
  readonly pixels: Uint8Array;
}

/** @throws Error for an odd size */
export function planarImage(width: number, height: number): PlanarImage {
  if (width % 2 !== 0 || height % 2 !== 0) throw new Error(`${width}x${height}: both sizes must be even`);
  return { width, height, pixels: new Uint8Array((width * height * 3) / 2) };
}

/** BT.601, limited range: Y 16..235, U and V 16..240. */
function yuvOf([blue, green, red]: Bgr): readonly [number, number, number] {
  return [
    (66 * red + 129 * green + 25 * blue + 4224) >> 8,
    (-38 * red - 74 * green + 112 * blue + 32896) >> 8,
    (112 * red - 94 * green - 18 * blue + 32896) >> 8,
  ];
}

/** A BGRA picture of even size, converted; each 2x2 pixels share the mean colour. @param into of the same size */
export function fromBgra(image: BgraImage, into: PlanarImage = planarImage(image.width, image.height)): PlanarImage {
  const { width, height, pixels: source } = image;
  const { pixels } = into;
  const half = width / 2;
  const uAt = width * height;
  const vAt = uAt + uAt / 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [blue, green, red] = [0, 0, 0];
      for (let k = 0; k < 4; k += 1) {
        const at = (y + (k >> 1)) * width + x + (k & 1);
        const [b, g, r] = [source[at * 4], source[at * 4 + 1], source[at * 4 + 2]];
        pixels[at] = (66 * r + 129 * g + 25 * b + 4224) >> 8;
        blue += b;
        green += g;
        red += r;
      }
      const at = (y >> 1) * half + (x >> 1);
      pixels[uAt + at] = (-38 * red - 74 * green + 112 * blue + 131584) >> 10;
      pixels[vAt + at] = (112 * red - 94 * green - 18 * blue + 131584) >> 10;
    }
  }
  return into;
}

/** Copies a part of one picture into another; all numbers even, both boxes inside. */
export function copyPart(into: PlanarImage, from: PlanarImage, part: Box, left: number, top: number): void {
  for (const plane of PLANES) {
    const source = planeOf(from, plane);
    const target = planeOf(into, plane);
    const [x, width] = [part.left / plane.scale, part.width / plane.scale];
    for (let y = 0; y < part.height / plane.scale; y += 1) {
      const at = source.at + (part.top / plane.scale + y) * source.stride + x;
      const to = target.at + (top / plane.scale + y) * target.stride + left / plane.scale;
      into.pixels.set(from.pixels.subarray(at, at + width), to);
    }
  }
}

/** Fills a box with one colour; all numbers even, the box inside. */
export function fillPart(into: PlanarImage, box: Box, colour: Bgr): void {
  const yuv = yuvOf(colour);
  PLANES.forEach((plane, k) => {
    const { at, stride } = planeOf(into, plane);
    const from = at + (box.top / plane.scale) * stride + box.left / plane.scale;
    for (let y = 0; y < box.height / plane.scale; y += 1) {
      into.pixels.fill(yuv[k], from + y * stride, from + y * stride + box.width / plane.scale);
    }
  });
}

interface Plane {
  /** Pixels of the picture to one of the plane, along either side. */
  readonly scale: number;
  /** Where it begins, as a multiple of the size of the Y plane. */
  readonly begin: number;
}

const PLANES: readonly Plane[] = [
  { scale: 1, begin: 0 },
  { scale: 2, begin: 1 },
  { scale: 2, begin: 1.25 },
];

function planeOf({ width, height }: PlanarImage, { scale, begin }: Plane): { at: number; stride: number } {
  return { at: width * height * begin, stride: width / scale };
}
