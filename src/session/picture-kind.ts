/**
 * Which decoder reads a video right, by what its boxes say: the built-in one, ffmpeg, or none. A kind of picture that no
 * decoder here reads right is refused by its name; nothing is read with wrong colours.
 */
import { UnderstudyError } from '../core/errors.js';
import { ownFile } from '../core/project-root.js';
import { UNSPECIFIED, type PictureColours } from './h264-colours.js';
import type { Mp4Facts } from './mp4-boxes.js';
import { isKnownMatrix } from './yuv-to-bgra.js';

/** ITU-T H.273 numbers. */
const MATRIX_RGB = 0;
const MATRICES_OF_601 = new Set([UNSPECIFIED, 5, 6]);
const BT_2020 = 9;
const MATRICES_OF_2020 = new Set([9, 10]);
const TRANSFER_NAMES: Readonly<Record<number, string>> = { 16: 'PQ', 18: 'HLG' };

/** True for what is taken where nothing is said: limited range, the matrix of BT.601. */
export function isPlain({ fullRange, matrix }: PictureColours): boolean {
  return !fullRange && MATRICES_OF_601.has(matrix);
}

/** True where the built-in decoder reads the pictures right. Its word on samples other than these cannot be trusted. */
export function builtInReads({ codec, colours, parts }: Mp4Facts): boolean {
  const { chroma, bits, matrix } = colours;
  if ((codec !== 'avc1' && codec !== 'avc3') || parts > 1) return false;
  if (bits !== 8) return false;
  if (chroma === 1) return isKnownMatrix(matrix);
  return (chroma === 2 || chroma === 3) && isPlain(colours);
}

/** True where the planes can be used as they were coded, as those of this program's own videos. */
export function planesAreUsable(facts: Mp4Facts): boolean {
  const { colours, turn, width, height } = facts;
  const isEven = width % 2 === 0 && height % 2 === 0;
  return builtInReads(facts) && isPlain(colours) && colours.chroma === 1 && turn === 0 && isEven;
}

/** @throws UnderstudyError `video-unreadable` naming a kind of video that no decoder here reads right */
export function requireReadable(path: string, { codec, turn, colours }: Mp4Facts): void {
  const { matrix, primaries, transfer } = colours;
  const curve = TRANSFER_NAMES[transfer];
  if (codec === 'encv') throw refused(path, 'is encrypted', 'Give a copy without protection.');
  if (turn === null) {
    const how = 'is mirrored, sheared or scaled by its container';
    throw refused(path, how, 'Write it as it is shown: ffmpeg -i VIDEO NEW.mp4, and give that the name.');
  }
  if (curve !== undefined || primaries === BT_2020 || MATRICES_OF_2020.has(matrix)) {
    const how = `has the colours of BT.2020${curve === undefined ? '' : ` with the curve ${curve} (HDR)`}`;
    throw refused(path, `${how}, and models are trained on those of a screen`, convertColours());
  }
  if (matrix !== MATRIX_RGB && !isKnownMatrix(matrix)) {
    throw refused(path, `has colours of the matrix ${matrix} (ITU-T H.273)`, RECORD_AGAIN);
  }
}

function convertColours(): string {
  return `Convert it to BT.709 with ffmpeg (${ownFile('docs/sessions.md')} has the commands), or record it so.`;
}

const RECORD_AGAIN = 'Record it again in BT.709, or convert it with the program that wrote it.';

function refused(path: string, how: string, next: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: `${path} ${how}: it would be read wrongly.`,
    next,
  });
}
