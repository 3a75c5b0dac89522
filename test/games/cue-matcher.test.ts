import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BgraImage } from '../../src/vision/image-file.js';
import { CueMatcher } from '../../src/games/cue-matcher.js';
import { grayPart } from '../../src/games/gray-image.js';
import { BOXES, drawGame, GAME_HEIGHT, GAME_WIDTH, regionOf, type DrawnScene } from '../../testing/games/drawn-game.js';

const OF = { width: GAME_WIDTH, height: GAME_HEIGHT };

/** A cue of the drawn panel that is looked for in a region so much larger. */
async function panelCue(margin: number): Promise<CueMatcher> {
  const image = grayPart(await drawGame(), BOXES.fighting);
  return new CueMatcher({ region: regionOf('fighting', margin), of: OF, atLeast: 0.8, contrast: 'any' }, image);
}

/** The picture as a game shows it under a dark veil. */
function dimmed(picture: BgraImage, share: number): BgraImage {
  return { ...picture, pixels: picture.pixels.map((value) => value * share) };
}

async function scoreOf(margin: number, scene: DrawnScene): Promise<number> {
  return (await panelCue(margin)).look(await drawGame(scene));
}

test('a cue is found where it was taken, whatever else is in the picture, and not where it is not', async () => {
  assert.ok((await scoreOf(8, {})) > 0.999);
  assert.ok((await scoreOf(8, { seed: 8 })) > 0.95);
  for (const seed of [7, 8, 9]) assert.ok((await scoreOf(8, { panel: false, seed })) < 0.5);
});

test('a dimmed panel is the cue, unless its contrast must be the same', async () => {
  const image = grayPart(await drawGame(), BOXES.fighting);
  const spec = { region: regionOf('fighting', 8), of: OF, atLeast: 0.8 };
  const any = new CueMatcher({ ...spec, contrast: 'any' }, image);
  const same = new CueMatcher({ ...spec, contrast: 'same' }, image);
  const picture = await drawGame();
  for (const share of [0.25, 0.5]) {
    assert.ok(any.look(dimmed(picture, share)) > 0.95);
    // seen bright before and after: the place that is remembered says nothing of the contrast
    assert.ok(same.look(picture) > 0.999);
    const score = same.look(dimmed(picture, share));
    assert.ok(Math.abs(score - share) < 0.05, `${score.toFixed(2)} at ${share}`);
  }
  for (const scale of [0.75, 2]) assert.ok(same.look(await drawGame({ scale })) > 0.8, `at ${scale}`);
  assert.ok(same.look(await drawGame({ shift: [3, 2] })) > 0.95);
});

test('a cue may move within its region, and two pixels beyond it', async () => {
  for (const shift of [
    [3, 2],
    [-6, 5],
    [8, -7],
  ] as const)
    assert.ok((await scoreOf(8, { shift })) > 0.95, String(shift));
  assert.ok((await scoreOf(0, { shift: [2, -2] })) > 0.95);
  assert.ok((await scoreOf(0, { shift: [9, 9] })) < 0.6);
});

test('a cue is found in windows of other sizes', async () => {
  for (const scale of [0.5, 0.75, 1.25, 2, 3]) {
    const score = await scoreOf(8, { scale });
    assert.ok(score > 0.8, `${score.toFixed(2)} at ${scale}`);
    assert.ok((await scoreOf(8, { scale, panel: false })) < 0.6, `without it at ${scale}`);
  }
});

test('a cue is found in a region eight times as large', async () => {
  const image = grayPart(await drawGame(), BOXES.fighting);
  const region = { left: 0, top: 0, width: 0.33, height: 0.17 };
  for (const shift of [
    [0, 0],
    [97, 33],
    [50, 20],
  ] as const) {
    const cue = new CueMatcher({ region, of: OF, atLeast: 0.8, contrast: 'any' }, image);
    assert.ok(cue.look(await drawGame({ shift })) > 0.95, String(shift));
  }
  const cue = new CueMatcher({ region, of: OF, atLeast: 0.8, contrast: 'any' }, image);
  assert.ok(cue.look(await drawGame({ panel: false })) < 0.6);
});

test('a cue that was seen is found again after it moved', async () => {
  const cue = await panelCue(8);
  assert.ok(cue.look(await drawGame()) > 0.999);
  assert.ok(cue.look(await drawGame({ shift: [5, 3] })) > 0.95);
  assert.ok(cue.look(await drawGame({ panel: false })) < 0.5);
});

test('a black picture and one of a single gray show no cue', async () => {
  const cue = await panelCue(8);
  for (const level of [0, 128]) {
    const pixels = new Uint8Array(GAME_WIDTH * GAME_HEIGHT * 4).fill(level);
    assert.equal(cue.look({ width: GAME_WIDTH, height: GAME_HEIGHT, pixels }), 0);
  }
});

test('what cannot be searched at every tick is said, and is never seen', () => {
  const region = regionOf('fighting');
  const image = (width: number, height: number) => ({ width, height, gray: new Float32Array(width * height) });
  const problem = (width: number, height: number, where = region) =>
    new CueMatcher({ region: where, of: OF, atLeast: 0.8, contrast: 'any' }, image(width, height)).problemAt(OF);
  assert.equal(problem(84, 26), null);
  assert.match(problem(100, 26)!, /is 100x26 in a window of 640x480, larger than its region of 88x30/);
  assert.match(problem(6, 4)!, /too small/);
  assert.match(problem(12, 12, { left: 0, top: 0, width: 1, height: 1 })!, /region of 640x480 too large/);
  const cue = new CueMatcher({ region, of: OF, atLeast: 0.8, contrast: 'any' }, image(100, 26));
  assert.equal(cue.look({ width: 640, height: 480, pixels: new Uint8Array(640 * 480 * 4) }), -1);
});
