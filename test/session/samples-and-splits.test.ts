import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { splitFrames } from '../../src/session/splits.js';
import { makeWindows } from '../../src/session/samples.js';
import { hasCode } from '../../testing/error-code.js';

const JUMP = STUDY_ACTIONS.indexOf('JUMP');

const fightLengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });

function fightIds(lengths: readonly number[]): Int32Array {
  return Int32Array.from(lengths.flatMap((length, fight) => Array<number>(length).fill(fight)));
}

test('a window within fights holds frames of one fight only, and no such window is left out', () => {
  fc.assert(
    fc.property(
      fightLengths,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 3 }),
      (lengths, length, horizon) => {
        const fights = fightIds(lengths);
        const windows = makeWindows(fights, LabelMatrix.zeros(STUDY_ACTIONS, fights.length), { length, horizon });
        const span = length - 1 + horizon;
        assert.equal(
          windows.count,
          lengths.reduce((sum, frames) => sum + Math.max(0, frames - span), 0),
        );
        for (let w = 0; w < windows.count; w += 1) {
          const ids = fights.subarray(windows.first[w], windows.target[w] + 1);
          assert.equal(ids.length, span + 1);
          assert.equal(new Set(ids).size, 1);
        }
      },
    ),
  );
});

test('a window is rare exactly when a jump or dash lies between its first frame and its target', () => {
  fc.assert(
    fc.property(
      fightLengths,
      fc.boolean(),
      fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      (lengths, acrossFights, draws) => {
        const fights = fightIds(lengths);
        const labels = LabelMatrix.zeros(STUDY_ACTIONS, fights.length);
        for (let i = 0; i < fights.length; i += 1) labels.set(i, JUMP, draws.next().value === 0 ? 1 : 0);
        const windows = makeWindows(fights, labels, { acrossFights });
        for (let w = 0; w < windows.count; w += 1) {
          let rare = 0;
          for (let i = windows.first[w]; i <= windows.target[w]; i += 1) rare |= labels.at(i, JUMP);
          assert.equal(windows.rare[w], rare);
        }
        assert.equal(
          windows.rareCount,
          windows.rare.reduce((sum, flag) => sum + flag, 0),
        );
      },
    ),
  );
});

test('a split keeps each fight whole, fills every part, and is the same for the same seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 60 }), fc.integer(), (count, seed) => {
      const fights = fightIds(Array.from({ length: count }, (_, i) => 1 + (i % 5)));
      const parts = splitFrames(fights, { by: 'fight', seed });
      const partOf = new Map<number, number>();
      fights.forEach((fight, frame) => {
        assert.equal(partOf.get(fight) ?? parts[frame], parts[frame]);
        partOf.set(fight, parts[frame]);
      });
      assert.deepEqual([...new Set(parts)].sort(), [0, 1, 2]);
      assert.deepEqual(splitFrames(fights, { by: 'fight', seed }), parts);
    }),
  );
});

test('a split of fewer units than parts, or with nothing left to train on, is refused', () => {
  const two = Int32Array.from([0, 0, 1, 1]);
  assert.throws(() => splitFrames(two, { by: 'session', seed: 1 }), hasCode('session-invalid'));
  assert.throws(() => splitFrames(two, { by: 'session', seed: 1, validation: 0.6, test: 0.4 }), hasCode('bad-option'));
  assert.deepEqual(new Set(splitFrames(two, { by: 'session', seed: 1, test: 0 })), new Set([0, 1]));
});
