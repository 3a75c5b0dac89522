/**
 * What the pictures of a video are made of, as far as its boxes say: samples, bits, range, matrix. Of H.264 it is read
 * from the sequence parameter set in the `avcC` box (ITU-T H.264, 7.3.2.1 and annex E). Decodes no picture.
 */

/** How the numbers of a coded picture become colours. */
export interface PictureColours {
  /** 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4; null where the boxes do not say. */
  readonly chroma: number | null;
  /** Bits a sample; null where the boxes do not say. */
  readonly bits: number | null;
  /** True: black is 0 and white 255 (`pc`, `yuvj420p`). False: 16 and 235 (`tv`), also where nothing is said. */
  readonly fullRange: boolean;
  /** ITU-T H.273 numbers; 2 is "unspecified". */
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
}

/** ITU-T H.273: nothing is said. Decoders then take the matrix of BT.601. */
export const UNSPECIFIED = 2;

/** What holds where neither the codec nor the container says anything. */
export const UNSAID_COLOURS: PictureColours = {
  chroma: null,
  bits: null,
  fullRange: false,
  primaries: UNSPECIFIED,
  transfer: UNSPECIFIED,
  matrix: UNSPECIFIED,
};

/** Profiles whose parameter sets say their chroma format; all others are 4:2:0 with 8 bits. */
const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 134, 135, 138, 139]);

/**
 * The colours by a container's `colr` box of type `nclx`, ISO/IEC 14496-12; `nclc` of QuickTime has no range.
 *
 * @param body the box without its head
 */
export function coloursOfContainer(body: Buffer): PictureColours {
  const type = body.toString('latin1', 0, 4);
  if ((type !== 'nclx' && type !== 'nclc') || body.length < 10) return UNSAID_COLOURS;
  return {
    ...UNSAID_COLOURS,
    primaries: body.readUInt16BE(4),
    transfer: body.readUInt16BE(6),
    matrix: body.readUInt16BE(8),
    fullRange: type === 'nclx' && body.length > 10 && body[10] >= 128,
  };
}

/**
 * The colours by an `avcC` box. What the codec does not say is taken from the container.
 *
 * @param avcc the box without its head; a damaged one says nothing
 */
export function coloursOfH264(avcc: Buffer, container: PictureColours): PictureColours {
  const parameterSets = avcc.length < 8 ? 0 : avcc[5] & 31;
  if (parameterSets === 0) return container;
  const length = avcc.readUInt16BE(6);
  return readParameterSet(new Bits(withoutEmulation(avcc.subarray(8 + 1, 8 + length))), container);
}

/** Drops the 3 of each 0 0 3, which is put there so that no start code can appear. */
function withoutEmulation(bytes: Buffer): Buffer {
  const kept: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    const isStuffing = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!isStuffing) kept.push(byte);
  }
  return Buffer.from(kept);
}

function readParameterSet(bits: Bits, container: PictureColours): PictureColours {
  const profile = bits.read(8);
  bits.skip(16);
  bits.unsigned(); // its number
  let chroma = 1;
  let depth = 8;
  if (PROFILES_WITH_CHROMA.has(profile)) {
    chroma = bits.unsigned();
    if (chroma === 3) bits.skip(1);
    depth = Math.max(bits.unsigned(), bits.unsigned()) + 8;
    bits.skip(1);
    if (bits.read(1) === 1) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  skipGeometry(bits);
  const said = { ...container, chroma, bits: depth };
  const hasUsability = bits.read(1) === 1;
  return hasUsability ? readUsability(bits, said) : said;
}

/** From the frame numbers to the cropping. */
function skipGeometry(bits: Bits): void {
  bits.unsigned();
  const orderType = bits.unsigned();
  if (orderType === 0) bits.unsigned();
  else if (orderType === 1) {
    bits.skip(1);
    bits.unsigned();
    bits.unsigned();
    const cycle = Math.min(bits.unsigned(), 255);
    for (let i = 0; i < cycle; i += 1) bits.unsigned();
  }
  bits.unsigned();
  bits.skip(1);
  bits.unsigned();
  bits.unsigned();
  const isProgressive = bits.read(1) === 1;
  bits.skip(isProgressive ? 1 : 2);
  if (bits.read(1) === 1) for (let edge = 0; edge < 4; edge += 1) bits.unsigned();
}

function skipScalingLists(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (bits.read(1) === 0) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64); i += 1) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

/** The start of the "video usability information". */
function readUsability(bits: Bits, said: PictureColours): PictureColours {
  const OWN_ASPECT = 255;
  if (bits.read(1) === 1 && bits.read(8) === OWN_ASPECT) bits.skip(32);
  if (bits.read(1) === 1) bits.skip(1);
  if (bits.read(1) === 0) return said;
  bits.skip(3);
  const fullRange = bits.read(1) === 1;
  if (bits.read(1) === 0) return { ...said, fullRange };
  return { ...said, fullRange, primaries: bits.read(8), transfer: bits.read(8), matrix: bits.read(8) };
}

/** Reads bits, the highest first; zeros beyond the end. */
class Bits {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** An unsigned Exp-Golomb number, ue(v). */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && this.read(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** A signed one, se(v). */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}
