import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canServe, parseTags } from '../../src/fleet/tags.js';
import { hasCode } from '../../testing/error-code.js';

test('words are had or not, amounts are served by as much or more', () => {
  const tags = parseTags('--tags', 'gpu, cores=8,gpu');
  assert.deepEqual(tags, ['cores=8', 'gpu']);
  for (const [need, isServed] of [
    ['gpu', true],
    ['display', false],
    ['cores=8', true],
    ['cores=4', true],
    ['cores=9', false],
    ['memory=1', false],
    ['cores', false],
  ] as const) {
    assert.equal(canServe(need, tags), isServed, need);
  }
});

test('words that are not tags are refused', () => {
  for (const text of ['', 'GPU', 'cores=', 'a,,b', 'cores=-1']) {
    assert.throws(() => parseTags('--needs', text), hasCode('bad-option', '--needs'));
  }
});
