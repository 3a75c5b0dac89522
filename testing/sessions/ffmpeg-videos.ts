/** Videos as other programs make them, through ffmpeg, and what ffmpeg reads in them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readVideo } from '../../src/session/read-video.js';

/** For a test's `skip`. */
export const ffmpegIsAbsent = spawnSync('ffmpeg', ['-version']).error === undefined ? false : 'needs ffmpeg';

const QUIET = ['-v', 'error', '-nostdin', '-y'];

/** A picture in memory. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** BGRA */
  readonly pixels: Uint8Array;
}

/** Runs ffmpeg, quietly. @returns what it writes to its standard output */
export function ffmpeg(...options: string[]): Buffer {
  return execFileSync('ffmpeg', [...QUIET, ...options], { maxBuffer: 256 * 1024 * 1024 });
}

/**
 * Encodes pictures at 10 Hz.
 *
 * @param options ffmpeg's, of the output
 * @returns the path of the video
 */
export function encoded(folder: string, name: string, pictures: readonly Picture[], options: string): string {
  const { width, height } = pictures[0];
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'bgra', '-s', `${width}x${height}`, '-r', '10', '-i', 'pipe:0'];
  const path = join(folder, name);
  const input = Buffer.concat(pictures.map(({ pixels }) => pixels));
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...raw, ...options.split(' '), path], { input });
  return path;
}

/**
 * All pictures as ffmpeg shows them, which were compared with OpenCV 5.0: no byte differs.
 *
 * @param size px of a picture
 */
export function shownByFfmpeg(path: string, size: { readonly width: number; readonly height: number }): Buffer[] {
  const bytes = ffmpeg(
    '-i',
    path,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'bgra',
    '-',
  );
  const each = size.width * size.height * 4;
  return Array.from({ length: bytes.length / each }, (_, k) => bytes.subarray(k * each, (k + 1) * each));
}

/** All pictures that this program reads, copied. */
export async function picturesRead(path: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for await (const { width, height, pixels } of readVideo(path)) {
    pictures.push({ width, height, pixels: Uint8Array.from(pixels) });
  }
  return pictures;
}

/** The largest difference of two pictures, levels of 255. */
export function largestDifference(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return Infinity;
  return one.reduce((largest, value, k) => Math.max(largest, Math.abs(value - other[k])), 0);
}

/** Squares of 16 px in 60 colours of all kinds, dark and bright, and gray 20 in the first. */
export function colouredPicture(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const square = (x >> 4) + (y >> 4) * Math.ceil(width / 16);
      const at = (y * width + x) * 4;
      const colour = square === 0 ? [20, 20, 20] : [(square * 97) % 256, (square * 61) % 256, (square * 163) % 256];
      pixels.set([...colour, 255], at);
    }
  }
  return { width, height, pixels };
}
