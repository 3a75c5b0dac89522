/** The rules of the practice fight, one by one, as the players of it see them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { feetY, headY } from '../../src/arena/fight/body.js';
import { touches } from '../../src/arena/fight/collisions.js';
import { BOSS_BODY, LEVEL_NAMES, LEVELS, PLAYER } from '../../src/arena/fight/rules.js';
import type { Threat } from '../../src/arena/fight/state.js';
import { expertUntil, hold, newFight, startedFight } from '../../testing/sessions/fights.js';

const near = (actual: number, expected: number, slack: number): void =>
  assert.ok(Math.abs(actual - expected) <= slack, `${actual} is not within ${slack} of ${expected}`);

test('during READY, 1.3 s, keys do nothing', () => {
  const fight = newFight();
  const { x } = fight.state.player;
  hold(fight, STUDY_ACTIONS.holding('RIGHT', 'SHOOT', 'JUMP', 'DASH'), 1.3 - 1 / 60);
  assert.equal(fight.state.stage, 'ready');
  assert.equal(fight.state.player.x, x);
  assert.equal(fight.state.shotsFired, 0);
  fight.step(NONE_HELD);
  assert.equal(fight.state.stage, 'fight');
});

test('a key held since READY is not a press of JUMP or DASH', () => {
  const fight = newFight();
  hold(fight, STUDY_ACTIONS.holding('JUMP', 'DASH'), 1.5);
  assert.equal(fight.state.player.airSteps, 0);
  assert.equal(fight.state.player.dashSteps, 0);
});

test('the player runs 200 px a second', () => {
  const fight = startedFight(2);
  const { x } = fight.state.player;
  const direction = x < 235 ? 1 : -1;
  hold(fight, STUDY_ACTIONS.holding(direction > 0 ? 'RIGHT' : 'LEFT'), 0.5);
  near(fight.state.player.x - x, direction * 100, 1e-9);
});

test('a jump rises 120 px and lasts 0.72 s', () => {
  const fight = startedFight();
  fight.step(STUDY_ACTIONS.holding('JUMP'));
  let highest = fight.state.player.height;
  let steps = 1;
  while (fight.state.player.airSteps > 0) {
    fight.step(NONE_HELD);
    highest = Math.max(highest, fight.state.player.height);
    steps += 1;
  }
  near(highest, 120, 0.5);
  near(steps / 60, 0.72, 1 / 60);
});

test('JUMP acts on the press only: held, it jumps once', () => {
  const fight = startedFight();
  hold(fight, STUDY_ACTIONS.holding('JUMP'), 0.9);
  assert.equal(fight.state.player.airSteps, 0);
});

test('a press of JUMP up to 100 ms before landing is remembered, an earlier one is not', () => {
  for (const [stepsBefore, jumps] of [
    [5, true],
    [10, false],
  ] as const) {
    const fight = startedFight();
    fight.step(STUDY_ACTIONS.holding('JUMP'));
    for (let i = 1; i < 44 - stepsBefore; i += 1) fight.step(NONE_HELD);
    fight.step(STUDY_ACTIONS.holding('JUMP'));
    for (let i = 0; i < stepsBefore + 3; i += 1) fight.step(NONE_HELD);
    assert.equal(fight.state.player.airSteps > 0, jumps, `${stepsBefore} steps before landing`);
  }
});

test('a dash is 120 px in 0.2 s and ready again 0.5 s after it', () => {
  const fight = startedFight(2);
  const { x } = fight.state.player;
  const side = x < 235 ? 'RIGHT' : 'LEFT';
  fight.step(STUDY_ACTIONS.holding('DASH', side));
  hold(fight, NONE_HELD, 11 / 60);
  near(Math.abs(fight.state.player.x - x), 120, 1e-9);
  assert.equal(fight.state.player.dashSteps, 0);
  hold(fight, NONE_HELD, 0.4);
  fight.step(STUDY_ACTIONS.holding('DASH'));
  assert.equal(fight.state.player.dashSteps, 0, 'too early');
  hold(fight, NONE_HELD, 0.15);
  fight.step(STUDY_ACTIONS.holding('DASH'));
  assert.ok(fight.state.player.dashSteps > 0, 'ready');
});

test('SHOOT fires six bullets a second at 900 px/s, towards the boss', () => {
  const fight = startedFight();
  hold(fight, STUDY_ACTIONS.holding('SHOOT'), 1);
  assert.equal(fight.state.shotsFired, 6);
  const last = fight.state.bullets.at(-1)!;
  assert.equal(last.vx, 900);
  assert.equal(last.vy, 0);
});

test('while UP is held bullets go straight up', () => {
  const fight = startedFight();
  fight.step(STUDY_ACTIONS.holding('SHOOT', 'UP'));
  assert.deepEqual([fight.state.bullets[0].vx, fight.state.bullets[0].vy], [0, -900]);
});

test('idle in phases 1 and 2 the player turns to the boss; walking left it shoots left', () => {
  const fight = startedFight();
  hold(fight, STUDY_ACTIONS.holding('LEFT', 'SHOOT'), 0.1);
  assert.equal(fight.state.bullets[0].vx, -900);
  fight.step(NONE_HELD);
  assert.equal(fight.state.player.facing, 1);
});

test('walls: 30 to 440 in phases 1 and 2, 30 to 610 in phase 3', () => {
  const left = startedFight();
  hold(left, STUDY_ACTIONS.holding('LEFT'), 2.2);
  assert.equal(left.state.player.x, 30);
  const right = startedFight();
  hold(right, STUDY_ACTIONS.holding('RIGHT'), 2.2);
  assert.equal(right.state.player.x, 440);
  const last = expertUntil((state) => state.phase === 3 && state.stage === 'fight');
  for (let i = 0; i < 120 && last.outcome === null; i += 1) last.step(STUDY_ACTIONS.holding('RIGHT'));
  assert.equal(last.state.player.x, 610);
});

test('ducking lowers the head and stops the feet', () => {
  const fight = startedFight();
  const { x } = fight.state.player;
  hold(fight, STUDY_ACTIONS.holding('DOWN', 'LEFT'), 0.2);
  assert.equal(fight.state.player.x, x);
  assert.equal(feetY(fight.state.player) - headY(fight.state.player), PLAYER.duckedHeightPx);
});

test('a threat touches within 10 px plus its radius less 4, between head and feet', () => {
  const { player } = startedFight().state;
  const ball = (dx: number, y: number): Threat => ({
    id: 0,
    kind: 'ball',
    x: player.x + dx,
    y,
    vx: 0,
    vy: 0,
    radius: 18,
    locked: true,
  });
  assert.equal(touches(ball(23.9, 292), player), true);
  assert.equal(touches(ball(24, 292), player), false);
  assert.equal(touches(ball(0, headY(player)), player), false);
  assert.equal(touches(ball(0, feetY(player)), player), false);
});

test('a hit costs one point and leaves the player untouchable for 1.5 s', () => {
  const fight = startedFight();
  while (fight.state.player.hitPoints === 3) fight.step(NONE_HELD);
  assert.equal(fight.state.player.hitPoints, 2);
  assert.equal(fight.state.player.untouchableSteps, 90);
  assert.equal(fight.state.damageBy.ball, 1);
  const firstHit = fight.state.step;
  while (fight.state.player.hitPoints === 2) fight.step(NONE_HELD);
  assert.ok(fight.state.step - firstHit >= 90);
});

test('three hits lose the fight, and then nothing changes any more', () => {
  const fight = newFight();
  while (fight.outcome === null) fight.step(NONE_HELD);
  assert.equal(fight.outcome, 'lost');
  assert.equal(fight.summary.damage, 3);
  const hash = fight.stateHash();
  hold(fight, STUDY_ACTIONS.holding('SHOOT', 'LEFT'), 1);
  assert.equal(fight.stateHash(), hash);
});

test('the boss takes 60, 60 and 42 hits and is invulnerable for 1.2 s between phases', () => {
  assert.deepEqual(
    BOSS_BODY.map(({ hits }) => hits),
    [60, 60, 42],
  );
  const fight = expertUntil((state) => state.stage === 'change');
  assert.equal(fight.state.phase, 2);
  assert.equal(fight.state.tally[0].hits, 60);
  assert.equal(fight.state.threats.length, 0);
  hold(fight, STUDY_ACTIONS.holding('SHOOT'), 1.2 - 1 / 60);
  assert.equal(fight.state.boss.hitsLeft, 60);
  assert.equal(fight.state.stage, 'change');
  fight.step(NONE_HELD);
  assert.equal(fight.state.stage, 'fight');
});

test('every attack shows itself for 0.4 s before it starts', () => {
  for (const phase of [1, 2, 3]) {
    const fight = expertUntil((state) => state.phase === phase && state.boss.tellSteps > 0);
    const seen = fight.state.threatsSeen;
    let told = 1;
    while (fight.state.threatsSeen === seen) {
      fight.step(NONE_HELD);
      told += 1;
    }
    assert.equal(told, 25, `phase ${phase}`);
  }
});

test('balls roll at one speed a fight, 220 to 280 px/s, in rows of 3 to 5', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const fight = expertUntil((state) => state.threats.length > 0, seed);
    const [ball] = fight.state.threats;
    assert.equal(ball.kind, 'ball');
    assert.ok(-ball.vx >= 220 && -ball.vx < 280);
    assert.ok(fight.state.boss.rowLeft >= 2 && fight.state.boss.rowLeft <= 4);
  }
});

test('tears fall at 150 to 200 px/s beside the player, decoys at least 150 px away', () => {
  let decoys = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const fight = expertUntil((state) => state.phase === 2 && state.threats.length > 0, seed);
    const { player, threats } = fight.state;
    threats.forEach((tear, index) => {
      assert.equal(tear.kind, 'tear');
      assert.ok(tear.vy >= 150 && tear.vy < 200);
      const distance = Math.abs(tear.x - player.x);
      if (index === 0) assert.ok(distance < 24);
      else {
        assert.ok(distance >= 150);
        decoys += 1;
      }
    });
  }
  assert.ok(decoys > 0, 'ten fights hold a decoy');
});

test('a shot turns at most 50 degrees a second and flies straight once within 150 px', () => {
  const fight = expertUntil((state) => state.phase === 3 && state.threats.length > 0);
  const [shot] = fight.state.threats;
  const speed = Math.hypot(shot.vx, shot.vy);
  assert.ok(speed >= 120 && speed < 150);
  let { vx, vy } = shot;
  while (fight.state.threats[0]?.id === shot.id) {
    const wasLocked = shot.locked;
    fight.step(STUDY_ACTIONS.holding('LEFT'));
    const turn = Math.acos(Math.min(1, (vx * shot.vx + vy * shot.vy) / (speed * speed)));
    assert.ok(turn <= (50 / 60 / 180) * Math.PI + 1e-6);
    if (wasLocked) assert.deepEqual([shot.vx, shot.vy], [vx, vy]);
    ({ vx, vy } = shot);
  }
  assert.equal(shot.locked, true);
});

test('the fight is over after 90 s, whatever happens', () => {
  const fight = newFight();
  Object.assign(fight.state.player, { hitPoints: 1000 });
  while (fight.outcome === null) fight.step(NONE_HELD);
  assert.equal(fight.outcome, 'timeout');
  assert.equal(fight.summary.seconds, 90);
});

test('each level is faster and denser than the one before and warns for a shorter time', () => {
  for (const [index, name] of LEVEL_NAMES.entries()) {
    if (index === 0) continue;
    const [easier, harder] = [LEVELS[LEVEL_NAMES[index - 1]], LEVELS[name]];
    assert.ok(harder.tellS < easier.tellS, name);
    for (const speed of ['ballSpeed', 'tearSpeed', 'shotSpeed'] as const)
      assert.ok(harder[speed][0] > easier[speed][0], `${name}, ${speed}`);
    for (const gap of ['ballGapS', 'tearGapS', 'shotGapS'] as const)
      assert.ok(harder[gap][0] < easier[gap][0], `${name}, ${gap}`);
  }
});
