import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedCommand } from '../../src/cli/options/train.js';

test('the command line that is kept has no user and no password of a queue', () => {
  const { argv } = process;
  try {
    process.argv = ['node', 'understudy', 'sweep', 'a', '--queue', 'rediss://me:p@ss@host:6379/1', '--store', 's@x'];
    assert.equal(typedCommand(), 'understudy sweep a --queue rediss://***@host:6379/1 --store s@x');
    process.argv = ['node', 'understudy', 'sweep', 'a', '--queue', 'redis://host'];
    assert.equal(typedCommand(), 'understudy sweep a --queue redis://host');
  } finally {
    process.argv = argv;
  }
});
