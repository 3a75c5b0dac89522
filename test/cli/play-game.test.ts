/** `play --game`: a game that is started, played fight by fight, restarted in between and ended. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { GameFightRecord } from '../../src/runs/summary.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { KEY } from '../../testing/display/keycodes.js';
import { lacks } from '../../testing/display/x-display.js';
import { writeWindowGame, type WrittenGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';

const stage = displayWithBundle('play-game');
const { folder } = stage;
const skip = lacks('Xvfb');

/** A model whose thresholds make it hold JUMP from its first full window on, a second after a fight has begun. */
async function jumper(): Promise<string> {
  const model = join(folder, 'jumper');
  await smallBundle(model, { actions: ['JUMP', 'DUCK'] });
  return model;
}

async function playArgs({ path }: WrittenGame, ...more: string[]): Promise<string[]> {
  return [
    ...['play', '--game', path, '--model', await jumper(), '--threshold', 'JUMP=0.001/0.0005,DUCK=1', '--activate'],
    ...['--view', 'none', '--budget-ms', '5000', '--lease-ms', '5000', '--runs', join(folder, 'runs'), '--json'],
    ...more,
  ];
}

interface Summary {
  readonly outcome: string;
  readonly fights: readonly GameFightRecord[];
  readonly gatedBy: Readonly<Record<string, number>>;
}

/** Presses of JUMP while no fight was shown; the last screen is recognised after three pictures. */
function jumpsOutside(game: WrittenGame): string[] {
  let shownAtMs = 0;
  return game.log().flatMap(({ scene, keycode, down, atMs }) => {
    if (keycode === undefined) shownAtMs = atMs;
    const isOutside = scene !== 'fight' && (scene === 'title' || atMs - shownAtMs > 500);
    return isOutside && down && keycode === KEY.space ? [`${scene} after ${atMs - shownAtMs} ms`] : [];
  });
}

const isWindowThere = (): boolean =>
  new X11Desktop(stage.display.name).listWindows().some(({ title }) => title.includes('window game'));

test(
  'three fights are played, restarted in between, and reported with outcome, seconds and meters',
  { skip },
  async () => {
    const game = await writeWindowGame(folder, 'three', { fightMs: 3000 });
    const result = await runCli(await playArgs(game, '--fights', '3', '--allow-launch'), { env: stage.display.env });
    assert.equal(result.code, 0, result.stderr);
    const { outcome, fights, gatedBy } = result.json() as Summary;
    assert.deepEqual(
      fights.map((fight) => fight.outcome),
      ['won', 'won', 'won'],
      result.stderr,
    );
    assert.equal(outcome, 'won');
    for (const { seconds, meters } of fights) {
      assert.ok(Math.abs(seconds - 3) < 0.5, `${seconds} s`);
      assert.ok(meters['health'] !== null && meters['health'] < 0.6, `health ${meters['health']}`);
    }
    assert.ok((gatedBy['fight'] ?? 0) > 0, JSON.stringify(gatedBy));
    const keys = game.log().filter(({ keycode, down }) => keycode !== undefined && down);
    const restarts = keys.filter(({ keycode }) => keycode === KEY.enter);
    assert.deepEqual(
      restarts.map(({ scene }) => scene),
      ['title', 'won', 'won'],
    );
    assert.deepEqual(jumpsOutside(game), [], 'outside a fight the restart alone presses');
    assert.match(result.stderr, /fight 2 of 3: won after [23]\.\d s, health 0\.\d/);
    await until('the game is ended with the run', () => !isWindowThere());
    assert.equal(keysDown(stage.eyes).size, 0);
  },
);

test('without --allow-launch no command is run, and it is said which ones', { skip }, async () => {
  const game = await writeWindowGame(folder, 'not-started', {}, { outcome: { command: ['./tell.sh'] } });
  const result = await runCli(await playArgs(game, '--fights', '2'), { env: stage.display.env });
  assertError(result, 4, 'window-not-found', /the window game/);
  assert.match(result.stderr, /the commands of not-started are not run \(.*window-game\.js.*; \.\/tell\.sh\)/);
  assert.deepEqual(game.log(), []);
});

test('a game that restarts by itself needs no restart: its fights are played as they come', { skip }, async () => {
  const game = await writeWindowGame(folder, 'auto', { begins: 'auto', fightMs: 1000 }, { restart: undefined });
  const result = await runCli(await playArgs(game, '--fights', '2', '--allow-launch'), { env: stage.display.env });
  assert.equal(result.code, 0, result.stderr);
  assert.equal((result.json() as Summary).fights.length, 2);
  assert.deepEqual(jumpsOutside(game), []);
});

test('Ctrl-C ends the run, the keys and the game that it started', { skip }, async () => {
  const game = await writeWindowGame(folder, 'interrupted', { begins: 'auto', fightMs: 60_000 });
  const run = startCli(await playArgs(game, '--allow-launch'), { env: stage.display.env });
  await until('JUMP is held', () => keysDown(stage.eyes).has(KEY.space), 30_000);
  run.child.kill('SIGINT');
  const result = await run.result;
  assert.equal(result.code, 130, result.stderr);
  assert.equal(keysDown(stage.eyes).size, 0);
  await until('the game is gone', () => !isWindowThere());
});

test(
  'a game that cannot be started, ends at once or opens no window is an error with what it printed last',
  { skip },
  async () => {
    const launch = async (name: string, ...command: string[]) => {
      const game = await writeWindowGame(folder, name, {}, { launch: { command } });
      return await runCli(await playArgs(game, '--allow-launch'), { env: stage.display.env });
    };
    assertError(
      await launch('absent', './no-such-game'),
      4,
      'launch-failed',
      /could not be started: it could not be run: spawn .* ENOENT\. It printed nothing/,
    );
    const script = 'console.log("loading"); console.error("no sound device"); process.exit(3)';
    const failed = await launch('failing', process.execPath, '-e', script);
    assertError(failed, 4, 'launch-failed', /it ended with code 3 before its window was there/);
    assert.match(failed.stderr, /loading\s+no sound device/);
  },
);

test(
  'a game that runs but opens no window in time is an error that says so, and none of its processes is left',
  { skip },
  async () => {
    const script = 'echo loading the sound; sleep 3600 & echo $$ $! > pids; wait';
    const game = await writeWindowGame(folder, 'windowless', {}, { launch: { command: ['/bin/sh', '-c', script] } });
    const args = await playArgs(game, '--allow-launch', '--wait', '1.5');
    const result = await runCli(args, { env: stage.display.env });
    const message =
      /The game windowless could not be started: it runs, but no window that fits opened within 1\.5 s \(--wait/;
    assertError(result, 4, 'launch-failed', message);
    assert.match(result.stderr, /It printed last:\s+loading the sound/);
    assert.match(result.stderr, /next\s+Run the command of .*game\.json by hand in .*windowless, .*understudy windows/);
    const pids = readFileSync(join(dirname(game.path), 'pids'), 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.equal(existsSync(`/proc/${pid}`), false, `${pid} is left`);
  },
);

test('a restart that does not lead to a fight is an error by name', { skip }, async () => {
  const restart = [{ tap: 'Left' }, { until: 'fighting', withinMs: 1000 }];
  const game = await writeWindowGame(folder, 'stuck', {}, { restart });
  const result = await runCli(await playArgs(game, '--fights', '2', '--allow-launch'), { env: stage.display.env });
  assertError(result, 4, 'restart-failed', /The restart of stuck did not lead to a fight/);
  await until('the game is gone', () => !isWindowThere());
});

const ANSWERS = [
  ['answers', '#!/bin/sh\necho warming up\necho \'{"outcome": "lost", "score": 1230}\'', 'lost', 1230, null],
  ['rubbish', '#!/bin/sh\necho score: 12', 'ended', null, /ended well and printed: score: 12; expected a last line/],
  ['failing', '#!/bin/sh\necho no such file >&2\nexit 1', 'ended', null, /ended with code 1 and printed: no such file/],
  ['hanging', '#!/bin/sh\nsleep 3600', 'ended', null, /did not end within 500 ms/],
] as const;

for (const [name, script, outcome, score, problem] of ANSWERS) {
  test(`an outcome program that is ${name} is asked after the fight`, { skip }, async () => {
    const command = { command: ['./tell.sh'], withinMs: 500 };
    const game = await writeWindowGame(
      folder,
      `outcome-${name}`,
      { begins: 'auto', fightMs: 700 },
      { outcome: command },
    );
    const path = join(dirname(game.path), 'tell.sh');
    writeFileSync(path, `${script}\n`);
    chmodSync(path, 0o755);
    const args = await playArgs(game, '--fights', '1', '--allow-launch');
    const result = await runCli(args, { env: stage.display.env });
    assert.equal(result.code, 0, result.stderr);
    const [fight] = (result.json() as Summary).fights;
    assert.deepEqual([fight.outcome, fight.meters['score']], [outcome, score]);
    if (problem === null) assert.equal(fight.problem, undefined);
    else assert.match(fight.problem ?? '', problem);
    if (problem !== null) assert.match(result.stderr, problem);
  });
}

test('fights cannot be counted without a cue, and there is nothing to permit without a command', { skip }, async () => {
  const bare = await writeWindowGame(folder, 'bare', {}, { cues: undefined, restart: undefined, launch: undefined });
  const env = { env: stage.display.env };
  assertError(await runCli(await playArgs(bare, '--fights', '2'), env), 2, 'bad-option', /has no cue/);
  assertError(await runCli(await playArgs(bare, '--allow-launch'), env), 2, 'bad-option', /neither `launch` nor/);
  const noGame = ['play', '--window', 'x', '--fights', '2'];
  assertError(await runCli(noGame, env), 2, 'bad-option', /--fights needs a game file/);
});
