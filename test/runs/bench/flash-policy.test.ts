import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlashPolicy, isBright } from '../../../src/runs/bench/flash-policy.js';
import { NONE_HELD } from '../../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../../src/core/study-actions.js';
import type { Frame } from '../../../src/core/frame.js';
import type { Policy } from '../../../src/core/policy.js';

const picture = (gray: number): Frame => ({
  index: 0,
  capturedAtMs: 0,
  capturedAtUnixMs: 0,
  width: 4,
  height: 2,
  pixels: new Uint8Array(32).fill(gray),
  repeated: false,
  stale: false,
});

test('the key follows the picture while the model runs on every frame, and what it answers is not used', async () => {
  let asked = 0;
  let disposed = false;
  const model: Policy = {
    decide: (frame) => {
      asked += 1;
      frame.pixels.fill(0); // the source's next picture may overwrite it while the model runs
      const stageMs = { preprocess: 1, encode: 2, head: 3 };
      return Promise.resolve({
        held: STUDY_ACTIONS.holding('UP'),
        probabilities: new Float32Array(7),
        ready: false,
        stageMs,
      });
    },
    see: () => assert.fail('it decides on every frame'),
    dropHeld: () => undefined,
    reset: () => undefined,
    [Symbol.asyncDispose]: () => {
      disposed = true;
      return Promise.resolve();
    },
  };
  const policy = new FlashPolicy(model);
  const white = await policy.decide(picture(255));
  assert.equal(white.held, STUDY_ACTIONS.holding('SHOOT'));
  assert.deepEqual(white.stageMs, { preprocess: 1, encode: 2, head: 3 });
  assert.equal((await policy.decide(picture(0))).held, NONE_HELD);
  assert.equal(asked, 2);
  await policy[Symbol.asyncDispose]();
  assert.ok(disposed);
});

test('bright is nearer to white than to black', () => {
  assert.equal(isBright(picture(128)), true);
  assert.equal(isBright(picture(127)), false);
});
