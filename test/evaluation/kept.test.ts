import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blobsOf, contrastKept, keptBlobs, keptOf, meanKept } from '../../src/evaluation/kept.js';

const [HEIGHT, WIDTH] = [72, 128];

/** A picture with filled rectangles [x, y, width, height, value], as differences from the mean picture. */
function picture(...rectangles: readonly [number, number, number, number, number][]): Float32Array {
  const pixels = new Float32Array(HEIGHT * WIDTH);
  for (const [x, y, width, height, value] of rectangles) {
    for (let row = y; row < y + height; row += 1) pixels.fill(value, row * WIDTH + x, row * WIDTH + x + width);
  }
  return pixels;
}

test('blobs are connected regions; touching corners and a row that wraps do not connect', () => {
  const blobs = blobsOf(picture([0, 0, 2, 2, 0.5], [2, 2, 3, 1, -0.5], [126, 5, 2, 1, 0.5], [0, 6, 2, 1, 0.5]), WIDTH);
  assert.deepEqual(
    blobs.map((blob) => blob.length),
    [4, 3, 2, 2],
  );
});

test('a blob that is read back at half strength keeps half of its contrast, a smear nearly none', () => {
  const truth = picture([10, 10, 2, 2, 0.8]);
  const [blob] = blobsOf(truth, WIDTH);
  assert.ok(Math.abs(contrastKept(blob, truth, picture([10, 10, 2, 2, 0.4])) - 0.5) < 1e-6);
  assert.ok(contrastKept(blob, truth, picture([4, 4, 14, 14, 0.02])) < 0.05);
});

test('small blobs and moving ones are counted apart', () => {
  const bullet = [60, 30, 3, 2, 0.7] as const;
  const [before, now] = [
    picture([5, 40, 30, 20, 0.5], [58, 30, 3, 2, 0.7]),
    picture([5, 40, 30, 20, 0.5], [...bullet]),
  ];
  const large = picture([5, 40, 30, 20, 0.5]); // an encoder that keeps the large thing and drops the bullet
  const ofOne = (nowBack: Float32Array, beforeBack: Float32Array) =>
    keptOf([keptBlobs({ now, before, nowBack, beforeBack }, WIDTH)]);
  const dropped = ofOne(large, large);
  assert.deepEqual([dropped.smallKept, dropped.smallBlobs, dropped.movingKept], [0, 1, 0]);
  const whole = ofOne(now, before);
  assert.deepEqual([whole.smallKept, whole.movingKept, whole.movingBlobs], [1, 1, 2]);
  const still = keptBlobs({ now: large, before: large, nowBack: large, beforeBack: large }, WIDTH);
  assert.equal(keptOf([still]).movingKept, null);
});

test("a frame's mean counts a blob that is read back too strongly or inverted as whole or lost", () => {
  assert.equal(meanKept({ small: [1.5, -0.5], moving: [0.5] }), 0.5);
  assert.equal(meanKept({ small: [], moving: [] }), null);
});
