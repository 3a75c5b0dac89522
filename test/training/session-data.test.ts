import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { framesOf, meanFrame, TRAIN, VALIDATION, windowsOf } from '../../src/training/dataset.js';
import { dataInMemory } from '../../testing/sessions/data-in-memory.js';
import { presetSettings } from '../../src/training/presets.js';
import { warningsOf } from '../../src/training/session-data.js';
import { dotFights } from '../../testing/sessions/dot-fights.js';

test('thin data is said to be thin before anything is trained', () => {
  const warnings = warningsOf(dotFights(3, 40), 10).join('\n');
  assert.match(warnings, /3 fights and 0 minutes: record at least 24 fights/);
  assert.match(warnings, /JUMP is pressed \d+ times, fewer than 50/);
  assert.doesNotMatch(warnings, /SHOOT/, 'what is always held has few presses and needs none');
  assert.doesNotMatch(warnings, /No fight is left/);
});

test('data without rare actions, or without a fight to validate on, says so', () => {
  const data = dotFights(3, 40);
  const rows = [...Array(data.labels.count).keys()];
  const withoutJump = rows.map((row) => data.labels.held(row) & ~STUDY_ACTIONS.bit('JUMP'));
  const labels = LabelMatrix.fromHeld(STUDY_ACTIONS, withoutJump);
  const partOf = new Uint8Array(data.partOf.length).fill(TRAIN);
  const warnings = warningsOf({ ...data, labels, partOf }, 10).join('\n');
  assert.match(warnings, /Neither JUMP nor DASH/);
  assert.match(warnings, /No fight is left for validation/);
});

test('windows stay within their part, also where they may run across fights', () => {
  const data = dotFights(4, 30);
  for (const part of [TRAIN, VALIDATION]) {
    const windows = windowsOf(data, part, { length: 10, horizon: 1, acrossFights: true });
    assert.ok(windows.first.length > 0);
    for (const [w, first] of windows.first.entries()) {
      for (let frame = first; frame < first + 10; frame += 1) assert.equal(data.partOf[frame], part);
      assert.equal(data.partOf[windows.target[w]], part);
    }
  }
});

test('the mean frame is the best constant answer', () => {
  const gray = Uint8Array.from([0, 255, 0, 255, 255, 255, 0, 255]); // two frames of 2 x 2
  const labels = LabelMatrix.zeros(STUDY_ACTIONS, 2);
  const arrays = { gray, image: [2, 2] as const, labels, fightOf: new Int32Array(2), partOf: new Uint8Array(2) };
  const data = dataInMemory(arrays);
  const mean = meanFrame(data.frames, framesOf(data, TRAIN));
  // the pixels are 0 and 1, 1 and 1, 0 and 0, 1 and 1: only the first one varies, by 0.25
  assert.ok(Math.abs(mean.meanPixel - 5 / 8) < 1e-9);
  assert.ok(Math.abs(mean.loss - 0.25 / 4) < 1e-9);
});

test('arrays that do not belong together are refused', () => {
  const data = dotFights(3, 10);
  const wrong = { gray: new Uint8Array(512), image: [16, 32] as const, fightOf: data.fightOf, partOf: data.partOf };
  assert.throws(() => dataInMemory({ ...wrong, labels: data.labels }), { code: 'dataset-invalid' });
});

test("the study's preset is the study's", () => {
  const options = { preset: 'study', latentSize: 512, head: 'gru' } as const;
  const { autoencoder, head, threshold } = presetSettings({ ...options, autoencoder: 'advanced' });
  assert.deepEqual(head.loss, { kind: 'focal', gamma: 2, alpha: 0.25 });
  assert.deepEqual([head.rareWeight, head.weightSemantics, head.acrossFights], [6, 'batch-wide', true]);
  assert.deepEqual([autoencoder.epochs, head.epochs, head.patience, head.seed, threshold], [8, 20, 3, 42, 0.5]);
  const baseline = presetSettings({ ...options, autoencoder: 'baseline' });
  assert.deepEqual([baseline.autoencoder.epochs, baseline.head.epochs, baseline.head.patience], [10, 15, null]);
  assert.equal(baseline.head.loss.kind, 'bce');
});
