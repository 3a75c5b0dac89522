import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TickCounter } from '../../src/agent/tick-counts.js';
import { tickLine, tickLineSchema } from '../../src/agent/tick-line.js';
import { ActionSet } from '../../src/core/action-set.js';
import { tickReport } from '../../testing/agent/tick-report.js';

const actions = new ActionSet({ names: ['LEFT', 'RIGHT', 'JUMP'] });

const report = tickReport(3, {
  latenessMs: 0.12345,
  stageMs: { capture: 1.00049, act: 0.5 },
  decision: {
    held: actions.holding('JUMP'),
    probabilities: Float32Array.of(0, 0.25, 1),
    ready: true,
    stageMs: { preprocess: 0, encode: 0, head: 0 },
  },
  held: actions.holding('LEFT', 'JUMP'),
});

test('a line of ticks.jsonl is written as it always was, and read back as it was meant', () => {
  const acted = tickLine(report, 4, actions);
  assert.equal(
    acted,
    '{"tick":3,"slot":4,"outcome":"acted","deadlineMs":300,"latenessMs":0.123,"latencyMs":5,' +
      '"stageMs":{"capture":1,"act":0.5},"held":["LEFT","JUMP"],"decision":["JUMP"],"ready":true,' +
      '"probabilities":[0,0.25,1]}\n',
  );
  const gated = tickLine(
    { ...report, outcome: 'gated', gate: 'focus: not in front', missedBefore: 2, latencyMs: null, decision: null },
    7,
    actions,
  );
  assert.equal(
    gated,
    '{"tick":3,"slot":7,"outcome":"gated","gate":"focus: not in front","missedBefore":2,"deadlineMs":300,' +
      '"latenessMs":0.123,"latencyMs":null,"stageMs":{"capture":1,"act":0.5},"held":["LEFT","JUMP"],"decision":null,' +
      '"ready":false,"probabilities":null}\n',
  );
  const metered = tickLine(report, 4, actions, { fuel: 0.123456, score: null });
  assert.equal(metered, acted.replace('}\n', ',"meters":{"fuel":0.123,"score":null}}\n'));
  const schema = tickLineSchema(actions.names);
  for (const line of [acted, gated, metered])
    assert.deepEqual(schema.strict().parse(JSON.parse(line)), JSON.parse(line));
});

test('a line with an action that the run does not have, or too few probabilities, is refused', () => {
  const line = JSON.parse(tickLine(report, 4, actions)) as Record<string, unknown>;
  const schema = tickLineSchema(actions.names);
  assert.ok(!schema.safeParse({ ...line, held: ['DASH'] }).success);
  assert.ok(!schema.safeParse({ ...line, probabilities: [0, 1] }).success);
});

test('ticks are counted by outcome, and the newest has its place in the run whenever fights begin', () => {
  const counter = new TickCounter();
  assert.equal(counter.slot, -1);
  counter.count(report);
  counter.count({ ...report, outcome: 'late', missedBefore: 2 });
  assert.equal(counter.slot, 3);
  const before = counter.counts;
  counter.count({ ...report, tick: 0, outcome: 'gated' });
  counter.count({ ...report, tick: 1, outcome: 'starved' });
  assert.equal(counter.slot, 5);
  assert.deepEqual(before, { ticks: 2, missedTicks: 2, lateTicks: 1, starvedTicks: 0, gatedTicks: 0 });
  assert.deepEqual(counter.counts, { ticks: 4, missedTicks: 2, lateTicks: 1, starvedTicks: 1, gatedTicks: 1 });
});
