import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type LatencyContract } from '../../../src/runs/bench/latency-contract.js';
import type { TickCounts } from '../../../src/agent/tick-counts.js';
import type { Percentiles } from '../../../src/runs/bench/time-histogram.js';

const CONTRACT: LatencyContract = { budgetMs: 50, p99Ms: 30, missRate: 0.01 };
const COUNTS: TickCounts = { ticks: 1000, missedTicks: 0, lateTicks: 0, starvedTicks: 0, gatedTicks: 0 };
const LATENCY: Percentiles = { n: 1000, p50: 5, p90: 6, p95: 7, p99: 8, p999: 9, max: 9 };

const broken = (counts: Partial<TickCounts>, latency: Percentiles | null = LATENCY): readonly string[] =>
  judge(CONTRACT, { ...COUNTS, ...counts }, latency).broken.map(({ term }) => term);

test('a run within its terms holds the contract, and at the edge still does', () => {
  assert.equal(judge(CONTRACT, COUNTS, LATENCY).held, true);
  assert.deepEqual(broken({}, { ...LATENCY, p99: 30 }), []);
  assert.deepEqual(broken({ missedTicks: 4, lateTicks: 6 }), [], '10 of 1,004 is at most 1 %');
});

test('each broken term is named with its figures', () => {
  assert.deepEqual(broken({}, { ...LATENCY, p99: 30.1 }), ['p99']);
  assert.deepEqual(broken({ missedTicks: 5, lateTicks: 6 }), ['miss-rate']);
  const { broken: terms } = judge(CONTRACT, { ...COUNTS, lateTicks: 40 }, { ...LATENCY, p99: 31 });
  assert.equal(terms.length, 2);
  assert.match(terms[0].message, /31\.00 ms, allowed 30 ms/);
  assert.match(terms[1].message, /40 late of 1000 ticks, allowed 10/);
});

test('a run that decided nothing holds no contract', () => {
  assert.deepEqual(broken({ ticks: 0 }, null), ['measured']);
  assert.deepEqual(broken({ gatedTicks: 1000 }, null), ['measured', 'gated']);
});

test('ticks that saw nothing or were not allowed to act do not prove speed', () => {
  assert.deepEqual(broken({ starvedTicks: 11 }), ['starved']);
  assert.deepEqual(broken({ gatedTicks: 500 }), ['gated']);
});
