import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonLine, jsonValue, LineCutter, parseJson } from '../../src/core/json-lines.js';

/** All lines of a text that comes in pieces, each piece in the same memory. */
function cut(text: Buffer, borders: readonly number[], maxBytes: number): { text: string; isCut: boolean }[] {
  const cutter = new LineCutter(maxBytes);
  const lines: { text: string; isCut: boolean }[] = [];
  const memory = Buffer.alloc(text.length);
  const ends = [...borders, text.length];
  for (let i = 0, from = 0; i < ends.length; from = ends[i], i += 1) {
    const piece = memory.subarray(0, ends[i] - from);
    text.copy(piece, 0, from, ends[i]);
    lines.push(...cutter.take(piece));
  }
  const rest = cutter.rest();
  return rest === null ? lines : [...lines, rest];
}

test('lines are whole however the stream cuts them, also within a letter', () => {
  const lines = ['{"a":"é"}', '', 'no json', '{"b":"日本"}'];
  const text = Buffer.from(lines.join('\n'));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (borders) => {
      const sorted = borders.sort((a, b) => a - b);
      assert.deepEqual(
        cut(text, sorted, 100),
        lines.map((line) => ({ text: line, isCut: false })),
      );
    }),
  );
});

test('a line over the bound is cut, however the stream cuts it, and the next one is whole', () => {
  const text = Buffer.from('12345\n1234567890\n123\n');
  for (const borders of [[], [8], [7, 8, 9, 14, 16], [17]]) {
    assert.deepEqual(cut(text, borders, 5), [
      { text: '12345', isCut: false },
      { text: '12345', isCut: true },
      { text: '123', isCut: false },
    ]);
  }
});

test('a line that never ends is known to be too long before it does', () => {
  const cutter = new LineCutter(5);
  assert.deepEqual([...cutter.take(Buffer.from('a\n12345'))], [{ text: 'a', isCut: false }]);
  assert.ok(!cutter.isCut);
  assert.deepEqual([...cutter.take(Buffer.from('6'))], []);
  assert.ok(cutter.isCut);
});

test('a value survives its line; text that is not JSON gives no value', () => {
  assert.equal(jsonLine({ a: [1, null] }), '{"a":[1,null]}\n');
  assert.deepEqual(jsonValue('{"a":[1,null]}'), { a: [1, null] });
  assert.equal(jsonValue('{"a":'), undefined);
});

test('a byte order mark before JSON changes nothing', () => {
  assert.deepEqual(parseJson('\ufeff{"a":1}'), { a: 1 });
  assert.deepEqual(jsonValue('\ufeff{"a":1}'), { a: 1 });
  assert.equal(jsonValue('\ufeff\ufeff{"a":1}'), undefined);
});
