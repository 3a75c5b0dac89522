import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';

test('a dry run presses nothing and counts the edges that it would send', async () => {
  const { sink, kind } = await openKeySink({
    sink: 'dry-run',
    keys: DEFAULT_KEYS,
    leaseMs: 250,
    desktop: new X11Desktop(':399'),
  });
  assert.equal(kind, 'dry-run');
  sink.apply(STUDY_ACTIONS.holding('UP', 'JUMP'));
  sink.apply(STUDY_ACTIONS.holding('UP', 'DASH'));
  sink.renew();
  assert.equal(sink.edgesSent, 4);
  assert.equal(sink.held, STUDY_ACTIONS.holding('UP', 'DASH'));
  sink.releaseAll('gated');
  sink.releaseAll('gated');
  assert.equal(sink.held, NONE_HELD);
  await sink[Symbol.asyncDispose]();
  assert.equal(sink.edgesSent, 6);
});
