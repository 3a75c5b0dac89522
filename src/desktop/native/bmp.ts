/**
 * Reads a rectangle of an uncompressed BMP file, the format in which pictures of the screen arrive, so that no picture
 * library is needed for a frame. Layout: BITMAPFILEHEADER and BITMAPINFOHEADER or later (Microsoft, "Bitmap Storage").
 */
import { UnderstudyError } from '../../core/errors.js';
import type { Rectangle } from '../../capture/game-window.js';
import type { Picture } from '../../capture/timed-source.js';

/** Compression fields: none, and none with explicit masks. */
const BI_RGB = 0;
const BI_BITFIELDS = 3;

interface BmpLayout {
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: number;
  readonly rowBytes: number;
  /** Offset of the top row, and what to add for the row below. */
  readonly topRow: number;
  readonly rowStep: number;
}

/** @throws UnderstudyError `capture-failed` for another kind of file, a truncated file, or 1 to 16 bits a pixel */
function readBmpLayout(file: Buffer): BmpLayout {
  if (file.length < 54 || file.toString('latin1', 0, 2) !== 'BM')
    throw unreadable('it does not begin as a BMP file does');
  const offset = file.readUInt32LE(10);
  const width = file.readInt32LE(18);
  const signedHeight = file.readInt32LE(22);
  const height = Math.abs(signedHeight); // negative: the top row comes first
  const bits = file.readUInt16LE(28);
  const compression = file.readUInt32LE(30);
  if (bits !== 24 && bits !== 32) throw unreadable(`it has ${bits} bits a pixel instead of 24 or 32`);
  if (compression !== BI_RGB && !(compression === BI_BITFIELDS && hasUsualMasks(file))) {
    throw unreadable(`it is stored in an unusual way (compression ${compression})`);
  }
  const bytesPerPixel = bits / 8;
  const rowBytes = Math.ceil((width * bytesPerPixel) / 4) * 4;
  if (file.length < offset + rowBytes * height) throw unreadable('it is cut short');
  const bottomUp = signedHeight > 0;
  return {
    width,
    height,
    bytesPerPixel,
    rowBytes,
    topRow: bottomUp ? offset + rowBytes * (height - 1) : offset,
    rowStep: bottomUp ? -rowBytes : rowBytes,
  };
}

/** Masks follow the first 40 bytes of the header: red, green, blue. */
function hasUsualMasks(file: Buffer): boolean {
  return (
    file.length >= 66 &&
    file.readUInt32LE(54) === 0xff0000 &&
    file.readUInt32LE(58) === 0xff00 &&
    file.readUInt32LE(62) === 0xff
  );
}

/** The rectangle as BGRA, alpha 255; null where it does not lie wholly inside the picture. */
export function cropBmp(file: Buffer, at: Rectangle): Picture | null {
  const { width, height, bytesPerPixel, topRow, rowStep } = readBmpLayout(file);
  if (at.x < 0 || at.y < 0 || at.x + at.width > width || at.y + at.height > height) return null;
  const pixels = new Uint8Array(at.width * at.height * 4);
  let to = 0;
  for (let y = 0; y < at.height; y += 1) {
    let from = topRow + rowStep * (at.y + y) + bytesPerPixel * at.x;
    for (let x = 0; x < at.width; x += 1, from += bytesPerPixel, to += 4) {
      pixels[to] = file[from];
      pixels[to + 1] = file[from + 1];
      pixels[to + 2] = file[from + 2];
      pixels[to + 3] = 255;
    }
  }
  return { width: at.width, height: at.height, pixels };
}

function unreadable(why: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `The picture of the screen cannot be read: ${why}.`,
    next: 'Use another way of capture: --capture x11 or --capture node-screenshots.',
  });
}
