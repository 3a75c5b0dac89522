/** The live score: the same fights as live play, however many go at once and however the work is shared. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AgentLoop } from '../../src/agent/loop.js';
import { ArenaStage } from '../../src/arena/live.js';
import { playFights } from '../../src/arena/play-fights.js';
import { PLAYER_NAMES } from '../../src/arena/players/index.js';
import { ARENA_ACTIONS } from '../../src/arena/actions.js';
import { VirtualClock } from '../../src/core/clock.js';
import { scoreInArena, type ArenaScore, type ArenaScoreOptions } from '../../src/evaluation/arena/score.js';
import type { Bundle } from '../../src/policy/bundle.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { expertPictures } from '../../testing/sessions/fights.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const folder = folderForTests('arena-score');
let bundle: Bundle;

before(async () => {
  // its thresholds are centred on its own answers to a fight, so that keys go up and down all the time
  bundle = await smallBundle(`${folder}/small`, { latent: 16, seed: 3, frames: expertPictures(120) });
});

type Overrides = Partial<ArenaScoreOptions>;

async function score(overrides: Overrides = {}): Promise<ArenaScore> {
  const options = { bundle, fights: 3, seed: 40, threads: 1, withPlayers: false, ...overrides };
  const result = await scoreInArena(options);
  assert.ok(result !== null);
  return result;
}

/** A fight as `play --arena` plays it, on a virtual clock: whole pictures, one encoder run for each. */
async function playedLive(seed: number, rateHz: number, apply?: 'at-once' | 'next-tick') {
  const clock = new VirtualClock();
  await using stage = await ArenaStage.open({ clock, seed });
  await using policy = await openPolicy({ bundle, clock, rateHz, ...(apply === undefined ? {} : { apply }) });
  const pressed = new Set<number>();
  const loop = new AgentLoop({
    clock,
    source: stage,
    policy,
    sink: stage,
    gates: [],
    observers: [{ onTick: (report) => void pressed.add(report.held) }],
    rateHz,
    budgetMs: 50,
    applyDelayTicks: policy.applyDelayTicks,
    leaseMs: 250,
    maxLateInRow: 3,
    signal: new AbortController().signal,
    isOver: () => stage.outcome !== null,
    onRelease: () => undefined,
    onObserverTrouble: () => undefined,
  });
  await loop.run();
  return { stateHash: stage.stateHash(), summary: stage.summary, heldSets: pressed.size };
}

for (const [rateHz, apply] of [
  [10, undefined],
  [10, 'at-once'],
  [12, undefined],
] as const) {
  test(`fights in lockstep are the fights of the live loop, at ${rateHz} Hz, ${apply ?? 'as the bundle says'}`, async () => {
    const { perFight } = await score({ fights: 3, rateHz, batchSize: 2, ...(apply === undefined ? {} : { apply }) });
    for (const [index, fight] of perFight.entries()) {
      const live = await playedLive(40 + index, rateHz, apply);
      assert.ok(live.heldSets > 4, 'the model presses and releases');
      assert.equal(fight.stateHash, live.stateHash);
      assert.deepEqual({ ...live.summary, stateHash: live.stateHash }, fight);
    }
  });
}

test('the score is the same to the last byte, however many fights go at once and on however many threads', async () => {
  const first = JSON.stringify(await score({ fights: 5, withPlayers: true, batchSize: 4 }));
  for (const [batchSize, threads] of [
    [4, 1],
    [1, 1],
    [2, 2],
  ]) {
    assert.equal(JSON.stringify(await score({ fights: 5, withPlayers: true, batchSize, threads })), first);
  }
});

test('the scripted players play the same fights as by themselves', async () => {
  const { players, seed, fights } = await score({ fights: 6, withPlayers: true });
  assert.deepEqual(Object.keys(players!), [...PLAYER_NAMES]);
  for (const player of PLAYER_NAMES) {
    const alone = playFights({ player, fights, seed, level: 'normal' });
    const row = players![player];
    assert.deepEqual(
      [row.wins, row.winRate, row.meanSeconds, row.meanHits, row.meanDamage],
      [alone.wins, alone.winRate, alone.meanSeconds, alone.meanHits, alone.meanDamage],
    );
    const [low, high] = row.winRate95;
    assert.ok(low <= row.winRate && row.winRate <= high);
  }
  assert.equal(players!.expert.wins, 6);
  assert.equal(players!.idle.wins, 0);
});

test('the row adds up the fights, phase by phase', async () => {
  const { players, perFight, ...row } = await score({ fights: 6, withPlayers: true });
  assert.equal(row.fights, perFight.length);
  assert.equal(row.wins, perFight.filter(({ outcome }) => outcome === 'won').length);
  assert.equal(row.meanSeconds, perFight.reduce((sum, { seconds }) => sum + seconds, 0) / 6);
  const { byPhase } = players!.expert;
  assert.deepEqual(
    byPhase.map(({ phase, reached, passed, passRate, meanHits }) => [phase, reached, passed, passRate, meanHits]),
    [
      [1, 6, 6, 1, 60],
      [2, 6, 6, 1, 60],
      [3, 6, 6, 1, 42],
    ],
  );
  assert.deepEqual(
    players!.idle.byPhase.map(({ reached, passed }) => [reached, passed]),
    [
      [6, 0],
      [0, 0],
      [0, 0],
    ],
  );
});

test('a delay of one period with decisions sent at once is the horizon of one tick', async () => {
  const late = await score({ apply: 'at-once', delayMs: 100 });
  const planned = await score({ apply: 'next-tick', delayMs: 0 });
  assert.deepEqual(late.perFight, planned.perFight);
});

test('a delay shorter than a step of the game changes nothing, one of a few steps does', async () => {
  const hashes = async (delayMs: number) =>
    (await score({ fights: 2, delayMs })).perFight.map(({ stateHash }) => stateHash);
  const none = await hashes(0);
  assert.deepEqual(await hashes(5), none);
  assert.notDeepEqual(await hashes(50), none);
});

test('pictures of another size are preprocessed at that size: other grays, other fights', async () => {
  const usual = await score();
  const small = await score({ size: { width: 320, height: 180 } });
  assert.deepEqual(small.picture, { width: 320, height: 180 });
  assert.notDeepEqual(small.perFight, usual.perFight);
});

test('thresholds that nothing reaches leave the agent standing like the idle player', async () => {
  const never = { press: 1, release: 1 };
  const { perFight, players } = await score({
    thresholds: Object.fromEntries(ARENA_ACTIONS.names.map((action) => [action, never])),
    withPlayers: true,
  });
  assert.equal(perFight[0].shotsFired, 0);
  assert.equal(players!.idle.meanSeconds, perFight.reduce((sum, { seconds }) => sum + seconds, 0) / 3);
});

test('progress never passes the number of fights and ends with it', async () => {
  const seen: number[] = [];
  await score({
    fights: 5,
    batchSize: 2,
    onProgress: ({ done, total, finished }) => {
      assert.ok(done >= 0 && done <= total && finished <= done);
      seen.push(finished);
    },
  });
  assert.equal(seen.at(-1), 5);
});

for (const threads of [1, 2]) {
  test(`a signal ends the fights between two ticks and gives no score, with ${threads} threads`, async () => {
    const stop = new AbortController();
    const options = { bundle, fights: 400, seed: 1, threads, signal: stop.signal, onProgress: () => stop.abort() };
    assert.equal(await scoreInArena(options), null);
  });
}

test('an error in a thread is reported as the same error', async () => {
  const damaged: Bundle = { ...bundle, encoder: new Uint8Array(10) };
  for (const threads of [1, 2]) {
    await assert.rejects(scoreInArena({ bundle: damaged, fights: 4, seed: 1, threads }), hasCode('bundle-corrupt'));
  }
});

test('a rate that the model was not trained for is refused before anything is played', async () => {
  await assert.rejects(scoreInArena({ bundle, fights: 1, seed: 1, rateHz: 30 }), hasCode('bad-rate'));
});
