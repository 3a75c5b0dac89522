import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenPart } from '../../src/games/seen-part.js';

const SIZE = { width: 8, height: 6 };
const BOX = { left: 2, top: 1, width: 3, height: 4 };

/** Gray, but for one byte of the pixel at (x, y). */
function picture(x = 0, y = 0, value = 90) {
  const pixels = new Uint8Array(4 * SIZE.width * SIZE.height).fill(90);
  pixels[4 * (y * SIZE.width + x) + 1] = value;
  return { ...SIZE, pixels };
}

test('a part of the picture is as before until one of its bytes changes, wherever the rest of the picture does', () => {
  const seen = new SeenPart();
  assert.equal(seen.isAsBefore(picture(), BOX), false, 'the first picture');
  assert.equal(seen.isAsBefore(picture(), BOX), true);
  for (const [x, y] of [
    [1, 1],
    [5, 4],
    [2, 0],
    [2, 5],
  ]) {
    assert.equal(seen.isAsBefore(picture(x, y, 91), BOX), true, `(${x}, ${y}) is outside`);
  }
  for (const [x, y] of [
    [2, 1],
    [4, 1],
    [3, 3],
    [4, 4],
  ]) {
    assert.equal(seen.isAsBefore(picture(x, y, 91), BOX), false, `(${x}, ${y}) is inside`);
    assert.equal(seen.isAsBefore(picture(x, y, 91), BOX), true, 'what was seen is remembered');
  }
});

test('another place, or another size of the window, is read again', () => {
  const seen = new SeenPart();
  seen.isAsBefore(picture(), BOX);
  assert.equal(seen.isAsBefore(picture(), { ...BOX, left: 3 }), false);
  assert.equal(seen.isAsBefore(picture(), { ...BOX, left: 3 }), true);
  assert.equal(seen.isAsBefore({ ...picture(4, 3, 91), width: 12 }, { ...BOX, height: 3 }), false);
});
