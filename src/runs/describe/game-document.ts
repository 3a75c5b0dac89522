/** Changes a game file as it is written: other fields, and their sequence, stay. Pictures are written beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { makeFolders } from '../../core/make-folders.js';
import { writeWholeFile } from '../../core/whole-file.js';
import { readGameDocument } from '../../games/game-file.js';
import type { GameDocument } from '../../games/game-file-schema.js';
import type { GrayImage } from '../../games/gray-image.js';
import { writeImage, type BgraImage } from '../../vision/image-file.js';

/** What the user should do when nothing can be written. */
const ELSEWHERE = 'Copy the folder of the game to a place where you may write, and name the file there.';

/**
 * A game file that is to be changed.
 *
 * @throws UnderstudyError `file-missing`, `game-file-invalid`
 */
export function openGameDocument(path: string): GameDocument {
  if (existsSync(path)) return readGameDocument(path);
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-missing',
    message: `There is no game file at ${path}.`,
    next: 'Make one with `understudy game new`, or correct the path.',
  });
}

/** Writes the fields into the file; those that are undefined stay as they are. @throws UnderstudyError `write-failed` */
export function changeGameDocument(path: string, fields: Partial<GameDocument>): void {
  const written = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeGameDocument(path, { ...written, ...fields } as GameDocument);
}

/** @throws UnderstudyError `write-failed` */
export function writeGameDocument(path: string, document: GameDocument): void {
  writeWholeFile(path, `${JSON.stringify(document, null, 2)}\n`, ELSEWHERE);
}

/**
 * Writes a picture into the folder `cues` beside the game file.
 *
 * @returns its path as the game file has it
 * @throws UnderstudyError `write-failed`
 */
export async function writeCuePicture(gamePath: string, name: string, picture: BgraImage): Promise<string> {
  const folder = join(dirname(gamePath), 'cues');
  try {
    makeFolders(folder);
  } catch (cause) {
    const message = `The folder ${folder} cannot be made: ${messageOf(cause)}`;
    throw new UnderstudyError({ kind: 'environment', code: 'write-failed', message, next: ELSEWHERE, cause });
  }
  await writeImage(join(folder, `${name}.png`), picture);
  return `cues/${name}.png`;
}

/** A gray picture as one that can be written. */
export function asBgra({ width, height, gray }: GrayImage): BgraImage {
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    pixels.fill(Math.round(gray[i]), i * 4, i * 4 + 3);
    pixels[i * 4 + 3] = 255;
  }
  return { width, height, pixels };
}
