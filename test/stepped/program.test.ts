import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NONE_HELD } from '../../src/core/action-set.js';
import { describeGame, steppedOf } from '../../src/stepped/games/program.js';
import { rulesOf } from '../../src/stepped/games/index.js';
import type { Stepped, SteppedGame } from '../../src/stepped/stepped-game.js';
import { ProgramTalk } from '../../src/stepped/program-talk.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { hasCode } from '../../testing/error-code.js';
import { processesIn } from '../../testing/processes-in.js';
import { catchGame } from '../../testing/stepped/catch-game.js';
import { until } from '../../testing/until.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('stepped-program');
let games = 0;

async function described(args: readonly string[] = [], withinMs = 10_000) {
  games += 1;
  const file = catchGame(join(folder, `game-${games}`), args);
  return await describeGame({ ...steppedOf(file, true), stepped: { ...file.stepped!, withinMs } }, 10);
}

async function opened(args: readonly string[] = [], withinMs = 10_000): Promise<SteppedGame> {
  return await rulesOf(await described(args, withinMs)).open(10, STUDY_CONTRACT, { withDemonstrator: true });
}

/** By the demonstrator's keys, or without any. */
async function playOut(game: SteppedGame, seed: number, demonstrates: boolean): Promise<Stepped[]> {
  let { demonstrator } = await game.reset(seed);
  const periods: Stepped[] = [];
  for (let outcome: string | null = null; outcome === null;) {
    const stepped = await game.step(demonstrates ? demonstrator! : NONE_HELD);
    periods.push({ ...stepped, picture: { ...stepped.picture, pixels: stepped.picture.pixels.slice() } });
    ({ demonstrator, outcome } = stepped);
  }
  return periods;
}

test('a program steps a game: the same seed and keys give the same fight, and game time counts by itself', async () => {
  await using game = await opened();
  const won = await playOut(game, 7, true);
  const again = await playOut(game, 7, true);
  const still = await playOut(game, 7, false);
  assert.deepEqual(again, won);
  assert.equal(won.at(-1)!.outcome, 'won');
  assert.equal(still.at(-1)!.outcome, 'lost');
  const sum = (name: string): number => won.reduce((total, { events }) => total + (events[name] ?? 0), 0);
  assert.deepEqual([sum('caught'), sum('missed'), won.length], [3, 0, 36]);
  assert.ok(Math.abs(sum('seconds') - 3.6) < 1e-9);
});

test('its pictures may be gray, RGB or BGRA; all arrive as BGRA', async () => {
  const firsts = [];
  for (const pixels of ['gray', 'rgb', 'bgra']) {
    await using game = await opened(['--pixels', pixels]);
    const { picture } = await game.reset(3);
    assert.deepEqual([picture.width, picture.height, picture.pixels.length], [32, 24, 32 * 24 * 4]);
    const paddle = (23 * 32 + 16) * 4;
    firsts.push([...picture.pixels.subarray(paddle, paddle + 4)]);
  }
  assert.deepEqual(firsts, [
    [240, 240, 240, 255],
    [120, 180, 240, 255],
    [120, 180, 240, 255],
  ]);
});

test('what a program does wrong is named, with what it printed', async () => {
  const failing = async (args: readonly string[], says: RegExp, withinMs?: number): Promise<void> => {
    const attempt = async (): Promise<void> => {
      await using game = await opened(args, withinMs);
      await playOut(game, 1, true);
    };
    await assert.rejects(attempt, (error: Error) => {
      hasCode('step-failed')(error);
      assert.match(error.message, says);
      return true;
    });
  };
  await failing(['--fault', 'ends', '--at', '0'], /it ended with code 3\. It printed last:\nthe engine is gone/);
  await failing(
    ['--fault', 'ends', '--at', '5'],
    /in the fight of seed 1, period 4: it ended with code 3\. It printed last:\nthe engine is gone/,
  );
  await failing(['--fault', 'silent', '--at', '3'], /it did not answer within 1500 ms/, 1500);
  await failing(
    ['--fault', 'text', '--at', '1'],
    /at its beginning: it answered 'Loading\.\.\.', which is not JSON: something else was printed/,
  );
  await failing(['--fault', 'judged'], /judgedBy: neither 'wins' nor one of the events/);
  await failing(['--fault', 'event', '--at', '3'], /it tells of 'gained', which is none of its events/);
  await failing(
    ['--fault', 'outcome', '--at', '3'],
    /its answer .*"outcome":"drawn".* does not fit: outcome: Invalid option/,
  );
  await failing(['--fault', 'action', '--at', '2'], /its demonstrator holds 'TO_HEAVEN', which is not an action/);
  await failing(['--fault', 'short', '--at', '1'], /of its picture came 760 of 768 bytes within 1500 ms/, 1500);
  await failing(['--fault', 'both', '--at', '1'], /holds TO_LEFT and TO_RIGHT, which are never held together/);
  await failing(['--fault', 'missing-answer'], /it closed its output|it ended with code/);
});

test('what is never held together does not reach the program: what is held stays, what would join it is not added', async () => {
  const log = join(folder, 'held.txt');
  const file = catchGame(join(folder, 'apart'), ['--log', log]);
  await using game = await rulesOf(await describeGame(steppedOf(file, true), 10)).open(10, STUDY_CONTRACT);
  await game.reset(1);
  for (const held of [3, 1, 3, 2, 3, 0]) await game.step(held);
  const held = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  assert.deepEqual(held, [[], ['TO_LEFT'], ['TO_LEFT'], ['TO_RIGHT'], ['TO_RIGHT'], []]);
});

test('a command that cannot be run is named', async () => {
  const file = catchGame(join(folder, 'absent'), [], { stepped: { command: ['./no-such-program'] } });
  await assert.rejects(describeGame(steppedOf(file, true), 10), (error: Error) => {
    hasCode('step-failed')(error);
    assert.match(error.message, /no-such-program, before the first fight: could not be run: .*ENOENT/);
    return true;
  });
});

test('a program is run only where the user permits it, and only where the file names one', () => {
  const file = catchGame(join(folder, 'asked'));
  assert.throws(() => steppedOf(file, false), /it is not run unasked/);
  assert.throws(() => steppedOf({ ...file, stepped: null }, true), /names no program that steps the game/);
});

test('a program that stays when its input ends is killed', async () => {
  const file = catchGame(join(folder, 'stays'), ['--fault', 'stays']);
  const talk = new ProgramTalk({ ...file.stepped!, folder: file.folder });
  await talk.ask({ understudy: 1, actions: [], rateHz: 10 }, 0);
  const running = (): string[] => processesIn(file.folder);
  assert.equal(running().length, 1);
  await talk[Symbol.asyncDispose]();
  await until('the program is gone', () => running().length === 0);
});
