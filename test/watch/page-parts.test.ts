/** The page's parts that need no document, and the scaling of the picture. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Board } from '../../src/watch/board.js';
import { History } from '../../src/watch/page/history.js';
import { secondsBeforeLast, stackedStages } from '../../src/watch/page/series.js';
import { shrinkPicture } from '../../src/watch/shrink-picture.js';
import { encodePicture, encodeUpdate, WireReader } from '../../src/watch/wire.js';
import { watchPicture, watchTick } from '../../testing/watch/watch-values.js';

test('messages are assembled from whatever pieces they come in', () => {
  const update = { ticks: [watchTick(7, { gate: 'focus: é' })], dropped: 2 };
  const bytes = Buffer.concat([encodeUpdate(update), encodePicture(watchPicture(3)), encodeUpdate(update)]);
  for (const size of [1, 3, 5, 64, bytes.length]) {
    const wire = new WireReader();
    const kinds: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      for (const message of wire.read(bytes.subarray(at, at + size))) {
        kinds.push(message.kind);
        if (message.kind === 'update') assert.equal(message.update.ticks[0].gate, 'focus: é');
        else assert.deepEqual([...message.picture.colour], [...watchPicture(3).colour]);
      }
    }
    assert.deepEqual(kinds, ['update', 'picture', 'update'], `in pieces of ${size}`);
  }
});

test('bytes that are not a message of ours are refused, not kept', () => {
  const huge = new Uint8Array(5);
  new DataView(huge.buffer).setUint32(0, 100_000_000, true);
  assert.throws(() => new WireReader().read(huge), /message of 100000000 bytes/);
  const unknown = encodeUpdate({ ticks: [], dropped: 0 });
  unknown[4] = 9;
  assert.throws(() => new WireReader().read(unknown), /kind 9/);
  const short = encodePicture(watchPicture(1)).slice(0, -1);
  new DataView(short.buffer).setUint32(0, short.length - 4, true);
  assert.throws(() => new WireReader().read(short), /a picture of/);
});

test('the board keeps ten seconds, and never more than 2400 ticks', () => {
  const board = new Board();
  for (let slot = 0; slot < 5000; slot += 1) board.add(watchTick(slot, { deadlineMs: slot }));
  assert.equal(board.tickCount, 5000);
  assert.deepEqual([board.since(0).ticks.length, board.since(0).dropped], [2400, 2600]);
  assert.deepEqual(
    board.since(4998).ticks.map(({ slot }) => slot),
    [4998, 4999],
  );
  board.add(watchTick(5000, { deadlineMs: 60_000 }));
  assert.equal(board.since(0).ticks.length, 1);
});

test('the figures of the last ten seconds are nearest ranks of measured times', () => {
  const history = new History();
  assert.deepEqual(history.figures('latency'), { now: null, p50: null, p99: null, max: null });
  history.add(Array.from({ length: 200 }, (_, slot) => watchTick(slot, { latencyMs: slot })));
  history.add([watchTick(200, { latencyMs: null, stageMs: {} })]);
  assert.equal(history.ticks.length, 101);
  assert.deepEqual(history.figures('latency'), { now: null, p50: 149, p99: 198, max: 199 });
  assert.deepEqual(history.figures('act'), { now: null, p50: null, p99: null, max: null });
});

test('stages are stacked in their order, and ticks without latency leave a gap', () => {
  const ticks = [watchTick(0), watchTick(2, { latencyMs: null })];
  assert.deepEqual(secondsBeforeLast(ticks), [-0.2, 0]);
  assert.deepEqual(stackedStages(ticks), [
    [1, null],
    [1.5, null],
    [4.5, null],
    [5.5, null],
    [5.5, null],
  ]);
});

test('a picture is cut to its crop and scaled down in its own shape; a small one stays as it is', () => {
  const width = 1280;
  const height = 720;
  const pixels = new Uint8Array(4 * width * height);
  // the right half has 9 everywhere
  for (let y = 0; y < height; y += 1) pixels.fill(9, 4 * (y * width + width / 2), 4 * (y + 1) * width);
  const crop = { left: 0.5, top: 0.25, width: 0.5, height: 0.5 };
  const right = shrinkPicture({ width, height, pixels }, crop);
  assert.deepEqual(right.size, { width: 384, height: 216 });
  assert.ok(right.pixels.every((byte) => byte === 9));
  const whole = shrinkPicture({ width, height, pixels }, { left: 0, top: 0, width: 1, height: 1 });
  assert.deepEqual([whole.pixels[4 * 191], whole.pixels[4 * 192]], [0, 9], 'the border stays in the middle');
  // a buffer that does not begin at a multiple of four, and a picture that needs no scaling
  const small = new Uint8Array(1 + 4 * 6).subarray(1).map((_, i) => i);
  const odd = new Uint8Array(new ArrayBuffer(1 + 4 * 6), 1);
  odd.set(small);
  const same = shrinkPicture({ width: 3, height: 2, pixels: odd }, { left: 0, top: 0, width: 1, height: 1 });
  assert.deepEqual([...same.pixels], [...small]);
});
