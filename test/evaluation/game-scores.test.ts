import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { scoreGame, type ScoredFight } from '../../src/evaluation/game-scores.js';

function fight(player: string, round: number, seconds: number, more: Partial<ScoredFight> = {}): ScoredFight {
  const latencyMs = { p50: 5, p95: 6, p99: 7, max: 8 };
  return { player, round, outcome: 'ended', seconds, meters: {}, latencyMs, lateTicks: 1, gatedTicks: 2, ...more };
}

test('a row counts outcomes and ticks, and gives means with intervals that contain them', () => {
  const random = new Random(3);
  const fights = Array.from({ length: 20 }, (_, round) =>
    fight('a', round, random.uniform(10, 20), {
      outcome: round < 5 ? 'won' : 'lost',
      meters: { score: round * 10, lives: null },
      latencyMs: round === 0 ? null : { p50: 4, p95: 6, p99: 8, max: round },
    }),
  );
  const { players, differences } = scoreGame(['a', 'b'], fights);
  const [{ seconds, meters, ...row }] = players;
  assert.deepEqual(row, {
    ...{ player: 'a', fights: 20, won: 5, lost: 15, ended: 0, winRate: 0.25 },
    winRate95: row.winRate95,
    latencyMs: { p50: 4, p95: 6, p99: 8, max: 19 },
    ...{ lateTicks: 20, gatedTicks: 40 },
  });
  assert.ok(row.winRate95![0] < 0.25 && row.winRate95![1] > 0.25);
  assert.ok(seconds.low! > 12 && seconds.low! < seconds.mean && seconds.mean < seconds.high! && seconds.high! < 18);
  assert.equal(meters['score'].mean, 95);
  assert.equal(meters['lives'], undefined, 'it was never read');
  assert.deepEqual([players.length, differences], [1, []], 'a player without a fight has no row');
});

test('a difference is taken in the rounds that both have played, and is narrower than the fights differ', () => {
  const random = new Random(5);
  const fights = Array.from({ length: 12 }, (_, round) => {
    const hard = random.uniform(0, 100); // the same round is as hard for both
    return [
      fight('a', round, hard + 10, { meters: { score: 3 } }),
      ...(round < 10 ? [fight('b', round, hard, { meters: { score: round === 0 ? null : 1 } })] : []),
    ];
  }).flat();
  const { players, differences } = scoreGame(['a', 'b'], fights);
  const [{ a, b, seconds, score, meters }] = differences;
  assert.deepEqual([a, b, seconds.n, score?.n], ['a', 'b', 10, 9]);
  assert.ok(Math.abs(seconds.mean - 10) < 1e-9);
  assert.ok(seconds.high! - seconds.low! < 1e-6);
  assert.ok(players[0].seconds.high! - players[0].seconds.low! > 20);
  assert.deepEqual(score, meters['score']);
  assert.equal(score?.mean, 2);
});

test('without an outcome there is no win rate, and few fights have no interval', () => {
  const { players } = scoreGame(['a'], [fight('a', 0, 4), fight('a', 1, 6)]);
  assert.deepEqual([players[0].winRate, players[0].winRate95], [null, null]);
  assert.deepEqual(players[0].seconds, { n: 2, mean: 5, low: null, high: null });
});
