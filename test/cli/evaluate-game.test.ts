/** `evaluate --game`: models and plain players in a game that is started, in turns. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import type { GameEvaluation } from '../../src/runs/game/evaluate-game.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { KEY } from '../../testing/display/keycodes.js';
import { lacks } from '../../testing/display/x-display.js';
import { writeWindowGame, type WrittenGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';

const stage = displayWithBundle('evaluate-game');
const { folder } = stage;
const skip = lacks('Xvfb');

function evaluateArgs({ path }: Pick<WrittenGame, 'path'>, ...more: string[]): string[] {
  return ['evaluate', '--game', path, '--runs', join(folder, 'runs'), '--budget-ms', '5000', '--json', ...more];
}

test(
  'a model and plain players play in turns; the rows say who won, for how long, and by how much',
  { skip },
  async () => {
    const model = join(folder, 'ducker');
    await smallBundle(model, { actions: ['JUMP', 'DUCK'] });
    const game = await writeWindowGame(folder, 'turns', { fightMs: 3000 });
    const args = evaluateArgs(game, '--allow-launch', '--fights', '2', '--model', model);
    const players = ['--players', 'idle,hold:jump', '--threshold', 'JUMP=1,DUCK=0.001/0.0005'];
    const result = await runCli([...args, ...players], { env: stage.display.env });
    assert.equal(result.code, 0, result.stderr);
    const scores = result.json() as GameEvaluation;
    assert.deepEqual([scores.game, scores.fights, scores.complete], ['turns', 2, true]);
    assert.deepEqual(
      scores.players.map(({ player, fights, won, lost, ended }) => [player, fights, won, lost, ended]),
      [
        ['ducker', 2, 0, 2, 0],
        ['idle', 2, 0, 2, 0],
        ['hold:JUMP', 2, 2, 0, 0],
      ],
      result.stderr,
    );
    for (const { seconds, meters, latencyMs, winRate95, gatedTicks } of scores.players) {
      assert.ok(Math.abs(seconds.mean - 3) < 0.5, `${seconds.mean} s`);
      assert.deepEqual([seconds.low, seconds.n], [null, 2], 'too few fights for an interval');
      assert.ok(meters['health'] !== undefined && latencyMs !== null && winRate95 !== null);
      assert.equal(gatedTicks, 0);
    }
    assert.deepEqual(
      scores.differences.map(({ a, b, seconds }) => [a, b, seconds.n]),
      [
        ['ducker', 'idle', 2],
        ['ducker', 'hold:JUMP', 2],
        ['idle', 'hold:JUMP', 2],
      ],
    );
    const scenes = game.log().filter(({ keycode }) => keycode === undefined);
    const ends = scenes.map(({ scene }) => scene).filter((scene) => scene === 'won' || scene === 'lost');
    assert.deepEqual(ends, ['lost', 'lost', 'won', 'lost', 'lost', 'won'], 'in turns');
    const down = game.log().filter((line) => line.down && line.scene === 'fight');
    assert.deepEqual([...new Set(down.map(({ keycode }) => keycode))].sort(), [KEY.space, 116].sort());
    const kept = readFileSync(join(scores.runDir, 'fights.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(kept.length, 7, 'what was evaluated, and each fight');
  },
);

test('an interrupted evaluation keeps its fights, and --resume plays those that are missing', { skip }, async () => {
  const game = await writeWindowGame(folder, 'kept', { begins: 'auto', fightMs: 1000 }, { restart: undefined });
  const args = evaluateArgs(game, '--allow-launch', '--players', 'idle,random', '--fights', '2');
  const run = startCli(args, { env: stage.display.env });
  await run.untilSaid('1 of 4: idle');
  run.child.kill('SIGINT');
  const stopped = await run.result;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.equal(keysDown(stage.eyes).size, 0);
  const first = stopped.json() as GameEvaluation;
  assert.equal(first.complete, false);
  const played = first.players.reduce((sum, { fights }) => sum + fights, 0);
  assert.ok(played >= 1 && played < 4, `${played} fights`);
  appendFileSync(join(first.runDir, 'fights.jsonl'), '{"player": "idle", "round": 1, "outc'); // cut off by a kill
  const again = await runCli([...args, '--resume', first.runDir], { env: stage.display.env });
  assert.equal(again.code, 0, again.stderr);
  const whole = again.json() as GameEvaluation;
  assert.deepEqual(
    whole.players.map(({ player, fights }) => [player, fights]),
    [
      ['idle', 2],
      ['random', 2],
    ],
  );
  assert.equal(again.stderr.match(/ of 4: /g)?.length, 4 - played);
  const other = evaluateArgs(game, '--allow-launch', '--players', 'idle', '--resume', whole.runDir);
  assertError(await runCli(other, { env: stage.display.env }), 3, 'run-invalid', /fights of kept with idle, random/);
});

test('a game without cues is played in fights of --seconds', { skip }, async () => {
  const bare = { cues: undefined, restart: [{ tap: 'Return' }], meters: undefined };
  const game = await writeWindowGame(folder, 'bare', { fightMs: 60_000 }, bare);
  const args = evaluateArgs(game, '--allow-launch', '--players', 'idle,hold:DUCK', '--fights', '1', '--seconds', '1');
  const result = await runCli(args, { env: stage.display.env });
  assert.equal(result.code, 0, result.stderr);
  const { players } = result.json() as GameEvaluation;
  assert.deepEqual(
    players.map(({ player, ended, winRate, seconds }) => [player, ended, winRate, seconds.mean]),
    [
      ['idle', 1, null, 1],
      ['hold:DUCK', 1, null, 1],
    ],
  );
});

test('a fight whose time is up counts, and the next player begins with a fight of its own', { skip }, async () => {
  const game = await writeWindowGame(folder, 'long', { begins: 'auto', fightMs: 2500 }, { restart: undefined });
  const args = evaluateArgs(game, '--allow-launch', '--players', 'hold:JUMP,idle', '--fights', '1', '--seconds', '1');
  const result = await runCli(args, { env: stage.display.env });
  assert.equal(result.code, 0, result.stderr);
  const { players } = result.json() as GameEvaluation;
  assert.deepEqual(
    players.map(({ ended, seconds }) => [ended, seconds.mean]),
    [
      [1, 1],
      [1, 1],
    ],
  );
  assert.match(result.stderr, /waiting for the end of the fight whose time is up; nothing is pressed/);
});

test('what cannot be evaluated is refused before anything is started', { skip }, async () => {
  const game = await writeWindowGame(folder, 'refused');
  const run = (...more: string[]) => runCli(evaluateArgs(game, '--allow-launch', ...more), { env: stage.display.env });
  assertError(await run('--players', 'idle,expert'), 2, 'bad-option', /'expert' is not a player/);
  assertError(await run('--players', 'hold:FIRE'), 2, 'bad-option', /'FIRE' of 'hold:FIRE' is not an action/);
  assertError(await run('--players', 'idle,idle'), 2, 'bad-option', /named twice/);
  assertError(await run('--no-players'), 2, 'bad-option', /No player is left/);
  assert.deepEqual(game.log(), []);
  const bare = await writeWindowGame(folder, 'endless', {}, { cues: undefined, restart: undefined });
  const endless = await runCli(evaluateArgs(bare), { env: stage.display.env });
  assertError(endless, 2, 'bad-option', /nothing ends one/);
  const arena = ['evaluate', '--arena', '--players', 'idle', '--fights', '1'];
  assertError(await runCli(arena), 2, 'bad-option', /the arena has its own/);
  writeFileSync(join(folder, 'empty'), '');
  assertError(await run('--resume', join(folder, 'nowhere')), 3, 'file-missing', /not the run folder/);
});
