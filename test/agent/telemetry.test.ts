import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleReservoir } from '../../src/agent/sample-reservoir.js';
import { Telemetry } from '../../src/agent/telemetry.js';
import { quantile, quantiles } from '../../src/core/quantiles.js';
import { tickReport } from '../../testing/agent/tick-report.js';

test('quantiles are measured samples by nearest rank', () => {
  const samples = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual(quantiles(samples), { p50: 50, p95: 95, p99: 99, max: 100 });
  assert.equal(quantiles([]), null);
  assert.equal(quantile([7], 0.99), 7);
});

test('the rate is the ticks that ran divided by the time that they took, missed ones included', () => {
  const telemetry = new Telemetry();
  for (const tick of [0, 1, 2, 5]) telemetry.onTick(tickReport(tick, { missedBefore: tick === 5 ? 2 : 0 }));
  const figures = telemetry.figures();
  assert.equal(figures.rateHz, 6); // 3 intervals in 500 ms
  assert.equal(figures.missedTicks, 2);
  assert.equal(figures.ticks, 4);
});

test('the pause between two fights belongs to no rate', () => {
  const telemetry = new Telemetry();
  for (const tick of [0, 1, 2]) telemetry.onTick(tickReport(tick));
  for (const tick of [0, 1, 2]) telemetry.onTick(tickReport(tick, { deadlineMs: 60_000 + tick * 100 }));
  assert.equal(telemetry.figures().rateHz, 10);
});

test('a reservoir keeps its largest sample and stays within its bound', () => {
  const reservoir = new SampleReservoir(100);
  reservoir.add(1e6);
  for (let i = 0; i < 100_000; i += 1) reservoir.add(i % 1000);
  const samples = reservoir.samples();
  assert.equal(samples.length, 100);
  assert.equal(Math.max(...samples), 1e6);
  assert.equal(reservoir.count, 100_001);
  const median = quantile(Float64Array.from(samples).sort(), 0.5);
  assert.ok(median > 300 && median < 700, `the choice is uniform, its median near 500, got ${median}`);
});
