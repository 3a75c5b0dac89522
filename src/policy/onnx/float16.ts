/**
 * IEEE 754 half precision, for weights stored at half the size. Conversion only: nothing computes in half here, the
 * graph casts back to float32 when it is loaded. (Node gets a Float16Array only after the versions served here.)
 */

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The half nearest to a float32, ties to even; beyond 65504 it is infinity. Returns its 16 bits. */
export function toHalf(value: number): number {
  asFloat[0] = value;
  const word = bits[0];
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and above
  if (magnitude < 0x38800000) {
    // below 2^-14: a subnormal half counts in steps of 2^-24
    asFloat[0] = Math.abs(value) + 0.5; // adding 1/2 rounds to a multiple of 2^-24, ties to even
    return sign | (bits[0] - 0x3f000000);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The number that 16 bits of half precision stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
