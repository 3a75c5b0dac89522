import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { matchOnsets, onsetsOf } from '../../src/session/onsets.js';
import { comparableLabels, scoreLabels, type PrecisionRecallF1, type Scores } from '../../src/evaluation/scores.js';
import { fixtureBytes, fixtureCase } from '../../testing/models/fixtures.js';
import { lacksFixtures } from '../../testing/models/shared-files.js';

type Row = Record<'precision' | 'recall' | 'f1-score' | 'support', number>;

interface MetricsCase {
  readonly f1: readonly number[];
  readonly composite: number;
  readonly report: Readonly<Record<string, Row>>;
  readonly binary_accuracy: number;
  readonly subset_accuracy: number;
}

const scoreBytes = (labels: Uint8Array, predictions: Uint8Array): Scores =>
  scoreLabels(...comparableLabels(STUDY_ACTIONS, labels, predictions));

function close(got: number, expected: number, what: string): void {
  assert.ok(Math.abs(got - expected) < 1e-12, `${what}: got ${got}, scikit-learn says ${expected}`);
}

function closeRow(got: PrecisionRecallF1, expected: Row, what: string): void {
  close(got.precision, expected.precision, `${what} precision`);
  close(got.recall, expected.recall, `${what} recall`);
  close(got.f1, expected['f1-score'], `${what} f1`);
}

test('scores equal those of scikit-learn, zero division included', { skip: lacksFixtures }, () => {
  const expected = fixtureCase<MetricsCase>('metrics');
  const scores = scoreBytes(fixtureBytes('labels_true'), fixtureBytes('labels_pred'));
  for (const [index, action] of STUDY_ACTIONS.names.entries()) {
    closeRow(scores.perAction[action], expected.report[action], action);
    close(scores.perAction[action].f1, expected.f1[index], `${action} f1`);
    assert.equal(scores.perAction[action].support, expected.report[action].support);
  }
  closeRow(scores.micro, expected.report['micro avg'], 'micro');
  closeRow(scores.macro, expected.report['macro avg'], 'macro');
  closeRow(scores.weighted, expected.report['weighted avg'], 'weighted');
  closeRow(scores.samples, expected.report['samples avg'], 'samples');
  close(scores.composite, expected.composite, 'composite');
  close(scores.binaryAccuracy, expected.binary_accuracy, 'binary accuracy');
  close(scores.subsetAccuracy, expected.subset_accuracy, 'subset accuracy');
});

/** Rows of held action names as a label matrix. */
function matrix(...rows: readonly (readonly string[])[]): LabelMatrix {
  const held = rows.map((names) => STUDY_ACTIONS.holding(...names));
  return LabelMatrix.fromHeld(STUDY_ACTIONS, held);
}

test('frames in which nothing is held score 0 everywhere but in accuracy', () => {
  const idle = matrix([], []);
  const scores = scoreLabels(idle, idle);
  assert.deepEqual(scores.micro, { precision: 0, recall: 0, f1: 0 });
  assert.deepEqual(scores.weighted, { precision: 0, recall: 0, f1: 0 });
  assert.deepEqual(scores.samples, { precision: 0, recall: 0, f1: 0 });
  assert.equal(scores.binaryAccuracy, 1);
  assert.equal(scores.subsetAccuracy, 1);
});

test('any value but 0 counts as held', () => {
  const labels = matrix(['JUMP']);
  assert.equal(
    scoreLabels(
      labels,
      new LabelMatrix(
        STUDY_ACTIONS,
        labels.bytes.map((value) => value * 255),
      ),
    ).perAction.JUMP.f1,
    1,
  );
});

test('matrices of different sizes, and empty ones, are refused', () => {
  const refused = { name: 'UnderstudyError', code: 'file-unreadable' };
  assert.throws(() => scoreBytes(new Uint8Array(14), new Uint8Array(7)), refused);
  assert.throws(() => scoreBytes(new Uint8Array(8), new Uint8Array(8)), refused);
  assert.throws(() => scoreBytes(new Uint8Array(0), new Uint8Array(0)), refused);
});

test('a key held at the first frame of a fight is not an onset', () => {
  const labels = matrix(['SHOOT'], ['SHOOT'], [], ['SHOOT'], ['SHOOT'], ['SHOOT']);
  assert.deepEqual(onsetsOf(labels, STUDY_ACTIONS.indexOf('SHOOT')), [3]);
  assert.deepEqual(onsetsOf(labels, STUDY_ACTIONS.indexOf('SHOOT'), [0, 0, 0, 1, 1, 1]), []);
});

test('always holding SHOOT has no onset to score', () => {
  const human = matrix([], ['SHOOT'], [], ['SHOOT']);
  const always = matrix(['SHOOT'], ['SHOOT'], ['SHOOT'], ['SHOOT']);
  const scores = scoreLabels(human, always);
  assert.equal(scores.perAction.SHOOT.recall, 1);
  assert.equal(scores.perAction.SHOOT.onsetF1, 0);
});

test('presses match one to one and within the tolerance only', () => {
  assert.deepEqual(matchOnsets([10, 12], [11], 2), [[10, 11]]);
  assert.deepEqual(matchOnsets([10], [13], 2), []);
  assert.deepEqual(matchOnsets([10, 11], [9, 13], 2), [
    [10, 9],
    [11, 13],
  ]);
});

test('a press of the next fight is not a match, however near', () => {
  const fightOf = [0, 0, 0, 1, 1, 1];
  assert.deepEqual(matchOnsets([2], [4], 2, fightOf), []);
  assert.deepEqual(matchOnsets([4], [2], 2, fightOf), []);
  assert.deepEqual(matchOnsets([2, 4], [4], 2, fightOf), [[4, 4]]);
  // frames outside fights carry -1
  assert.deepEqual(matchOnsets([1, 4], [2, 4], 2, [0, 0, -1, -1, 1, 1]), [[4, 4]]);
});

test('scores of a perfect prediction are 1', () => {
  const labels = LabelMatrix.fromHeld(STUDY_ACTIONS, Array<number>(4).fill(STUDY_ACTIONS.all));
  const scores = scoreLabels(labels, labels);
  assert.equal(scores.composite, 1);
  assert.deepEqual(scores.macro, { precision: 1, recall: 1, f1: 1 });
});
