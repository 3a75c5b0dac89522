import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ActionSet, MOST_ACTIONS } from '../../src/core/action-set.js';
import { parseActionValues } from '../../src/core/action-values.js';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { actionSetOf, STUDY_ACTIONS } from '../../src/core/study-actions.js';

const asked = { option: '--keys', example: '--keys JUMP=z' };
const setOf = (count: number): ActionSet =>
  new ActionSet({ names: Array.from({ length: count }, (_, index) => `act-${index}`) });

test('thirty actions fit into a held set, thirty-one are refused', () => {
  const set = setOf(MOST_ACTIONS);
  const all = set.holding(...set.names);
  assert.equal(all, set.all);
  assert.ok(all > 0, 'the sign bit is never used');
  assert.deepEqual(set.heldNames(all), set.names);
  assert.throws(() => setOf(MOST_ACTIONS + 1), { code: 'actions-invalid' });
  assert.throws(() => new ActionSet({ names: [] }), { code: 'actions-invalid' });
});

test('a set refuses names that an option list could not carry, names that differ in capitals only, rules about no action', () => {
  for (const name of ['', '1UP', 'A=B', 'A,B', 'A B', 'ü', 'x'.repeat(25)]) {
    assert.throws(() => new ActionSet({ names: [name] }), { code: 'actions-invalid' }, name);
  }
  assert.throws(() => new ActionSet({ names: ['Fire', 'FIRE'] }), { code: 'actions-invalid' });
  assert.throws(() => new ActionSet({ names: ['A'], scored: [] }), { code: 'actions-invalid' });
  assert.throws(() => new ActionSet({ names: ['A'], rare: ['B'] }), { code: 'actions-invalid' });
  assert.throws(() => new ActionSet({ names: ['A', 'C'], opposing: [['A', 'B']] }), { code: 'actions-invalid' });
});

test("a file that names some of the study's actions gets the study's rules for them; one with its own gets none", () => {
  assert.equal(actionSetOf([...STUDY_ACTIONS.names]), STUDY_ACTIONS);
  const some = actionSetOf(['JUMP', 'RIGHT', 'LEFT']);
  assert.deepEqual(some.rules(), { opposing: [['LEFT', 'RIGHT']], rare: ['JUMP'], scored: ['JUMP'] });
  assert.deepEqual(actionSetOf(['LEFT', 'UP']).rules().scored, ['LEFT', 'UP'], 'none of these is scored in the study');
  const own = actionSetOf(['A', 'B', 'JUMP']);
  assert.deepEqual(own.rules(), { opposing: [], rare: [], scored: ['A', 'B', 'JUMP'] });
});

test('a matrix gives back the held sets that it was made of, its rows by selection and its columns', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MOST_ACTIONS }), fc.array(fc.nat(2 ** MOST_ACTIONS - 1)), (count, raw) => {
      const set = setOf(count);
      const held = raw.map((value) => value & set.all);
      const matrix = LabelMatrix.fromHeld(set, held);
      assert.equal(matrix.count, held.length);
      assert.deepEqual(
        held.map((_, row) => matrix.held(row)),
        held,
      );
      const backwards = held.map((_, row) => held.length - 1 - row);
      const reversed = matrix.select(backwards);
      assert.deepEqual(
        held.map((_, row) => reversed.held(row)),
        [...held].reverse(),
      );
      assert.equal(matrix.column(count - 1).length, held.length);
      if (held.length > 0) assert.equal(matrix.slice(held.length - 1, held.length).held(0), held.at(-1));
    }),
  );
  assert.throws(() => new LabelMatrix(setOf(3), new Uint8Array(4)), RangeError);
});

test('capitals make no difference in an option list; text that is not a pair, or names no action, is refused by name', () => {
  assert.deepEqual(parseActionValues(' jump = z ,, Shoot=x', STUDY_ACTIONS, asked), [
    ['JUMP', 'z'],
    ['SHOOT', 'x'],
  ]);
  assert.throws(() => parseActionValues('JUMP', STUDY_ACTIONS, asked), { code: 'bad-option' });
  assert.throws(() => parseActionValues('JUMP=', STUDY_ACTIONS, asked), { code: 'bad-option' });
  assert.throws(() => parseActionValues('LEAP=z', STUDY_ACTIONS, asked), { code: 'unknown-action' });
});
