import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('play-arena');
const bundle = join(folder, 'bundle');
const env = withoutDisplay();

before(async () => {
  const made = await runCli(['model', 'init', '--latent', '16', '--out', bundle], { env });
  assert.equal(made.code, 0, made.stderr);
});

interface Summary {
  readonly outcome: string;
  readonly fights: readonly { seed: number; outcome: string; seconds: number }[];
  readonly seconds: number;
  readonly ticks: number;
  readonly missedTicks: number;
  readonly stageMs: Record<string, { p50: number } | null>;
  readonly edgesSent: number;
  readonly runDir: string;
}

test('without a display, play takes an arena fight to its outcome in real time and leaves a run folder', async () => {
  const result = await runCli(
    ['play', '--seed', '3', '--model', bundle, '--runs', join(folder, 'runs'), '--view', 'none', '--json'],
    { env },
  );
  assert.equal(result.code, 0, result.stderr);
  const summary = result.json() as Summary;
  assert.ok(['won', 'lost', 'timeout'].includes(summary.outcome));
  assert.deepEqual([summary.fights.length, summary.fights[0].seed], [1, 3]);
  assert.ok(Math.abs(summary.seconds - summary.fights[0].seconds) < 1, 'a second of the fight takes a second');
  assert.ok(Math.abs(summary.ticks + summary.missedTicks - summary.seconds * 10) <= 2, 'a tick each 100 ms');
  assert.ok(summary.edgesSent >= 2, 'keys went down and up');
  for (const stage of ['capture', 'preprocess', 'encode', 'head', 'act']) assert.ok(summary.stageMs[stage]);
  const written = JSON.parse(readFileSync(join(summary.runDir, 'summary.json'), 'utf8')) as Summary;
  assert.deepEqual(written, summary);
  const ticks = readFileSync(join(summary.runDir, 'ticks.jsonl'), 'utf8').trimEnd().split('\n');
  assert.equal(ticks.length, summary.ticks);
  const filling = ticks.slice(0, 9).map((line) => JSON.parse(line) as { ready: boolean; held: string[] });
  assert.ok(
    filling.every((tick) => !tick.ready && tick.held.length === 0),
    'nothing is pressed while the window fills',
  );
  assert.ok(existsSync(join(summary.runDir, 'agent.log')));
});

test('--seconds stops a fight that is not over, and several fights count their seeds up', async () => {
  const stopped = await runCli(
    ['play', '--model', bundle, '--seconds', '2', '--runs', join(folder, 'runs'), '--view', 'none', '--json'],
    { env },
  );
  assert.equal((stopped.json() as Summary).outcome, 'stopped');
});

test('a pipe gets plain lines, a summary for people on standard output, and no escape codes', async () => {
  const result = await runCli(['play', '--model', bundle, '--seconds', '1.5', '--runs', join(folder, 'runs')], { env });
  assert.equal(result.code, 0);
  assert.match(result.stdout, /latency +\d/);
  assert.ok(!`${result.stdout}${result.stderr}`.includes('\x1b'));
});

test('Ctrl-C in the arena ends with a summary and exit code 130', async () => {
  const run = startCli(['play', '--model', bundle, '--runs', join(folder, 'runs'), '--json'], { env });
  await run.untilSaid('filling the window');
  run.child.kill('SIGINT');
  const result = await run.result;
  assert.equal(result.code, 130);
  assert.equal((result.json() as Summary).outcome, 'stopped');
});

test('disarmed from the start, the arena waits: its fight begins when the agent is armed for the first time', async () => {
  const runs = join(folder, 'disarmed');
  const result = await runCli(
    [
      'play',
      '--arena',
      '--armed',
      'no',
      '--seconds',
      '2',
      '--model',
      bundle,
      '--runs',
      runs,
      '--view',
      'none',
      '--json',
    ],
    { env },
  );
  assert.equal(result.code, 0, result.stderr);
  const summary = result.json() as Summary & { readonly gatedTicks: number };
  assert.ok(summary.gatedTicks > 0 && summary.gatedTicks === summary.ticks);
  assert.equal(summary.edgesSent, 0);
  assert.equal(summary.stageMs['encode'], null, 'there was no picture yet');
});
