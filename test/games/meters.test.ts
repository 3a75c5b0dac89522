import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BarMeter } from '../../src/games/bar-meter.js';
import { DigitsMeter, digitShapes, type DigitShape } from '../../src/games/digits-meter.js';
import { grayPart } from '../../src/games/gray-image.js';
import type { BgraImage } from '../../src/vision/image-file.js';
import { BOXES, drawGame, regionOf } from '../../testing/games/drawn-game.js';

const bar = (extra: object = {}): BarMeter =>
  new BarMeter({ kind: 'bar', region: regionOf('health'), from: 'left', ...extra });

const near = (value: number | null, expected: number): void =>
  assert.ok(value !== null && Math.abs(value - expected) < 0.02, `${value}, expected ${expected}`);

test('a bar of known colours is read from empty to full', async () => {
  const meter = bar({ full: '#d03020', empty: '#301010' });
  for (const health of [0, 0.1, 0.33, 0.5, 0.9, 1]) near(meter.look(await drawGame({ health }), false), health);
});

test('a bar’s colours are learned from the first that is neither full nor empty', async () => {
  const meter = bar();
  assert.equal(meter.look(await drawGame({ health: 1 }), true), null, 'full, or another colour of empty');
  near(meter.look(await drawGame({ health: 0.7 }), true), 0.7);
  for (const health of [1, 0, 0.25]) near(meter.look(await drawGame({ health }), true), health);
  assert.deepEqual(meter.colours, { full: '#d03020', empty: '#301010' });
});

test('outside a fight nothing is learned', async () => {
  const meter = bar();
  assert.equal(meter.look(await drawGame({ health: 0.5 }), false), null);
  assert.equal(meter.colours, null);
});

test('where the bar is not, nothing is read', () => {
  const meter = bar({ full: '#d03020', empty: '#301010' });
  assert.equal(meter.look(grayPicture(200), false), null);
});

test('a bar is read from the side that it fills from', () => {
  for (const from of ['left', 'right', 'top', 'bottom'] as const) {
    const meter = new BarMeter({
      kind: 'bar',
      region: { left: 0, top: 0, width: 1, height: 1 },
      from,
      full: '#ffffff',
      empty: '#000000',
    });
    // 40 x 40: white where the quarter at `from` is
    const pixels = new Uint8Array(40 * 40 * 4);
    for (let y = 0; y < 40; y += 1) {
      for (let x = 0; x < 40; x += 1) {
        const away = { left: x, right: 39 - x, top: y, bottom: 39 - y }[from];
        pixels.fill(away < 10 ? 255 : 0, (y * 40 + x) * 4, (y * 40 + x) * 4 + 4);
      }
    }
    assert.equal(meter.look({ width: 40, height: 40, pixels }, false), 0.25, from);
  }
});

/** The shapes of the drawn digits, as pictures of them would give them. */
async function drawnDigits(known = '0123456789'): Promise<Map<string, DigitShape>> {
  const digits = new Map<string, DigitShape>();
  for (const digit of known) {
    digits.set(digit, digitShapes(grayPart(await drawGame({ score: Number(digit) }), BOXES.score))[0]);
  }
  return digits;
}

test('a number is read off the picture, at other sizes of the window too', async () => {
  const meter = new DigitsMeter({ kind: 'digits', region: regionOf('score') }, await drawnDigits());
  for (const score of [0, 7, 42, 1_234_567, 98_065]) {
    assert.equal(meter.look(await drawGame({ score })), score);
    assert.equal(meter.look(await drawGame({ score, scale: 1.5 })), score);
  }
  assert.equal(meter.look(await drawGame({ score: 98_065, scale: 0.75 })), 98_065);
});

test('a digit that is not known, an unplain background and an empty place are not read', async () => {
  const spec = { kind: 'digits', region: regionOf('score') } as const;
  const meter = new DigitsMeter(spec, await drawnDigits('01234567'));
  assert.equal(meter.look(await drawGame({ score: 1234 })), 1234);
  assert.equal(meter.look(await drawGame()), null, 'the scene, without a number');
  assert.equal(meter.look(grayPicture(90)), null);
  assert.equal(new DigitsMeter(spec, new Map()).look(await drawGame({ score: 1 })), null, 'no digit is known');
});

function grayPicture(level: number): BgraImage {
  return { width: 640, height: 480, pixels: new Uint8Array(640 * 480 * 4).fill(level) };
}
