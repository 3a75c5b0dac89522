import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { matrixRequest } from '../../src/cli/options/bench.js';
import { benchVerb } from '../../src/cli/verbs/bench.js';
import { pairRequest } from '../../src/runs/bench/matrix.js';
import { measuredPlay, type FlashPlay } from '../../src/runs/bench/request.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('bench');
const model = join(folder, 'model');
const common = ['--model', model, '--runs', join(folder, 'runs'), '--json'];
/** Terms that any machine holds: what is tested is the judgement, not the machine. */
const LENIENT = ['--p99-ms', '10000', '--budget-ms', '10000', '--miss-rate', '1'];

interface Bench {
  readonly ticks: number;
  readonly latencyMs: { readonly n: number; readonly p50: number; readonly p99: number; readonly p999: number };
  readonly latenessMs: object;
  readonly stageMs: Record<string, { readonly n: number } | null>;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  readonly photonToKeyMs: { readonly n: number; readonly p50: number; readonly phaseMs: object | null } | null;
  readonly contract: { readonly held: boolean; readonly broken: readonly string[] };
  readonly measures: readonly { readonly name: string; readonly value: number }[];
}

test('the loop in the arena is measured, the contract holds, and a page is written that compare reads', async () => {
  await smallBundle(model);
  const out = join(folder, 'report');
  const args = ['bench', '--arena', '--rate', '50', '--seconds', '2', '--out', out, ...LENIENT, ...common];
  const result = await runCli(args, { env: withoutDisplay() });
  assert.equal(result.code, 0, result.stderr);
  const bench = result.json() as Bench;
  assert.ok(bench.ticks > 20, `${bench.ticks} ticks`);
  assert.ok(bench.latencyMs.n > 0 && bench.latencyMs.p99 >= bench.latencyMs.p50);
  for (const stage of ['capture', 'preprocess', 'encode', 'head']) assert.ok((bench.stageMs[stage]?.n ?? 0) > 0, stage);
  assert.ok(bench.rssBytes > 1e7);
  assert.equal(bench.photonToKeyMs, null, 'there is no flash to see');
  assert.deepEqual([bench.contract.held, bench.contract.broken], [true, []]);
  assert.match(readFileSync(join(out, 'index.html'), 'utf8'), /The contract held/);
  const compared = await runCli(['compare', join(out, 'bench.json'), join(out, 'bench.json'), '--json']);
  assert.equal(compared.code, 0, compared.stderr);
  const { changes } = compared.json() as { changes: { name: string; verdict: string; difference: number }[] };
  assert.ok(changes.some(({ name }) => name === 'latencyMs.p99'));
  assert.ok(
    changes.every(({ verdict, difference }) => verdict === 'same' && difference === 0),
    'nothing changed in itself',
  );
});

test('a contract that no machine holds exits 5, naming the term and what this machine did', async () => {
  if (!existsSync(model)) await smallBundle(model);
  const args = ['bench', '--arena', '--rate', '20', '--seconds', '1', '--p99-ms', '0.001', ...common];
  const result = await runCli(args, { env: withoutDisplay() });
  assert.equal(result.code, 5, result.stderr);
  assert.match(result.stderr, /contract-broken/);
  assert.match(result.stderr, /This machine did p99 \d/);
  const { contract } = result.json() as Bench;
  assert.equal(contract.held, false);
  assert.ok(contract.broken.includes('p99'));
});

test('a budget below what the machine can do makes every tick late: exit 5, and what it can do', async () => {
  if (!existsSync(model)) await smallBundle(model);
  const args = ['bench', '--arena', '--rate', '20', '--seconds', '1', '--budget-ms', '0.01', '--p99-ms', '10000'];
  const result = await runCli([...args, ...common], { env: withoutDisplay() });
  assert.equal(result.code, 5, result.stderr);
  assert.match(result.stderr, /contract-broken/);
  assert.match(result.stderr, /This machine did p99 \d/);
  const { contract, lateTicks, ticks } = result.json() as Bench & { lateTicks: number; ticks: number };
  assert.deepEqual([contract.held, contract.broken], [false, ['miss-rate']]);
  assert.equal(lateTicks, ticks);
});

test('rates are swept upwards, and each is a bench of its own', async () => {
  if (!existsSync(model)) await smallBundle(model);
  const args = ['bench', '--arena', '--rate-sweep', '5..10', '--seconds', '0.5', ...LENIENT, ...common];
  const result = await runCli(args, { env: withoutDisplay() });
  assert.equal(result.code, 0, result.stderr);
  const { highestHeldHz, rates } = result.json() as { highestHeldHz: number | null; rates: { rateHz: number }[] };
  assert.equal(rates[0].rateHz, 5);
  assert.ok(highestHeldHz === null || [5, 10].includes(highestHeldHz));
});

test('flashes of a real page are answered with real keys, and phase and work make up the whole', async (t) => {
  if (lacks('Xvfb', 'openbox', 'chromium')) return t.skip(String(lacks('Xvfb', 'openbox', 'chromium')));
  if (!existsSync(model)) await smallBundle(model);
  await using display = await openDisplay({ windowManager: true });
  const args = ['bench', '--flash', '--flashes', '12', '--rate', '20', ...LENIENT, ...common];
  const result = await runCli(args, { env: display.env });
  assert.equal(result.code, 0, result.stderr);
  const { photonToKeyMs } = result.json() as Bench;
  assert.ok(photonToKeyMs !== null && photonToKeyMs.n >= 6, JSON.stringify(photonToKeyMs));
  assert.ok(photonToKeyMs.p50 > 0);
  assert.notEqual(photonToKeyMs.phaseMs, null);
});

test('what cannot be measured is refused: two places at once, a range that is not one', async () => {
  const two = await runCli(['bench', '--arena', '--flash'], { env: withoutDisplay() });
  assertError(two, 2, 'bad-option', /one thing at a time/);
  const range = await runCli(['bench', '--rate-sweep', '60..10'], { env: withoutDisplay() });
  assertError(range, 2, 'bad-option', /the lower first/);
  const matrix = await runCli(['bench', '--matrix', '--capture', 'x11'], { env: withoutDisplay() });
  assertError(matrix, 2, 'bad-option', /--capture has no use for every capture and sink \(--matrix\)/);
  const sweep = await runCli(['bench', '--rate-sweep', '5..20', '--unpaced'], { env: withoutDisplay() });
  assertError(sweep, 2, 'bad-option', /--unpaced has no use for a sweep of rates/);
  const nowhere = await runCli(['bench', '--flash'], { env: withoutDisplay() });
  assert.equal(nowhere.code, 4, nowhere.stderr);
});

test('a pair of the matrix is seen and pressed as it says, and decides at once, as --flash does', () => {
  const verb = benchVerb().action(() => undefined);
  const asked = matrixRequest(verb.parse(['--matrix'], { from: 'user' }).opts(), 'info');
  const pressed = measuredPlay(pairRequest(asked, 'node-screenshots', 'nut-js')) as FlashPlay;
  assert.deepEqual(
    [pressed.screen.capture, pressed.screen.sink, pressed.policy.apply, pressed.flashes],
    ['node-screenshots', 'nut-js', 'at-once', 50],
  );
  const dry = measuredPlay(pairRequest(asked, 'x11', 'dry-run')) as FlashPlay;
  assert.deepEqual([dry.screen.capture, dry.screen.sink, dry.policy.apply], ['x11', 'dry-run', 'at-once']);
});
