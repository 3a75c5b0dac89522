/** `game cue`: takes the picture of a cue or the digits of a meter, and enters it into the game file. */
import { dirname, join } from 'node:path';
import { badOption, UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { GameWatcher } from '../../games/game-watcher.js';
import { SEEN_FROM, type CueSpec } from '../../games/game-file.js';
import {
  CUE_NAMES,
  type CueContrast,
  type CueName,
  type GameDocument,
  type Region,
} from '../../games/game-file-schema.js';
import { digitPicture, digitShapes } from '../../games/digits-meter.js';
import { grayPart, type Box } from '../../games/gray-image.js';
import { writeImage, type BgraImage } from '../../vision/image-file.js';
import { cropPixels } from '../../vision/preprocessor.js';
import type { RunEnvironment } from '../environment.js';
import { asBgra, changeGameDocument, openGameDocument, writeCuePicture } from './game-document.js';
import { onePicture, type PictureSource } from './pictures.js';

/** px around a cue in which it is looked for: a game may move it a little. */
const MARGIN = 6;

export interface CueRequest {
  /** Path of the game file. */
  readonly game: string;
  /** fighting, won, lost, or a meter's name. */
  readonly name: string;
  readonly source: PictureSource;
  /** Of a session, s. */
  readonly atSeconds: number;
  /** Left, top, width, height: px, or fractions where all are at most 1. Null: the whole picture is written to look at. */
  readonly region: readonly [number, number, number, number] | null;
  /** Of a cue: whether dimmed copies of it count. Null: as the file says already. */
  readonly contrast: CueContrast | null;
  /** The name is a bar that fills from this side. */
  readonly bar: 'left' | 'right' | 'top' | 'bottom' | null;
  /** The name is a number that reads so in this picture. */
  readonly reads: string | null;
}

/** `game cue --json`. */
export interface CueReport {
  readonly game: string;
  readonly name: string;
  /** Files that were written. */
  readonly pictures: readonly string[];
  /** The entry of the game file as it is now; null where only the whole picture was written. */
  readonly entry: object | null;
  /** px, the window that it was taken from. */
  readonly window: { readonly width: number; readonly height: number };
}

/**
 * @throws UnderstudyError `bad-option`; `cue-invalid` where the region shows nothing to recognise, before anything is
 *   written; as openGameDocument and onePicture
 */
export async function takeCue(
  request: CueRequest,
  environment: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<CueReport> {
  const { game, name, region, source, atSeconds } = request;
  const document = openGameDocument(game);
  const kind = kindOf(request);
  if (request.contrast !== null && (kind !== 'cue' || region === null)) {
    throw badOption(
      '--contrast is for a cue that is taken now, and needs its --region.',
      'Give --region too; of a cue that is there, enter `"contrast": "same"` into the game file.',
    );
  }
  const picture = await onePicture(source, atSeconds, environment);
  const window = { width: picture.width, height: picture.height };
  if (region === null && kind !== 'digits') {
    const path = join(dirname(game), 'window.png');
    await writeImage(path, picture);
    return { game, name, pictures: [path], entry: null, window };
  }
  const known = document.meters?.[name]?.region;
  const box = region === null ? known && cropPixels(known, window.width, window.height) : boxOf(region, window);
  if (box === undefined) throw badOption(`The meter '${name}' has no region yet.`, 'Give one with --region l,t,w,h.');
  const taken =
    kind === 'cue'
      ? await takePicture(request, document, picture, box)
      : kind === 'bar'
        ? enterBar(request, document, regionOf(box, window))
        : await takeDigits(request, document, picture, box);
  return { game, name, ...taken, window };
}

type Taken = Pick<CueReport, 'pictures' | 'entry'>;

function kindOf({ name, bar, reads, region }: CueRequest): 'cue' | 'bar' | 'digits' {
  const isCue = (CUE_NAMES as readonly string[]).includes(name);
  if (bar !== null && reads !== null) {
    throw badOption('--bar and --reads exclude each other.', 'A meter is a bar or a number: leave one of them out.');
  }
  if (isCue && (bar !== null || reads !== null)) {
    throw badOption(`'${name}' is a cue, and --bar and --reads are for meters.`, 'Leave them out, or name a meter.');
  }
  if (!isCue && bar === null && reads === null && region !== null) {
    throw badOption(
      `'${name}' is none of the cues ${CUE_NAMES.join(', ')}.`,
      'Name one of them; for a meter, add --bar left or --reads with the number that is seen.',
    );
  }
  return bar !== null ? 'bar' : reads !== null ? 'digits' : 'cue';
}

/**
 * Enters a part of a picture of the whole window as a cue.
 *
 * @throws UnderstudyError `cue-invalid` where it shows nothing to recognise, before anything is written
 */
async function takePicture(
  { game, name, contrast }: Pick<CueRequest, 'game' | 'name' | 'contrast'>,
  document: GameDocument,
  picture: BgraImage,
  box: Box,
): Promise<Taken> {
  const window = { width: picture.width, height: picture.height };
  const before = document.cues?.[name as CueName];
  const region = regionOf(grown(box, window), window);
  const cut = cutOut(picture, box);
  // refused here, not at the next command: the picture is at hand
  const asked: CueSpec = {
    picture: 'this region',
    region,
    atLeast: SEEN_FROM,
    contrast: contrast ?? 'any',
    of: window,
  };
  GameWatcher.checkCue(name as CueName, asked, cut);
  const path = await writeCuePicture(game, name, cut);
  const said = given({ atLeast: before?.atLeast, contrast: contrast ?? before?.contrast });
  const entry = { picture: path, region, ...said, of: window };
  changeGameDocument(game, { cues: { ...document.cues, [name]: entry } });
  return { pictures: [join(dirname(game), path)], entry };
}

function enterBar({ game, name, bar }: CueRequest, document: GameDocument, region: Region): Taken {
  const entry = { kind: 'bar', region, from: bar! } as const;
  changeGameDocument(game, { meters: { ...document.meters, [name]: entry } });
  return { pictures: [], entry };
}

async function takeDigits(
  { game, name, reads }: CueRequest,
  document: GameDocument,
  picture: BgraImage,
  box: Box,
): Promise<Taken> {
  const image = grayPart(picture, box);
  const shapes = digitShapes(image);
  if (shapes.length !== reads!.length) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'cue-invalid',
      message: `The region has ${shapes.length} shapes of a digit's height on a plain background, and '${reads}' has ${reads!.length} digits.`,
      next: 'Give a region with --region that holds the number alone, on one colour, its digits not touching.',
    });
  }
  const before = document.meters?.[name];
  const glyphs: Record<string, string> = before?.kind === 'digits' ? { ...before.glyphs } : {};
  for (const [place, digit] of [...reads!].entries()) {
    glyphs[digit] = await writeCuePicture(game, `${name}-${digit}`, asBgra(digitPicture(image, shapes[place].box)));
  }
  const entry = { kind: 'digits', region: regionOf(box, picture), glyphs } as const;
  changeGameDocument(game, { meters: { ...document.meters, [name]: entry } });
  return { pictures: [...new Set(reads)].map((digit) => join(dirname(game), glyphs[digit])), entry };
}

/** Enters a cue from a picture that is at hand. @throws UnderstudyError as {@link takeCue} */
export async function enterCue(
  game: string,
  name: CueName,
  picture: BgraImage,
  region: NonNullable<CueRequest['region']>,
): Promise<void> {
  await takePicture({ game, name, contrast: null }, openGameDocument(game), picture, boxOf(region, picture));
}

/** @throws UnderstudyError `bad-option` for a region that is empty or outside the picture */
export function boxOf(
  region: readonly [number, number, number, number],
  window: { width: number; height: number },
): Box {
  const isFractions = region.every((value) => value <= 1);
  const scaleX = isFractions ? window.width : 1;
  const scaleY = isFractions ? window.height : 1;
  const left = Math.round(region[0] * scaleX);
  const top = Math.round(region[1] * scaleY);
  const width = Math.round(region[2] * scaleX);
  const height = Math.round(region[3] * scaleY);
  if (width > 0 && height > 0 && left + width <= window.width && top + height <= window.height) {
    return { left, top, width, height };
  }
  throw badOption(
    `The region ${region.join()} is not within the picture of ${window.width}x${window.height} pixels.`,
    'Give left,top,width,height in pixels of the window, or as fractions from 0 to 1.',
  );
}

function grown({ left, top, width, height }: Box, window: { width: number; height: number }): Box {
  const [x, y] = [Math.max(0, left - MARGIN), Math.max(0, top - MARGIN)];
  const right = Math.min(window.width, left + width + MARGIN);
  const bottom = Math.min(window.height, top + height + MARGIN);
  return { left: x, top: y, width: right - x, height: bottom - y };
}

/** Fractions with so many digits name a pixel of any screen. */
const DIGITS = 5;

export function regionOf({ left, top, width, height }: Box, window: { width: number; height: number }): Region {
  const fraction = (value: number, of: number): number => Number((value / of).toFixed(DIGITS));
  const [x, y] = [fraction(left, window.width), fraction(top, window.height)];
  return {
    left: x,
    top: y,
    width: Math.min(fraction(width, window.width), 1 - x),
    height: Math.min(fraction(height, window.height), 1 - y),
  };
}

function cutOut(picture: BgraImage, { left, top, width, height }: Box): BgraImage {
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const start = ((top + y) * picture.width + left) * 4;
    pixels.set(picture.pixels.subarray(start, start + width * 4), y * width * 4);
  }
  return { width, height, pixels };
}
