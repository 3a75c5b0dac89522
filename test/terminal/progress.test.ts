import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, Progress, progressText } from '../../src/terminal/progress.js';

/** A screen that keeps what was written, and a clock that the test moves. */
function bench(isTTY: boolean) {
  const written: string[] = [];
  const time = { ms: 0 };
  const screen = {
    isTTY,
    columns: 100,
    write: (text: string) => (written.push(text), true),
    getColorDepth: () => 8,
  };
  const progress = new Progress({ screen, unit: 'fights', total: 40, nowMs: () => time.ms, env: { LANG: 'C.UTF-8' } });
  return { written, time, progress };
}

test('time left is what the rest takes at the rate so far', () => {
  assert.equal(
    progressText({ done: 25.7, total: 100, unit: 'fights', elapsedMs: 10_000 }),
    '25 of 100 fights, 2.6 a second, 29 s left',
  );
  assert.equal(
    progressText({ done: 1, total: 61, unit: 'epochs', elapsedMs: 60_000 }),
    '1 of 61 epochs, 1.0 a minute, 1 h 00 min left',
  );
});

test('no rate is shown before there is one', () => {
  assert.equal(progressText({ done: 0, total: 9, unit: 'fights', elapsedMs: 60_000 }), '0 of 9 fights');
  assert.equal(progressText({ done: 1, total: 9, unit: 'fights', elapsedMs: 100 }), '1 of 9 fights');
});

test('durations are in two units at most', () => {
  assert.deepEqual([0, 59.2, 185, 7640].map(durationText), ['0 s', '1 min 00 s', '3 min 05 s', '2 h 07 min']);
});

test('on a terminal a bar is redrawn in place; the line stays when the job is done', () => {
  const { written, time, progress } = bench(true);
  for (const [ms, done] of [
    [0, 0],
    [1, 1],
    [8000, 20],
  ]) {
    time.ms = ms;
    progress.update(done, 'loss 0.5');
  }
  progress.finish();
  progress.finish();
  assert.equal(written.length, 3, 'two lines and the end of the last: the update in between came too soon');
  assert.ok(
    written[1].startsWith(`\r${'█'.repeat(12)}${'░'.repeat(12)} 20 of 40 fights, 2.5 a second, 8 s left, loss 0.5`),
  );
  assert.equal(written[2], '\n');
});

test('where nothing can be redrawn there are plain lines, without bar and without control characters', () => {
  const { written, time, progress } = bench(false);
  for (const ms of [0, 1000, 4000, 8000]) {
    time.ms = ms;
    progress.update(ms / 400);
  }
  progress.finish();
  assert.deepEqual(written, ['0 of 40 fights\n', '20 of 40 fights, 2.5 a second, 8 s left\n']);
});
