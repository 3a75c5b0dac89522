/** The arena on a clock: it advances only when asked, by what was held since the last time. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { VirtualClock } from '../../src/core/clock.js';
import { ArenaStage, type ArenaStageOptions } from '../../src/arena/live.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { replay } from '../../src/arena/replay.js';

type Options = Omit<ArenaStageOptions, 'clock' | 'seed'>;

async function openStage(options: Options = {}): Promise<{ stage: ArenaStage; clock: VirtualClock }> {
  const clock = new VirtualClock();
  const size = { width: 128, height: 72 };
  return { clock, stage: await ArenaStage.open({ clock, seed: 1, size, ...options }) };
}

test('the fight begins with the first picture and follows the clock in steps of 1/60 s', async () => {
  const { stage, clock } = await openStage();
  await clock.sleepUntil(5000);
  const first = await stage.next();
  assert.equal(stage.state.step, 0, 'time before the first picture does not count');
  assert.equal(first.capturedAtMs, 5000);
  await clock.sleepUntil(5100);
  assert.equal(stage.state.step, 0, 'nothing runs until it is asked');
  const second = await stage.next();
  assert.equal(stage.state.step, 6);
  assert.deepEqual([first.index, second.index], [0, 1]);
  assert.equal(second.stale, false);
});

test('a key counts from the moment it is applied, not before', async () => {
  const { stage, clock } = await openStage();
  await stage.next();
  await clock.sleepUntil(2000);
  stage.apply(STUDY_ACTIONS.holding('SHOOT'));
  assert.equal(stage.state.shotsFired, 0);
  assert.equal(stage.state.step, 120);
  await clock.sleepUntil(2500);
  stage.apply(NONE_HELD);
  assert.equal(stage.state.shotsFired, 3);
  assert.equal(stage.edgesSent, 2);
  assert.deepEqual(stage.inputs, [
    [0, 120],
    [32, 30],
  ]);
});

test('a tap shorter than a step still counts for one', async () => {
  const { stage, clock } = await openStage();
  await stage.next();
  await clock.sleepUntil(2000);
  stage.apply(STUDY_ACTIONS.holding('JUMP'));
  await clock.sleepUntil(2005);
  stage.apply(NONE_HELD);
  await clock.sleepUntil(2100);
  await stage.next();
  assert.ok(stage.state.player.airSteps > 0);
});

test('repeated says that the pixels equal the last frame', async () => {
  const { stage, clock } = await openStage();
  assert.equal((await stage.next()).repeated, false);
  assert.equal((await stage.next()).repeated, true, 'no time has passed');
  await clock.sleepUntil(1000);
  assert.equal((await stage.next()).repeated, false);
});

test('another fight that looks the same is repeated too: the pixels decide', async () => {
  const { stage } = await openStage();
  await stage.next();
  stage.restart(1);
  assert.equal((await stage.next()).repeated, true);
  stage.restart(2);
  assert.equal((await stage.next()).repeated, false, 'the player stands elsewhere');
});

test('a lease that is not renewed releases the keys when it ends, not when a picture is taken', async () => {
  const { stage, clock } = await openStage({ leaseMs: 250 });
  await stage.next();
  await clock.sleepUntil(2000);
  stage.apply(STUDY_ACTIONS.holding('SHOOT'));
  await clock.sleepUntil(2200);
  stage.renew();
  await clock.sleepUntil(4000);
  await stage.next();
  assert.equal(stage.held, NONE_HELD);
  assert.equal(stage.edgesSent, 2);
  assert.deepEqual(stage.inputs.slice(0, 2), [
    [0, 120],
    [32, 27], // 2.0 s to 2.45 s
  ]);
});

test('without a lease keys stay down until they are released', async () => {
  const { stage, clock } = await openStage();
  await stage.next();
  stage.apply(STUDY_ACTIONS.holding('SHOOT', 'LEFT'));
  await clock.sleepUntil(3000);
  await stage.next();
  assert.equal(stage.held, STUDY_ACTIONS.holding('SHOOT', 'LEFT'));
  stage.releaseAll('end');
  stage.releaseAll('end');
  assert.equal(stage.held, NONE_HELD);
  assert.equal(stage.edgesSent, 4);
});

test('after the outcome the last picture stays', async () => {
  const { stage, clock } = await openStage();
  await stage.next();
  await clock.sleepUntil(60_000);
  const last = Buffer.from((await stage.next()).pixels);
  assert.equal(stage.outcome, 'lost');
  assert.equal(stage.health.player, 0);
  await clock.sleepUntil(120_000);
  const after = await stage.next();
  assert.equal(after.repeated, true);
  assert.deepEqual(Buffer.from(after.pixels), last);
});

test('a scripted player on stage wins, and its inputs replay to the same hash', async () => {
  const { stage, clock } = await openStage({ player: createPlayer('expert') });
  for (let ms = 0; stage.outcome === null; ms += 100) {
    await clock.sleepUntil(ms);
    await stage.next();
    stage.apply(STUDY_ACTIONS.holding('LEFT')); // a key from elsewhere changes nothing
  }
  assert.equal(stage.outcome, 'won');
  assert.equal(stage.health.boss, 0);
  assert.equal(replay(stage.inputs, 1, 'normal').stateHash, stage.stateHash());
  assert.equal(stage.summary.hits, 162);
});

test('how often pictures are asked for does not change the fight', async () => {
  const hashes = [];
  for (const periodMs of [100, 1000 / 60, 37]) {
    const { stage, clock } = await openStage({ player: createPlayer('expert') });
    for (let ms = 0; ms <= 20_000; ms += periodMs) {
      await clock.sleepUntil(ms);
      await stage.next();
    }
    await clock.sleepUntil(20_000);
    await stage.next();
    hashes.push(stage.stateHash());
  }
  assert.equal(new Set(hashes).size, 1);
});

test('the next fight begins from the start with its own seed', async () => {
  const { stage, clock } = await openStage();
  await stage.next();
  await clock.sleepUntil(60_000);
  await stage.next();
  stage.restart(2);
  assert.equal(stage.outcome, null);
  await clock.sleepUntil(70_000);
  const frame = await stage.next();
  assert.equal(stage.state.step, 0);
  assert.equal(frame.repeated, false);
  assert.deepEqual(stage.health, { phase: 1, stage: 'ready', boss: 1, bossInPhase: 1, player: 3, seconds: 0 });
  assert.equal(stage.summary.seed, 2);
});

test('disposing releases the keys', async () => {
  const { stage } = await openStage();
  await stage.next();
  stage.apply(STUDY_ACTIONS.holding('SHOOT'));
  await stage[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  assert.equal(stage.held, NONE_HELD);
});
