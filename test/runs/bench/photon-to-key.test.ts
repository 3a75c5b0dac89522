import assert from 'node:assert/strict';
import { test } from 'node:test';
import { photonToKey, type Flash } from '../../../src/runs/bench/photon-to-key.js';

const flashes = (...atMs: number[]): Flash[] => atMs.map((at, i) => ({ white: i % 2 === 0, atMs: at }));

test('each flash is answered by the first key event of its kind, and its tick separates phase from work', () => {
  const figures = photonToKey(
    flashes(1000, 1500),
    [
      { down: true, atMs: 1070 },
      { down: false, atMs: 1530 },
    ],
    [
      { atMs: 990, bright: false },
      { atMs: 1060, bright: true },
      { atMs: 1490, bright: true },
      { atMs: 1520, bright: false },
    ],
  )!;
  assert.equal(figures.unanswered, 0);
  assert.deepEqual([figures.whole.n, figures.whole.max], [2, 70]);
  assert.deepEqual([figures.phase?.max, figures.work?.max], [60, 10]);
});

test('a flash without an answer before the next one is counted and puts no other in its place', () => {
  const figures = photonToKey(
    flashes(1000, 1200, 1400),
    [
      { down: true, atMs: 1050 },
      { down: true, atMs: 1430 }, // the key was down all the while: the release was never made
    ],
    [],
  )!;
  assert.equal(figures.unanswered, 1);
  assert.deepEqual([figures.whole.n, Math.round(figures.whole.p50)], [2, 30]);
  assert.equal(figures.phase, null, 'no tick is known to have seen them');
});

test('key events before the first flash answer none, and without any answer there are no figures', () => {
  assert.equal(photonToKey(flashes(1000), [{ down: true, atMs: 900 }], []), null);
  assert.equal(photonToKey([], [], []), null);
});
