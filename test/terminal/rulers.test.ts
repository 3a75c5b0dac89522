import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RULER_COLUMNS, RULER_ROWS, withRulers } from '../../src/terminal/rulers.js';

test('rulers say at which pixel of the picture a column and a line begin', () => {
  const lines = Array.from({ length: 9 }, () => '#'.repeat(32));
  const ruled = withRulers(lines, 32, { width: 640, height: 360 });
  assert.equal(ruled.length, lines.length + RULER_ROWS);
  const [above, ...picture] = ruled;
  assert.equal(above, '      |0        |200      |400');
  for (const [column, pixel] of [
    [0, 0],
    [10, 200],
    [20, 400],
  ]) {
    assert.ok(above.slice(RULER_COLUMNS + column).startsWith(`|${pixel}`));
  }
  assert.deepEqual(
    picture.map((line) => line.slice(0, RULER_COLUMNS)),
    ['    0 ', '      ', '      ', '      ', '  160 ', '      ', '      ', '      ', '  320 '],
  );
  for (const line of picture) assert.equal(line.slice(RULER_COLUMNS), '#'.repeat(32));
});
