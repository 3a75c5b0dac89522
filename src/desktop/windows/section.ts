/** A picture in memory that GDI draws, and the two ways to get a window's pixels into it. */
import { UnderstudyError } from '../../core/errors.js';
import { viewMemory, type Pointer } from '../../system/ffi.js';
import { pixelCalls, type WindowHandle } from './win32.js';

/** PW_CLIENTONLY and PW_RENDERFULLCONTENT: the inside alone, also what a graphics card has drawn. Windows 8.1. */
const PRINT_FLAGS = 3;
/** BitBlt's SRCCOPY, wingdi.h. */
const COPY = 0x00cc0020;

/**
 * The two ways to the pixels. `print`: Windows asks for the whole window, also where another covers it. `copy`: what the
 * window shows.
 */
export type GdiMethod = 'print' | 'copy';

/** Memory that GDI draws into: a DIB section, top row first, 4 bytes a pixel. */
export class Section implements Disposable {
  readonly width: number;
  readonly height: number;
  /** Valid until it is disposed. */
  readonly pixels: Uint8Array;
  readonly #words: Uint32Array;
  readonly #dc: Pointer;
  /** `HBITMAP` */
  readonly bitmap: Pointer;

  /** @throws UnderstudyError `capture-failed` where Windows gives no memory */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const calls = pixelCalls();
    const dc = calls.memoryDc(null);
    const bits = new BigUint64Array(1);
    const bitmap = calls.createSection(dc, bitmapHeader(width, height), 0, bits, null, 0);
    if (dc === null || bitmap === null || bits[0] === 0n) throw noMemory(width, height);
    calls.select(dc, bitmap);
    this.#dc = dc;
    this.bitmap = bitmap;
    this.pixels = viewMemory(bits[0], 4 * width * height);
    this.#words = new Uint32Array(this.pixels.buffer, this.pixels.byteOffset, width * height);
  }

  draw(window: WindowHandle, method: GdiMethod): boolean {
    // a call that succeeds and draws nothing must not leave the picture before last
    this.pixels.fill(0);
    const drawn = method === 'print' ? pixelCalls().printWindow(window, this.#dc, PRINT_FLAGS) : this.#copy(window);
    pixelCalls().flush();
    return drawn !== 0;
  }

  #copy(window: WindowHandle): number {
    const calls = pixelCalls();
    const from = calls.windowDc(window);
    if (from === null) return 0;
    try {
      return calls.bitBlt(this.#dc, 0, 0, this.width, this.height, from, 0, 0, COPY);
    } finally {
      calls.releaseDc(window, from);
    }
  }

  /** True where no pixel has any colour. */
  isBlack(): boolean {
    for (const word of this.#words) if ((word & 0xffffff) !== 0) return false;
    return true;
  }

  [Symbol.dispose](): void {
    pixelCalls().deleteDc(this.#dc);
    pixelCalls().deleteObject(this.bitmap);
  }
}

/** BITMAPINFOHEADER, wingdi.h: a negative height is the top row first. */
function bitmapHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(44);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(width, 4);
  header.writeInt32LE(-height, 8);
  header.writeUInt16LE(1, 12); // planes
  header.writeUInt16LE(32, 14); // bits a pixel
  return header;
}

function noMemory(width: number, height: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `Windows gave no memory for a picture of ${width}x${height}.`,
    next: 'Close other programs, or make the game window smaller.',
  });
}
