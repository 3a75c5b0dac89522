/** A daemon started, asked and ended from other processes, as a person does from other terminals. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { until } from '../../testing/until.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('control');
const env = { ...withoutDisplay(), XDG_RUNTIME_DIR: folder };
const model = join(folder, 'bundle');
/** Nothing but SHOOT: an untrained model presses this and that in the course of a fight. */
const always = 'UP=1,DOWN=1,LEFT=1,RIGHT=1,JUMP=1,DASH=1,SHOOT=0.001/0.0005';

const cli = (...args: string[]): Promise<CliResult> => runCli(args, { env });
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

interface Daemon {
  readonly pid: number;
  readonly runDir: string;
  readonly socket: string;
}

async function start(runs: string): Promise<Daemon> {
  const args = [
    'play',
    '--arena',
    '--detach',
    '--fights',
    '9',
    '--model',
    model,
    '--threshold',
    always,
    '--runs',
    runs,
  ];
  const result = await cli(...args, '--budget-ms', '5000', '--json');
  assert.equal(result.code, 0, result.stderr);
  return result.json() as Daemon;
}

before(async () => {
  assert.equal((await cli('model', 'init', '--latent', '8', '--out', model)).code, 0);
});

test('a daemon is started, asked, paused, armed and stopped from other terminals', async () => {
  const { pid, runDir, socket } = await start(join(folder, 'runs'));
  assert.ok(isAlive(pid) && existsSync(socket));
  interface Status {
    readonly pid: number;
    readonly state: string;
    readonly held: string[];
    readonly ticks: number;
    readonly gatedTicks: number;
    readonly line: string;
  }
  const status = async (): Promise<Status> => (await cli('status', '--json')).json() as Status;
  let seen = await status();
  for (let i = 0; i < 20 && seen.held.length === 0; i += 1) seen = await status();
  assert.deepEqual([seen.pid, seen.state, seen.held], [pid, 'armed', ['SHOOT']]);
  assert.match(seen.line, /^you \d\/3 .* \| held SHOOT \| .* Hz \| .* ms \| missed \d+ late \d+ starved \d+/);

  const paused = (await cli('pause', '--json')).json() as { state: string; changed: boolean };
  assert.deepEqual([paused.state, paused.changed], ['paused', true]);
  seen = await status();
  assert.deepEqual([seen.state, seen.held], ['paused', []]);
  assert.match((await cli('disarm')).stdout, /now disarmed/);
  assert.match((await cli('resume')).stdout, /still disarmed/);
  assert.match((await cli('arm')).stdout, /now armed/);

  const stopped = await cli('stop', '--json');
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.equal((stopped.json() as { outcome: string }).outcome, 'stopped');
  await until('the daemon is gone', () => !isAlive(pid));
  assert.ok(!existsSync(socket));
  assert.deepEqual(readdirSync(runDir).sort(), ['agent.log', 'output.log', 'summary.json', 'ticks.jsonl']);
  const noAgent = await cli('status');
  assert.equal(noAgent.code, 4);
  assert.match(noAgent.stderr, /No agent runs/);
});

test('with two daemons one has to be named; a killed one is forgotten', async () => {
  const runs = join(folder, 'two');
  const [one, other] = [await start(runs), await start(runs)];
  const unnamed = await cli('pause');
  assert.equal(unnamed.code, 2);
  assert.match(unnamed.stderr, /2 agents run/);
  const named = await cli('pause', '--run', one.runDir);
  assert.equal(named.code, 0, named.stderr);
  const both = (await cli('status', '--json')).json() as { agents: { pid: number; state: string }[] };
  assert.deepEqual(
    both.agents.map(({ pid, state }) => [pid, state]),
    [
      [one.pid, 'paused'],
      [other.pid, 'armed'],
    ],
  );
  process.kill(one.pid, 'SIGKILL');
  await until('the killed one is gone', () => !isAlive(one.pid));
  const left = (await cli('status', '--json')).json() as { agents: { pid: number }[] };
  assert.deepEqual(
    left.agents.map(({ pid }) => pid),
    [other.pid],
  );
  assert.equal((await cli('stop')).code, 0);
});

test('a daemon that does not start says why where it was started, and leaves nothing', async () => {
  const runs = join(folder, 'failing');
  const result = await cli('play', '--detach', '--model', join(folder, 'no-such-bundle'), '--runs', runs);
  assert.equal(result.code, 3);
  assert.match(result.stderr, /bundle-missing/);
  assert.deepEqual(readdirSync(runs), []);
});
