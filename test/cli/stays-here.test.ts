/**
 * Nothing leaves the machine, and nothing is written but what docs/files.md names: every verb is run under strace, which sees
 * the calls of all its processes, those of the packages that we depend on included. `setup training` alone may use the
 * network, and does not where there is nothing to fetch.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VERBS } from '../../src/cli/verbs.js';
import { lacksTracing, tracedCli } from '../../testing/cli/traced-cli.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacks('strace', 'Xvfb') || lacksTracing();
const folder = folderForTests('stays-here');
const inFolder = (name: string): string => join(folder, name);
/** What a run may write to: its own folder. */
const cwd = inFolder('cwd');
const home = inFolder('home');
const runtime = inFolder('runtime');
/** The temporary folder of the runs, so that no other user's files are seen. */
const temporary = inFolder('tmp');

const TINY = [
  ...['--deterministic', '--latent', '8', '--channels', '4', '--units', '4', '--batch', '4'],
  ...['--learning-rate', '0.01', '--autoencoder-epochs', '6', '--epochs', '1'],
];
const SWEPT = TINY.filter((_, index) => index !== 1 && index !== 2); // it has lists of latents
const WINDOW = ['--window', 'stays here', '--seconds', '1'];

/** A game in the window of the test. */
const GAME = {
  name: 'Stays here',
  window: { title: 'stays here' },
  actions: [{ name: 'GO', key: 'Right' }],
  meters: { life: { kind: 'bar', region: { left: 0.1, top: 0.1, width: 0.5, height: 0.1 }, from: 'left' } },
};

/** Command lines in an order in which each finds what it needs; `skip` where the machine lacks something. */
/** Stands for the address of the test's own server. */
const QUEUE = 'QUEUE';

const RUNS: readonly { readonly args: readonly string[]; readonly skip?: string | false }[] = [
  { args: ['model', 'init', '--latent', '8', '--out', 'small'] },
  { args: ['play', '--arena', '--seconds', '1'] },
  { args: ['play', '--arena', '--seconds', '1', '--model', 'small', '--record-video'] },
  { args: ['play', ...WINDOW, '--model', 'small', '--watch'] },
  { args: ['play', '--session', inFolder('blocks'), '--model', 'small'] },
  { args: ['shadow', ...WINDOW, '--model', 'small'] },
  { args: ['record', ...WINDOW, '--name', 'recorded'] },
  { args: ['demos', '--fights', '1', '--no-video', '--name', 'shown'] },
  {
    args: [
      'bench',
      '--arena',
      '--seconds',
      '1',
      '--model',
      'small',
      '--out',
      'measured',
      '--p99-ms',
      '9999',
      '--budget-ms',
      '9999',
    ],
  },
  { args: ['session', 'info', 'shown'] },
  { args: ['session', 'stats', inFolder('blocks'), '--out', 'charts'] },
  { args: ['session', 'sync', 'recorded'] },
  { args: ['session', 'import', 'recorded', '--name', 'imported', '--rate', '5'] },
  { args: ['overlay', 'recorded', '--model', 'small'] },
  { args: ['evaluate', '--arena', '--fights', '2', '--threads', '2', '--model', 'small', '--no-players'] },
  { args: ['evaluate', inFolder('blocks'), '--model', 'small', '--out', 'report', '--figures'] },
  { args: ['compare', 'report/report.json', 'report/report.json'] },
  {
    args: [
      'model',
      'quantize',
      'small',
      '--calibrate',
      inFolder('blocks'),
      '--fights',
      '0',
      '--storage',
      'float16',
      '--out',
      'half',
    ],
  },
  { args: ['setup', 'training', '--engine', 'cpu'] },
  { args: ['train', inFolder('blocks'), '--out', 'trained', ...TINY], skip: lacksEngine },
  {
    args: [
      ...['improve', 'trained', inFolder('blocks'), '--arena', '--rounds', '1', '--fights', '1', '--out', 'better'],
      ...['--compare-fights', '5', '--deterministic', '--epochs', '1'],
    ],
    skip: lacksEngine,
  },
  {
    args: [
      ...['practice', 'trained', '--arena', '--decisions', '1', '--fights', '2', '--out', 'practised'],
      ...['--check-fights', '5', '--compare-fights', '5', '--threads', '2'],
    ],
    skip: lacksEngine,
  },
  {
    args: ['sweep', inFolder('blocks'), '--out', 'swept', '--latents', '8', '--heads', 'gru', ...SWEPT],
    skip: lacksEngine,
  },
  { args: ['worker', '--queue', QUEUE, '--store', 'store', '--work', 'worker', '--idle', '0'], skip: lacksRedis },
  { args: ['queue', 'status', '--queue', QUEUE], skip: lacksRedis },
  { args: ['arena', '--player', 'expert', '--fights', '1'] },
  { args: ['play', '--arena', '--browser', '--seconds', '3', '--model', 'small'], skip: lacks('chromium') },
  { args: ['game', 'check', inFolder('game.json'), '--seconds', '1', '--out', 'checked'] },
  { args: ['evaluate', '--game', inFolder('game.json'), '--fights', '1', '--players', 'idle', '--seconds', '1'] },
  { args: ['windows'] },
  { args: ['doctor'] },
  { args: ['release'] },
  ...['status', 'pause', 'resume', 'arm', 'disarm', 'stop'].map((verb) => ({ args: [verb] })),
  { args: ['threshold', 'JUMP=0.5'] },
];

test(
  'no verb connects beyond this machine, and none writes outside of what docs/files.md names',
  { skip },
  async (t) => {
    for (const path of [cwd, home, runtime, temporary]) mkdirSync(path, { mode: 0o700 });
    await recordBlockSession(folder);
    writeFileSync(inFolder('game.json'), JSON.stringify(GAME));
    await using display = await openDisplay();
    using window = await openTestWindow({ display: display.name, title: 'stays here', width: 320, height: 180 });
    window.takeFocus();
    await using redis = lacksRedis === false ? await RedisServer.start(inFolder('redis')) : null;
    const env = {
      ...display.env,
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      TMPDIR: temporary,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '/', '.cache'), // where the engine is
    };
    for (const { args, skip: lacking = false } of RUNS) {
      await t.test(args.join(' '), { skip: lacking }, async () => {
        const typed = args.map((arg) => (arg === QUEUE ? redis!.address : arg));
        const { result, addresses, written } = await tracedCli(typed, inFolder('strace.log'), { cwd, env });
        const fine = [0, 4]; // 4: no agent runs that could be asked
        assert.ok(fine.includes(result.code ?? -1), `${result.code}: ${result.stderr}`);
        assert.deepEqual(
          addresses.filter((address) => !/^(127\.|::1:|0\.0\.0\.0:0)/.test(address)),
          [],
        );
        assert.deepEqual(
          written.filter((path) => !isDocumented(path)),
          [],
        );
      });
    }
  },
);

/** A checkout's links to the native part of the engine, made by the first training. */
const ENGINE_LINKS = ['lib', 'deps'].map((name) => join(PROJECT_ROOT, 'node_modules/@tensorflow/tfjs-node-gpu', name));

/** The run's own folder, its runtime folder, its temporary folder, and what the system makes of a device or a process. */
function isDocumented(path: string): boolean {
  const allowed = [
    cwd,
    join(runtime, 'understudy'),
    join(temporary, 'understudy-'),
    '/dev/',
    '/proc/',
    ...ENGINE_LINKS,
  ];
  // the X server of a private screen compiles its keymap, and removes it
  return allowed.some((start) => path.startsWith(start)) || /^\/(tmp|var\/lib\/xkb)\/server-\d+\.xkm$/.test(path);
}

test('every verb is watched', () => {
  const watched = new Set(RUNS.map(({ args }) => args[0]));
  assert.deepEqual(
    VERBS.map((make) => make().name()).filter((name) => !watched.has(name)),
    [],
  );
});
