import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TickRecorder } from '../../../src/runs/bench/tick-recorder.js';
import type { TickReport } from '../../../src/core/tick-report.js';
import { tickReport } from '../../../testing/agent/tick-report.js';

const report = (changes: Partial<TickReport>): TickReport =>
  tickReport(0, { stageMs: { capture: 1, encode: 4 }, ...changes });

test('ticks of the warm-up are not measured, and the first that counts is announced', () => {
  let warm = 0;
  const recorder = new TickRecorder(10, 2, () => (warm += 1));
  recorder.onTick(report({ latencyMs: 900 }));
  assert.equal(warm, 0);
  recorder.onTick(report({ latencyMs: 900 }));
  assert.equal(warm, 1);
  recorder.onTick(report({}));
  assert.equal(recorder.counts.ticks, 1);
  assert.equal(recorder.percentiles('latency')?.max, 5);
});

test('a tick that never ran is in the lateness with the time until the loop was awake again', () => {
  const recorder = new TickRecorder(10, 0);
  recorder.onTick(report({ latenessMs: 20, missedBefore: 2 }));
  const lateness = recorder.percentiles('lateness')!;
  assert.equal(lateness.n, 3, 'the two that were slept through, and the one that ran');
  assert.equal(lateness.max, 220);
  assert.equal(recorder.counts.missedTicks, 2);
});

test('stages are measured where a tick has them, and deadline to edges is lateness and latency together', () => {
  const recorder = new TickRecorder(10, 0);
  recorder.onTick(report({ latenessMs: 3 }));
  recorder.onTick(report({ outcome: 'starved', latencyMs: null, stageMs: { capture: 50 } }));
  assert.equal(recorder.percentiles('total')?.max, 8);
  assert.equal(recorder.percentiles('capture')?.n, 2);
  assert.equal(recorder.percentiles('encode')?.n, 1);
  assert.equal(recorder.percentiles('head'), null);
  assert.equal(recorder.counts.starvedTicks, 1);
});

test('the timeline counts seconds from its first tick', () => {
  const recorder = new TickRecorder(10, 0);
  recorder.onTick(report({ deadlineMs: 5000 }));
  recorder.onTick(report({ deadlineMs: 5200, missedBefore: 1, outcome: 'late' }));
  assert.deepEqual(
    recorder.timeline.map(({ atSeconds, outcome, missedBefore }) => [atSeconds, outcome, missedBefore]),
    [
      [0, 'acted', 0],
      [0.2, 'late', 1],
    ],
  );
});
