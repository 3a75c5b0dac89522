/** What the scripted players reach: skill wins, and without it no fight is won. 200 fights each give the same result. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { isHeld } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { Fight, type Level } from '../../src/arena/fight.js';
import { playFights } from '../../src/arena/play-fights.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { ExpertPlayer } from '../../src/arena/players/expert.js';
import { newFight } from '../../testing/sessions/fights.js';

test('the expert wins at least 29 of 30 normal fights', () => {
  const { wins, fights, winRate, meanSeconds, meanHits, perFight } = playFights({
    player: 'expert',
    fights: 30,
    seed: 1000,
    level: 'normal',
  });
  assert.ok(wins >= 29, `${wins} of ${fights}`);
  assert.equal(winRate, wins / fights);
  assert.equal(perFight.length, 30);
  assert.ok(meanSeconds > 30 && meanSeconds < 60 && meanHits > 150);
});

test('the expert wins some hard fights and loses some', () => {
  const { wins } = playFights({ player: 'expert', fights: 60, seed: 1000, level: 'hard' });
  assert.ok(wins >= 36 && wins <= 57, `${wins} of 60`);
});

for (const player of ['idle', 'shoot', 'random'] as const) {
  test(`${player} wins no fight`, () => {
    for (const level of ['normal', 'hard'] as const) {
      assert.equal(playFights({ player, fights: 30, seed: 1000, level }).wins, 0);
    }
  });
}

test('the expert holds about what a person holds: SHOOT most, UP in the last phase, JUMP and DASH seldom, DOWN never', () => {
  const counts = new Array<number>(STUDY_ACTIONS.count).fill(0);
  let steps = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const fight = newFight(seed);
    const expert = createPlayer('expert', seed);
    while (fight.outcome === null) {
      const held = expert.decide(fight.state);
      STUDY_ACTIONS.names.forEach((_, index) => (counts[index] += Number(isHeld(held, index))));
      fight.step(held);
      steps += 1;
    }
  }
  const percent = Object.fromEntries(
    STUDY_ACTIONS.names.map((action, index) => [action, (100 * counts[index]) / steps]),
  );
  const between = (action: string, low: number, high: number): void =>
    assert.ok(percent[action] >= low && percent[action] <= high, `${action} ${percent[action].toFixed(1)} %`);
  between('UP', 28, 42);
  between('LEFT', 7, 18);
  between('RIGHT', 8, 20);
  between('JUMP', 3, 8);
  between('SHOOT', 85, 96);
  between('DASH', 1, 3);
  between('DOWN', 0, 0);
});

test('the expert still wins when it decides only ten times a second', () => {
  const expert = new ExpertPlayer({ decisionHz: 10 });
  let wins = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const fight = newFight(seed);
    expert.reset(seed);
    while (fight.outcome === null) fight.step(expert.decide(fight.state));
    wins += Number(fight.outcome === 'won');
  }
  assert.ok(wins >= 15, `${wins} of 20`);
});

test('a patient expert, who waits for the ground before it jumps again, wins hard fights at ten decisions a second too', () => {
  const hasty = winsOf(new ExpertPlayer({ decisionHz: 10 }), 'hard', 20);
  const patient = winsOf(new ExpertPlayer({ decisionHz: 10, patient: true }), 'hard', 20);
  assert.ok(patient >= 18 && hasty <= 15, `patient ${patient}, hasty ${hasty} of 20`);
});

test('on brutal even that one loses a third of its fights or more, and wins half', () => {
  const wins = winsOf(new ExpertPlayer({ decisionHz: 10, patient: true }), 'brutal', 200);
  assert.ok(wins >= 100 && wins <= 140, `${wins} of 200`);
});

/** Of fights with the seeds from 1 on. */
function winsOf(expert: ExpertPlayer, level: Level, fights: number): number {
  let wins = 0;
  for (let seed = 1; seed <= fights; seed += 1) {
    const fight = new Fight({ seed, level });
    expert.reset(seed);
    while (fight.outcome === null) fight.step(expert.decide(fight.state));
    wins += Number(fight.outcome === 'won');
  }
  return wins;
}

test('a player that is reset plays the same fight again', () => {
  for (const name of ['expert', 'random'] as const) {
    const player = createPlayer(name);
    const hashes = [1, 2].map(() => {
      const fight = newFight(5);
      player.reset(5);
      while (fight.outcome === null) fight.step(player.decide(fight.state));
      return fight.stateHash();
    });
    assert.equal(hashes[0], hashes[1], name);
  }
});

test('no player changes the state it looks at', () => {
  const fight = newFight(3);
  const expert = createPlayer('expert', 3);
  for (let i = 0; i < 600; i += 1) {
    const before = fight.stateHash();
    const held = expert.decide(fight.state);
    assert.equal(fight.stateHash(), before);
    fight.step(held);
  }
});
