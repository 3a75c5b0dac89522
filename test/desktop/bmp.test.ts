import assert from 'node:assert/strict';
import test from 'node:test';
import { cropBmp } from '../../src/desktop/native/bmp.js';
import { hasCode } from '../../testing/error-code.js';

const colour = (x: number, y: number) => [10 * x + 1, 20 * y + 2, x + y + 3] as const; // B, G, R

/** A BMP file of `width` x `height`, written by hand from the format's description. */
function bmp(options: {
  width: number;
  height: number;
  bits: 24 | 32;
  topDown?: boolean;
  masks?: boolean;
  offset?: number;
}): Buffer {
  const { width, height, bits, topDown = false, masks = false, offset = masks ? 70 : 54 } = options;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const file = Buffer.alloc(offset + rowBytes * height);
  file.write('BM', 'latin1');
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(masks ? 56 : 40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(topDown ? -height : height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(masks ? 3 : 0, 30);
  if (masks) [0xff0000, 0xff00, 0xff].forEach((mask, i) => file.writeUInt32LE(mask, 54 + 4 * i));
  for (let y = 0; y < height; y += 1) {
    const row = offset + rowBytes * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) file.set(colour(x, y), row + (x * bits) / 8);
  }
  return file;
}

function expected(left: number, top: number, width: number, height: number): number[] {
  const pixels: number[] = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) pixels.push(...colour(left + x, top + y), 255);
  }
  return pixels;
}

for (const kind of [
  { bits: 24 },
  { bits: 32 },
  { bits: 24, topDown: true },
  { bits: 32, masks: true },
  { bits: 24, offset: 122 },
] as const) {
  test(`a rectangle is cut out of a BMP file (${JSON.stringify(kind)})`, () => {
    const file = bmp({ width: 7, height: 5, ...kind });
    const all = cropBmp(file, { x: 0, y: 0, width: 7, height: 5 });
    assert.deepEqual([...all!.pixels], expected(0, 0, 7, 5));
    const part = cropBmp(file, { x: 2, y: 1, width: 3, height: 4 });
    assert.deepEqual([part!.width, part!.height], [3, 4]);
    assert.deepEqual([...part!.pixels], expected(2, 1, 3, 4));
  });
}

test('a rectangle that sticks out gives nothing rather than a smaller picture', () => {
  const file = bmp({ width: 7, height: 5, bits: 24 });
  for (const at of [
    { x: -1, y: 0, width: 2, height: 2 },
    { x: 0, y: -1, width: 2, height: 2 },
    { x: 6, y: 0, width: 2, height: 2 },
    { x: 0, y: 4, width: 2, height: 2 },
  ]) {
    assert.equal(cropBmp(file, at), null);
  }
});

test('another file, a truncated one and an unusual one are refused', () => {
  const right = bmp({ width: 7, height: 5, bits: 24 });
  const palette = Buffer.from(right);
  palette.writeUInt16LE(8, 28);
  const compressed = Buffer.from(right);
  compressed.writeUInt32LE(1, 30);
  for (const file of [Buffer.from('no picture'), right.subarray(0, right.length - 1), palette, compressed]) {
    assert.throws(() => cropBmp(file, { x: 0, y: 0, width: 1, height: 1 }), hasCode('capture-failed'));
  }
});
