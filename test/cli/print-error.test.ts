import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentence } from '../../src/terminal/print-error.js';

test('messages are printed as sentences, wherever they come from', () => {
  assert.equal(sentence("cannot read 'x' in the keys"), "Cannot read 'x' in the keys.");
  assert.equal(sentence('A window was closed.'), 'A window was closed.');
  assert.equal(
    sentence("'FLY' is no action (expected one of UP, DOWN)"),
    "'FLY' is no action (expected one of UP, DOWN).",
  );
  assert.equal(sentence(''), '');
});

test('names keep their case: what was typed, paths, options', () => {
  assert.equal(sentence('demos has no fights', ['train', 'demos']), 'demos has no fights.');
  assert.equal(sentence('models/mine is no bundle'), 'models/mine is no bundle.');
  assert.equal(sentence('manifest.json is missing'), 'manifest.json is missing.');
  assert.equal(sentence('--rate 0: expected more'), '--rate 0: expected more.');
});

test('a list below a message ends as it is', () => {
  assert.equal(sentence('two windows fit:\n  1  one\n  2  two'), 'Two windows fit:\n  1  one\n  2  two');
});
