/** What a training notes of its pictures, for the live gates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { pictureRecord, TEST, TRAIN } from '../../src/training/dataset.js';
import { dataInMemory } from '../../testing/sessions/data-in-memory.js';

test('the record is of the training frames alone: a fight that is kept for the test is not in it', () => {
  const levels = [20, 20, 20, 60, 250];
  const gray = Uint8Array.from(levels.flatMap((level) => [level, level, level, level]));
  const data = dataInMemory({
    gray,
    image: [2, 2],
    labels: LabelMatrix.zeros(STUDY_ACTIONS, levels.length),
    fightOf: Int32Array.from([0, 0, 0, 0, 1]),
    partOf: Uint8Array.from([TRAIN, TRAIN, TRAIN, TRAIN, TEST]),
  });
  assert.deepEqual(pictureRecord(data, 10), {
    frames: 4,
    mean: [20, 60],
    variance: [0, 0],
    longestStillMs: 200,
  });
});
