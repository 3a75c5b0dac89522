import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LatentWindow } from '../../src/policy/latent-window.js';

test('the window holds every stride-th of the last latents, oldest first, once it is full', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 150 }),
      (windowLength, stride, latentSize, pushes) => {
        const window = new LatentWindow({ windowLength, latentSize }, stride, 1000);
        const needed = (windowLength - 1) * stride + 1;
        const rows = new Float32Array(windowLength * latentSize);
        for (let index = 0; index < pushes; index += 1) {
          window.push(
            Float32Array.from({ length: latentSize }, (_, d) => index * 10 + d),
            index,
          );
          assert.equal(window.isFull, index + 1 >= needed);
          if (!window.isFull) continue;
          window.copyTo(rows);
          const expected = Array.from({ length: windowLength }, (_, step) =>
            Array.from({ length: latentSize }, (__, d) => (index - (windowLength - 1 - step) * stride) * 10 + d),
          );
          assert.deepEqual(Array.from(rows), expected.flat());
        }
      },
    ),
  );
});

test('a gap longer than allowed starts a new window, one just as long does not', () => {
  const window = new LatentWindow({ windowLength: 3, latentSize: 1 }, 1, 500);
  const latent = new Float32Array(1);
  for (const atMs of [0, 500, 1000]) assert.equal(window.push(latent, atMs), true);
  assert.equal(window.isFull, true);
  assert.equal(window.push(latent, 1501), false);
  assert.equal(window.isFull, false);
  window.push(latent, 1600);
  window.push(latent, 1700);
  assert.equal(window.isFull, true);
});

test('a step back in time starts a new window', () => {
  const window = new LatentWindow({ windowLength: 2, latentSize: 1 }, 1, 500);
  window.push(new Float32Array(1), 100);
  assert.equal(window.push(new Float32Array(1), 50), false);
  assert.equal(window.isFull, false);
});

test('a reset empties the window', () => {
  const window = new LatentWindow({ windowLength: 2, latentSize: 1 }, 1, 500);
  window.push(new Float32Array(1), 0);
  window.push(new Float32Array(1), 1);
  window.reset();
  assert.equal(window.isFull, false);
  assert.throws(() => window.copyTo(new Float32Array(2)), /0 latents out of 2/);
});
