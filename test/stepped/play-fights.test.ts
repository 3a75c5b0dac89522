import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { VirtualClock } from '../../src/core/clock.js';
import { scoreInArena } from '../../src/evaluation/arena/score.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { SHIPPED_BUNDLE } from '../../src/policy/shipped-bundle.js';
import { behaviourOf } from '../../src/stepped/behaviour.js';
import { playAsItDoes, PlayerThreads } from '../../src/stepped/player-threads.js';
import { rulesOf } from '../../src/stepped/games/index.js';
import type { Seen, Stepped, SteppedGame } from '../../src/stepped/stepped-game.js';
import { SteppedStage } from '../../src/stepped/stepped-stage.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { hasCode } from '../../testing/error-code.js';
import { processesIn } from '../../testing/processes-in.js';
import { CATCH_ACTIONS, catchGame } from '../../testing/stepped/catch-game.js';
import { describeGame, steppedOf } from '../../src/stepped/games/program.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('practice-fights');
const { signal } = new AbortController();
const game = { kind: 'arena', levels: ['hard'] } as const;
const rewards = { hits: 0.01, damage: -0.5 };
const nothing = (): void => undefined;

let small: Bundle;
before(async () => {
  small = await smallBundle(`${folder}/small`);
});

/** Counts its periods, remembers what was held in each, and is over after five. */
class CountingGame implements SteppedGame {
  readonly processes = [];
  readonly held: HeldActions[] = [];
  readonly #pixels = new Uint8Array(4);

  reset(): Promise<Seen> {
    this.held.length = 0;
    return Promise.resolve({ picture: { width: 1, height: 1, pixels: this.#pixels }, demonstrator: null });
  }

  step(held: HeldActions): Promise<Stepped> {
    this.held.push(held);
    const picture = { width: 1, height: 1, pixels: this.#pixels };
    const outcome = this.held.length === 5 ? 'over' : null;
    return Promise.resolve({ picture, events: { periods: 1 }, outcome, demonstrator: null });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

test('keys reach a stepped game as they reach one that runs: those of a deadline count from its picture on', async () => {
  const counting = new CountingGame();
  const clock = new VirtualClock();
  let periods = 0;
  const stage = new SteppedStage(counting, clock, 1, ({ events }) => (periods += events['periods']));
  await stage.next();
  stage.apply(1); // after the picture, at the same time: from now on
  await clock.sleepUntil(100);
  stage.apply(2); // at the next deadline, before its picture: the period that it shows was played with 1
  await stage.next();
  await clock.sleepUntil(200);
  stage.apply(3);
  await stage.next();
  await clock.sleepUntil(300);
  stage.releaseAll();
  await stage.next();
  await clock.sleepUntil(400);
  await stage.next();
  assert.deepEqual(counting.held, [1, 2, 3, NONE_HELD]);
  assert.deepEqual([stage.outcome, periods], [null, 4]);
  await stage.next();
  assert.deepEqual([stage.outcome, periods], ['over', 5]);
  assert.equal(stage.edgesSent, 6); // 1 down; 1 up and 2 down; 1 down; both up
});

test('fights by thresholds are those of evaluate --arena', async () => {
  const bundle = await readBundle(SHIPPED_BUNDLE);
  const fights = 3;
  const seed = 1_000_000;
  await using players = new PlayerThreads({ bundle, game, threads: 1, fights: 6 });
  const { head } = bundle;
  const played = (await players.play({ head, practice: null, firstSeed: seed, fights, signal, onFight: nothing }))!;
  const score = (await scoreInArena({ bundle, fights, seed, level: 'hard', withPlayers: false }))!;
  const facts = score.perFight.map(({ outcome, hits, damage, seconds }) => ({ outcome, hits, damage, seconds }));
  assert.deepEqual(
    played.map(({ outcome, events }) => ({
      outcome,
      hits: events['hits'],
      damage: events['damage'],
      seconds: Number(events['seconds'].toFixed(6)),
    })),
    facts.map((fact) => ({ ...fact, seconds: Number(fact.seconds.toFixed(6)) })),
  );
  assert.ok(played.every(({ taken }) => taken === null));
});

test('fights of several levels are those of each level, in turn by seed, and are known as both', async () => {
  const play = async (levels: readonly ('hard' | 'normal')[], firstSeed: number, fights: number) => {
    await using players = new PlayerThreads({ bundle: small, game: { kind: 'arena', levels }, threads: 1, fights });
    return (await players.play({ head: small.head, practice: null, firstSeed, fights, signal, onFight: nothing }))!;
  };
  const mixed = await play(['hard', 'normal'], 600_000, 4);
  const [hard, normal] = [await play(['hard'], 600_000, 4), await play(['normal'], 600_000, 4)];
  assert.notDeepEqual(hard, normal);
  assert.deepEqual(mixed, [hard[0], normal[1], hard[2], normal[3]]);
  const { name, fightsOf } = rulesOf({ kind: 'arena', levels: ['hard', 'normal', 'hard'] });
  assert.deepEqual({ name, fightsOf }, { name: 'arena, hard and normal', fightsOf: ['arena, hard', 'arena, normal'] });
});

test('drawn fights are the same on one thread and on two, and each decision has its window and its reward', async () => {
  const behaviour = behaviourOf(small.manifest, 0.5);
  const fights = 6;
  const practice = { behaviour, rewards };
  const order = { head: small.head, practice, firstSeed: 600_000, fights, signal, onFight: nothing };
  await using one = new PlayerThreads({ bundle: small, game, threads: 1, fights: 6 });
  await using two = new PlayerThreads({ bundle: small, game, threads: 2, fights: 6 });
  const alone = (await one.play(order))!;
  assert.deepEqual(await two.play(order), alone);
  assert.deepEqual(await one.play(order), alone); // threads keep nothing from one order to the next
  assert.deepEqual(
    alone.map(({ seed }) => seed),
    Array.from({ length: fights }, (_, index) => 600_000 + index),
  );
  const { latentSize, windowLength } = small.manifest;
  for (const { taken, events } of alone) {
    const { latents, drawn, rewards: given } = taken!;
    const pictures = latents.length / latentSize;
    assert.equal(drawn.length, pictures - windowLength + 1);
    assert.equal(given.length, drawn.length);
    assert.ok(drawn.some((bits) => bits !== drawn[0]));
    const sum = given.reduce((total, reward) => total + reward, 0);
    assert.ok(Math.abs(sum - (rewards.hits * events['hits'] + rewards.damage * events['damage'])) < 1e-4);
  }
});

test('an abort ends the order without fights, and the threads play on', async () => {
  await using players = new PlayerThreads({ bundle: small, game, threads: 1, fights: 6 });
  const order = { head: small.head, practice: null, firstSeed: 1, onFight: nothing };
  assert.equal(await players.play({ ...order, fights: 40, signal: AbortSignal.abort() }), null);
  assert.equal((await players.play({ ...order, fights: 2, signal }))?.length, 2);
});

test('a thread that cannot play says why', async () => {
  await using players = new PlayerThreads({ bundle: small, game, threads: 1, fights: 6 });
  const order = { head: new Uint8Array(8), practice: null, firstSeed: 1, fights: 1, signal, onFight: nothing };
  await assert.rejects(players.play(order), /does not run/);
});

test('where a program of one thread fails, its siblings and the other threads end at once', async () => {
  const file = catchGame(join(folder, 'fails'), ['--fault', 'ends', '--at', '200']);
  const named = await describeGame(steppedOf(file, true), 10);
  const bundle = await smallBundle(join(folder, 'catcher'), { actions: CATCH_ACTIONS, leftAlone: [] });
  const beganMs = performance.now();
  const fights = { firstSeed: 1, fights: 100_000, signal, onFight: nothing };
  await assert.rejects(playAsItDoes({ bundle, game: named, threads: 2, ...fights }), hasCode('step-failed'));
  assert.ok(performance.now() - beganMs < 60_000, 'not all fights were played');
  assert.deepEqual(processesIn(file.folder), []);
});
