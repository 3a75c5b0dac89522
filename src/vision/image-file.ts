/**
 * Still pictures: decodes PNG, JPEG and WebP to BGRA, writes gray and BGRA as PNG, draws SVG. The only file that
 * imports sharp, and lazily. Never part of the live path: its resize antialiases, which play must not do (see preprocessor.ts).
 */
import { stat } from 'node:fs/promises';
import type * as sharpModule from 'sharp';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';

/** A picture in memory. */
export interface BgraImage {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** BGRA, 4 bytes a pixel, row by row, no padding; owned by the caller. */
  readonly pixels: Uint8Array;
}

/** 8192 x 8192: more than any screen; a picture that claims more is refused before it is decoded. */
const MAX_PIXELS = 8192 * 8192;

type Sharp = typeof sharpModule.default;

async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `the package 'sharp', which reads and writes pictures, does not load: ${messageOf(error)}`,
      next: reinstallAdvice(),
      cause: error,
    });
  }
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `there is no picture at '${path}'`,
      next: 'check the path',
    });
  }
  if (!found.isFile()) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'image-unreadable',
      message: `'${path}' is not a file, expected a PNG, JPEG or WebP picture`,
      next: 'name one picture',
    });
  }
}

/** Exchanges the first and third byte of each pixel, in place: RGBA <-> BGRA. */
function swapRedAndBlue(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const first = pixels[i];
    pixels[i] = pixels[i + 2];
    pixels[i + 2] = first;
  }
}

async function decode(image: ReturnType<Sharp>): Promise<BgraImage> {
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  swapRedAndBlue(pixels);
  return { width: info.width, height: info.height, pixels };
}

/** Kinds of samples that become 8 bits as OpenCV makes them; others, floating point ones above all, would be cut to black. */
const READABLE_DEPTHS: readonly (string | undefined)[] = ['uchar', 'ushort'];

/** Refuses pictures whose colours nothing here turns into those of a screen: each reader does it otherwise. */
async function requireScreenColours(path: string, image: ReturnType<Sharp>): Promise<void> {
  const { space, depth } = await image.metadata();
  const isPrint = space === 'cmyk' || space === 'lab';
  if (!isPrint && READABLE_DEPTHS.includes(depth)) return;
  const what = isPrint ? `has the colours ${space.toUpperCase()}, which are for print` : `has samples of type ${depth}`;
  throw new UnderstudyError({
    kind: 'input',
    code: 'image-unreadable',
    message: `'${path}' ${what}; expected RGB or gray of 8 or 16 bits`,
    next: 'save it again as an RGB PNG',
  });
}

/**
 * Decodes a picture to its stored 8-bit values: colour profiles are ignored (as OpenCV does, which made the study's
 * grays), an EXIF rotation is applied, 16-bit pictures are cut to 8. Colours for print are refused.
 *
 * @throws UnderstudyError 'file-missing', 'image-unreadable', 'package-missing'
 */
export async function readImage(path: string): Promise<BgraImage> {
  await requireFile(path);
  const sharp = await loadSharp();
  try {
    const image = sharp(path, { ignoreIcc: true, limitInputPixels: MAX_PIXELS });
    await requireScreenColours(path, image);
    return await decode(image.autoOrient());
  } catch (error) {
    if (error instanceof UnderstudyError) throw error;
    throw new UnderstudyError({
      kind: 'input',
      code: 'image-unreadable',
      message: `'${path}' cannot be decoded, expected a PNG, JPEG or WebP picture: ${messageOf(error)}`,
      next: 'open it in an image viewer: if that fails too, the file is damaged',
      cause: error,
    });
  }
}

/**
 * Writes a BGRA picture as PNG.
 *
 * @throws UnderstudyError 'write-failed', 'package-missing'
 */
export async function writeImage(path: string, { pixels, width, height }: BgraImage): Promise<void> {
  if (pixels.length !== width * height * 4) {
    throw new Error(`${pixels.length} bytes for a BGRA picture of ${width}x${height}`);
  }
  const rgba = Uint8Array.from(pixels);
  swapRedAndBlue(rgba);
  const sharp = await loadSharp();
  try {
    await sharp(rgba, { raw: { width, height, channels: 4 } })
      .png()
      .toFile(path);
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `the picture '${path}' cannot be written: ${messageOf(error)}`,
      next: 'check that the folder exists, that it may be written to and that the disk is not full',
      cause: error,
    });
  }
}

/**
 * A gray picture, one byte a pixel, as PNG in a data URI: for pages and figures that carry their pictures with them.
 *
 * @throws UnderstudyError 'package-missing'
 */
export async function grayDataUri(gray: Uint8Array, width: number, height: number): Promise<string> {
  const sharp = await loadSharp();
  const png = await sharp(gray, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** Dots an inch at which one unit of an SVG is one pixel. */
const SVG_UNIT_DPI = 72;

/**
 * Draws an SVG whose width and height are pixels. Text needs a font on this machine; without one it is missing.
 *
 * @param scale pixels a unit, > 0
 * @throws UnderstudyError 'package-missing'; an Error when it is not an SVG
 */
export async function drawSvg(svg: string, scale = 1): Promise<BgraImage> {
  const sharp = await loadSharp();
  return decode(sharp(Buffer.from(svg), { density: SVG_UNIT_DPI * scale, limitInputPixels: MAX_PIXELS }));
}
