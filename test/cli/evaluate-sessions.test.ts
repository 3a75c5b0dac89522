/** `understudy evaluate <sessions>` and `compare`, run as a shell would. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { Comparison } from '../../src/evaluation/compare.js';
import type { EvaluationDocument } from '../../src/evaluation/evaluate-models.js';
import { assertDocumentFits } from '../../testing/pictures/document-schema.js';
import { runCli, type CliResult } from '../../testing/cli/cli.js';
import { FIGHTS, recordFights, recordTraining, TRAINING } from '../../testing/sessions/scored-fights.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightEnd, fightStart, frameLines } from '../../testing/sessions/session-lines.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { assertError } from '../../testing/cli/cli-errors.js';

const folder = folderForTests('evaluate-sessions');
const [model, other] = [join(folder, 'one'), join(folder, 'other')];
let session = '';
before(async () => {
  session = await recordFights(folder);
  await smallBundle(model, { seed: 1 });
  await smallBundle(other, { seed: 2 });
});

const evaluate = (...args: string[]): Promise<CliResult> => runCli(['evaluate', ...args]);

test('the document has the scores and the split at its top, as the documented schema says, and twice the same', async () => {
  const first = await evaluate(session, '--model', model, '--json');
  assert.equal(first.code, 0, first.stderr);
  const document = first.json() as EvaluationDocument;
  assert.deepEqual(Object.keys(document.perAction), [...STUDY_ACTIONS.names]);
  assert.equal(document.fights.length, FIGHTS);
  assert.equal(document.frames, FIGHTS * 20);
  assert.equal(typeof document.composite, 'number');
  assert.match(document.split.text, /Scored on 6 fights/);
  assertDocumentFits(document);
  assert.match(first.stderr, /always SHOOT/);
  assert.equal((await evaluate(session, '--model', model, '--json')).stdout, first.stdout);
});

test('a report of two models holds both, and compare says what differs beyond the noise', async () => {
  const out = join(folder, 'report');
  const result = await evaluate(session, '--model', model, '--model', other, '--out', out, '--json');
  assert.equal(result.code, 0, result.stderr);
  const document = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as EvaluationDocument;
  assert.deepEqual(document, result.json());
  assert.deepEqual(
    document.models.map(({ name }) => name),
    ['one', 'other'],
  );
  assert.equal(document.differences[0].against, 'one');
  assert.match(readFileSync(join(out, 'index.html'), 'utf8'), /How well one, other imitates/);
  const single = join(folder, 'single.json');
  const ofOther = await evaluate(session, '--model', other, '--json');
  writeFileSync(single, ofOther.stdout);
  const compared = await runCli(['compare', join(out, 'report.json'), single, '--json']);
  assert.equal(compared.code, 0, compared.stderr);
  const { paired, changes } = compared.json() as Comparison;
  assert.equal(paired, true, 'the fights are the same');
  const left = changes.find(({ name }) => name === 'LEFT.f1')!;
  const said = document.differences[0].scores.find(({ name }) => name === 'LEFT.f1')!;
  assert.deepEqual([left.difference!.toFixed(9), left.interval], [said.difference!.toFixed(9), said.interval]);
  assert.equal(left.verdict, said.isOutside ? 'changed' : 'same');
  const same = await runCli(['compare', single, single]);
  assert.match(same.stdout, /0 outside the interval/);
});

test('fights that a model was trained on are refused unless they are asked for', async () => {
  const seen = join(folder, 'seen');
  await smallBundle(seen);
  recordTraining(seen, { sessions: ['blocks'] });
  assertError(await evaluate(session, '--model', seen), 3, 'training-fights', /--allow-train/);
  const allowed = await evaluate(session, '--model', seen, '--allow-train', '--json');
  assert.equal(allowed.code, 0, allowed.stderr);
  assert.equal((allowed.json() as EvaluationDocument).split.scored.train, FIGHTS);
  assertError(await evaluate(session, '--model', seen, '--part', 'held-out'), 3, 'session-invalid', /none is held out/);
});

test('an empty session, one without fights, and one without pictures are refused by name', async () => {
  const empty = writeLogs(folder, 'empty', [], []);
  assertError(await evaluate(empty, '--model', model), 3, 'session-invalid', /empty/);
  const idle = writeLogs(folder, 'idle', frameLines(30), []);
  assertError(await evaluate(idle, '--model', model), 3, 'session-invalid', /lies in a fight/);
  const blind = writeLogs(folder, 'blind', frameLines(30), [fightStart(1000), fightEnd(1003)]);
  assertError(await evaluate(blind, '--model', model), 3, 'file-missing', /no pictures.*blind\.mp4/s);
  assertError(await evaluate(join(folder, 'nowhere'), '--model', model), 3, 'file-missing', /nowhere/);
});

test('a fight shorter than the window has no frame to score, and says so', async () => {
  const dataset = await recordFights(folder, 'whole');
  const short = join(folder, 'short');
  for (const ending of ['_frames.jsonl', '_events.jsonl', '_gray.bin'])
    renameSync(`${dataset}${ending}`, `${short}${ending}`);
  const events = readFileSync(`${short}_events.jsonl`, 'utf8').trimEnd().split('\n');
  const start = events.find((line) => line.includes('fight_start'))!;
  const { t } = JSON.parse(start) as { t: number };
  const header = events[0];
  const end = JSON.stringify({ event: 'marker', type: 'fight_end', t: t + 0.5 });
  writeFileSync(`${short}_events.jsonl`, `${[header, start, end].join('\n')}\n`);
  assertError(await evaluate(short, '--model', model), 3, 'session-invalid', /window/);
});

test('options of another mode, two modes at once, and figures without a place are wrong usage', async () => {
  assertError(await evaluate(session, '--arena'), 2, 'bad-option', /one of the four/);
  assertError(await evaluate(session, '--model', model, '--level', 'hard'), 2, 'bad-option', /--level/);
  assertError(await evaluate('--arena', '--model', model, '--model', other), 2, 'bad-option', /one model/);
  assertError(await evaluate('--run', folder), 2, 'bad-option', /--out/);
});

test('a sweep, a run and win rates by delay each make a report without a session; a file that is none of these is named', async () => {
  const document = (await evaluate(session, '--model', model, '--json')).json() as EvaluationDocument;
  const validation = document;
  mkdirSync(join(folder, 'sweep'));
  const sweep = join(folder, 'sweep', 'sweep.json');
  writeFileSync(
    sweep,
    JSON.stringify({
      trials: [
        { latent: 512, head: 'gru', validation, bundle: { folder: 'trials/512' } },
        { latent: 128, head: 'lstm', validation, bundle: { folder: 'trials/gone' } },
        { latent: 64, head: 'gru', validation, bundle: { folder: 'trials/../outside' } },
      ],
    }),
  );
  for (const place of ['trials/512', 'outside']) {
    mkdirSync(join(folder, 'sweep', place), { recursive: true });
    writeFileSync(join(folder, 'sweep', place, 'manifest.json'), JSON.stringify({ training: TRAINING }));
  }
  const ticks = join(folder, 'ticks.jsonl');
  writeFileSync(
    ticks,
    '{"outcome":"acted","latencyMs":5.25}\n{"outcome":"late","latencyMs":60}\n{"outcome":"starved","latencyMs":null}\n{"outc',
  );
  const delays = join(folder, 'delays.json');
  writeFileSync(delays, JSON.stringify({ table: [{ delayMs: 0, fights: 30, wins: 30 }] }));
  const out = join(folder, 'figures');
  const result = await evaluate('--sweep', sweep, '--run', ticks, '--delays', delays, '--out', out, '--json');
  assert.equal(result.code, 0, result.stderr);
  const report = result.json() as {
    sweep: { trials: { name: string }[]; training: { name: string }[] };
    latency: { n: number; lateTicks: number };
  };
  assert.deepEqual(report.sweep.trials.map(({ name }) => name).sort(), ['GRU-512', 'GRU-64', 'LSTM-128']);
  assert.deepEqual(
    report.sweep.training.map(({ name }) => name),
    ['GRU-512'],
    'of bundles in trials/ that are there',
  );
  assert.deepEqual([report.latency.n, report.latency.lateTicks], [2, 1]);
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  for (const id of ['sweep-heatmap', 'sweep-comparison', 'sweep-training-1', 'latency', 'decision-delay'])
    assert.ok(page.includes(`id="${id}"`), id);
  assert.ok(!existsSync(join(out, 'figures')), 'pictures only where they are asked for');
  assertError(await evaluate('--sweep', delays, '--out', out), 3, 'file-unreadable', /not a sweep/);
  assertError(await evaluate('--delays', sweep, '--out', out), 3, 'file-unreadable', /delayMs/);
  assertError(await evaluate('--run', join(folder, 'none'), '--out', out), 3, 'file-missing', /none/);
  assertError(await runCli(['compare', delays, ticks]), 3, 'file-unreadable', /not JSON/);
});
