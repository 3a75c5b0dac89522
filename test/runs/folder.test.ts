import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunFolder } from '../../src/runs/folder.js';
import { RunLog } from '../../src/runs/log.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { tickReport } from '../../testing/agent/tick-report.js';

const parent = folderForTests('run-folder');

const report = tickReport(3, {
  latenessMs: 0.12345,
  decision: {
    held: STUDY_ACTIONS.holding('JUMP'),
    probabilities: new Float32Array(7),
    ready: true,
    stageMs: { preprocess: 0, encode: 0, head: 0 },
  },
  held: STUDY_ACTIONS.holding('JUMP', 'SHOOT'),
});

test('ticks are lines that name what was held', async () => {
  const folder = RunFolder.create(join(parent, 'lines'), STUDY_ACTIONS);
  folder.onTick(report);
  await folder[Symbol.asyncDispose]();
  const tick = JSON.parse(readFileSync(join(folder.path, 'ticks.jsonl'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual([tick.tick, tick.held, tick.decision, tick.latenessMs], [3, ['JUMP', 'SHOOT'], ['JUMP'], 0.123]);
});

test('each tick has the values of the game’s meters at its time', async () => {
  let meters: Record<string, number | null> | null = null;
  const folder = RunFolder.create(join(parent, 'meters'), STUDY_ACTIONS, { meters: () => meters });
  folder.onTick(report);
  for (const fuel of [0.5, null]) {
    meters = { fuel };
    folder.onTick(report);
  }
  await folder[Symbol.asyncDispose]();
  const lines = readFileSync(join(folder.path, 'ticks.jsonl'), 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { meters?: object }).meters),
    [undefined, { fuel: 0.5 }, { fuel: null }],
  );
});

test('the newest fifty runs are kept, and only runs are removed', async () => {
  const runs = join(parent, 'bounded');
  mkdirSync(join(runs, 'notes'), { recursive: true });
  for (let i = 0; i < 60; i += 1) {
    const run = RunFolder.create(runs, STUDY_ACTIONS, { now: new Date(Date.UTC(2030, 0, 1) + i * 1000) });
    run.writeSummary({});
    await run[Symbol.asyncDispose]();
  }
  const left = readdirSync(runs).sort();
  assert.equal(left.length, 51);
  assert.ok(left.includes('notes'));
  assert.equal(left[0], '2030-01-01T00-00-10-000Z');
});

test('a run that still writes its ticks is kept, however many have begun since', async () => {
  const runs = join(parent, 'living');
  const living = RunFolder.create(runs, STUDY_ACTIONS, { now: new Date(Date.UTC(2030, 0, 1)) });
  for (let i = 1; i <= 55; i += 1) {
    const run = RunFolder.create(runs, STUDY_ACTIONS, { now: new Date(Date.UTC(2030, 0, 1) + i * 1000) });
    run.writeSummary({});
    await run[Symbol.asyncDispose]();
  }
  assert.ok(existsSync(living.path));
  await living[Symbol.asyncDispose]();
});

test('two runs in the same millisecond get folders of their own', async () => {
  const now = new Date();
  const first = RunFolder.create(join(parent, 'twins'), STUDY_ACTIONS, { now });
  const second = RunFolder.create(join(parent, 'twins'), STUDY_ACTIONS, { now });
  assert.notEqual(first.path, second.path);
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

test('a folder that cannot be made is an error that says so', () => {
  assert.throws(() => RunFolder.create('/proc/understudy', STUDY_ACTIONS), { code: 'write-failed' });
});

test('a summary that cannot be written is reported, and leaves no half file', async () => {
  const folder = RunFolder.create(join(parent, 'gone'), STUDY_ACTIONS);
  await folder[Symbol.asyncDispose]();
  rmSync(folder.path, { recursive: true });
  assert.match(folder.writeSummary({}) ?? '', /ENOENT/);
  assert.ok(!existsSync(join(folder.path, 'summary.json.part')));
});

test('a log whose file cannot be written costs lines, not the run', async () => {
  const log = new RunLog(join(parent, 'no-such-folder'), 'info');
  log.event('something');
  await log[Symbol.asyncDispose]();
  log.event('after the end');
});
