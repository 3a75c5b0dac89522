import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openKeptLogs } from '../../src/session/log-keeper.js';
import { until } from '../../testing/until.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const unlessProc = existsSync('/proc/self/cmdline') ? false : 'needs /proc, to find the process that keeps the logs';

const MODULE = fileURLToPath(new URL('../../src/session/log-keeper.js', import.meta.url));

function logFiles(t: TestContext) {
  const folder = temporaryFolder(t);
  return { events: join(folder, 'run_events.jsonl'), frames: join(folder, 'run_frames.jsonl') };
}

const numbersIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { k: number }).k);

const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/** The process that keeps this event log. */
function keeperOf(events: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (words[1]?.endsWith('main.js') && words[2] === events) return Number(name);
    } catch {
      // it has ended since
    }
  }
  return assert.fail(`no process keeps ${events}`);
}

test(
  'a disk that does not answer delays no caller, and nothing is lost once it answers again',
  { skip: unlessProc },
  async (t) => {
    const files = logFiles(t);
    const logs = await openKeptLogs(files, (error) => assert.fail(String(error)));
    const keeper = keeperOf(files.events);
    process.kill(keeper, 'SIGSTOP'); // to the recorder the same as a disk that takes nothing
    for (let k = 0; k < 20_000; k += 1) {
      logs.event({ k, text: 'é' });
      if (k % 10 === 0) logs.frame({ k: k / 10 });
    }
    assert.equal(readFileSync(files.events, 'utf8'), '');
    process.kill(keeper, 'SIGCONT');
    await logs.close();
    assert.deepEqual(numbersIn(files.events), upTo(20_000));
    assert.deepEqual(numbersIn(files.frames), upTo(2000));
  },
);

test(
  'what was appended outlives the recorder, even when the disk did not answer at its kill',
  { skip: unlessProc },
  async (t) => {
    const files = logFiles(t);
    const program = `
    const { openKeptLogs } = await import(${JSON.stringify(MODULE)});
    const logs = await openKeptLogs(${JSON.stringify(files)}, () => {});
    process.stdout.write('ready');
    process.stdin.once('data', () => {
      for (let k = 0; k < 200; k += 1) logs.event({ k });
      process.kill(process.pid, 'SIGKILL');
    });`;
    const recorder = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(recorder.stdout, 'data');
    const keeper = keeperOf(files.events);
    process.kill(keeper, 'SIGSTOP');
    recorder.stdin.write('go');
    await once(recorder, 'exit');
    assert.equal(readFileSync(files.events, 'utf8'), '');
    process.kill(keeper, 'SIGCONT');
    await until('the log has what was appended', () => numbersIn(files.events).length === 200);
    assert.deepEqual(numbersIn(files.events), upTo(200));
    await until('its keeper has ended', () => !existsSync(`/proc/${keeper}`));
  },
);

test('a disk that never answers again is reported once, and memory stays bounded', { skip: unlessProc }, async (t) => {
  const files = logFiles(t);
  const told: unknown[] = [];
  const logs = await openKeptLogs(files, (error) => told.push(error));
  const keeper = keeperOf(files.events);
  process.kill(keeper, 'SIGSTOP');
  const text = 'x'.repeat(1000);
  for (let k = 0; k < 20_000; k += 1) logs.event({ k, text });
  assert.equal(told.length, 1);
  assert.match(String(told[0]), /the disk has taken nothing of the last \d+ bytes/);
  process.kill(keeper, 'SIGCONT');
  await logs.close();
  const kept = numbersIn(files.events);
  assert.deepEqual(kept, upTo(kept.length), 'what was taken before is kept, in order');
  assert.ok(kept.length > 1000 && kept.length < 10_000);
});

test(
  'signals meant for the recorder do not end its log, and the death of its keeper is reported',
  { skip: unlessProc },
  async (t) => {
    const files = logFiles(t);
    const told: unknown[] = [];
    const logs = await openKeptLogs(files, (error) => told.push(error));
    const keeper = keeperOf(files.events);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(keeper, signal);
    logs.event({ k: 0 });
    await until('the line is there', () => numbersIn(files.events).length === 1);
    process.kill(keeper, 'SIGKILL');
    await until('it is told', () => told.length === 1);
    assert.match(String(told[0]), /ended \(SIGKILL\)/);
    await logs.close();
  },
);

test('a full disk is reported once with its code, and only whole lines stay', (t) => {
  const files = logFiles(t);
  const program = `
    const { openKeptLogs } = await import(${JSON.stringify(MODULE)});
    setInterval(() => {}, 1000); // a keeper alone keeps no recorder running
    let told;
    const failed = new Promise((resolve) => { told = resolve; });
    let times = 0;
    const logs = await openKeptLogs(${JSON.stringify(files)}, (error) => { times += 1; told(error); });
    for (let k = 0; k < 100; k += 1) logs.event({ k, text: 'x'.repeat(20) });
    const { code } = await failed;
    await logs.close();
    process.stdout.write(JSON.stringify({ code, times }), () => process.exit());`;
  // blocks of 512 bytes
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 2; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  );
  assert.deepEqual(JSON.parse(stdout || '{}'), { code: 'EFBIG', times: 1 }, stderr);
  const kept = numbersIn(files.events);
  assert.deepEqual(kept, upTo(kept.length));
  assert.ok(kept.length > 10);
});

test('a folder that takes no file says so before anything is recorded', async (t) => {
  const files = logFiles(t);
  const nowhere = { events: join(files.events, 'none'), frames: files.frames };
  await assert.rejects(
    openKeptLogs(nowhere, () => undefined),
    (error) => (error as { code?: string }).code === 'ENOENT',
  );
});
