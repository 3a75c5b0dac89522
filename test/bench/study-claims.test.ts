import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClaims, type Claim } from '../../bench/research/study/claims.js';
import type { EncoderRow, ModelRow, StudyNumbers } from '../../bench/research/study/rows.js';
import { differenceInterval, pairedInterval, pooled, rankCorrelation } from '../../bench/research/study/statistics.js';
import { STUDY_NAMES, type StudyAction } from '../../src/core/study-actions.js';
import { wilson95 } from '../../src/evaluation/intervals.js';

interface Made {
  readonly group?: ModelRow['group'];
  readonly wins?: number;
  readonly composite?: number;
  readonly recall?: Partial<Record<StudyAction, number>>;
  readonly precision?: number;
  readonly alpha?: number | null;
  readonly gap?: number;
  readonly hits?: number;
}

/** A model with 50 fights and made-up scores. */
function model(latent: number | null, head: 'gru' | 'lstm', made: Made = {}): ModelRow {
  const {
    group = 'grid',
    wins = 25,
    composite = 0.5,
    recall = {},
    precision = 0.95,
    alpha = 0.25,
    gap = 1,
    hits = 80,
  } = made;
  const perAction = Object.fromEntries(
    STUDY_NAMES.map((action) => [
      action,
      { precision, recall: recall[action] ?? 0.5, f1: 0.6, support: 50, onsetF1: 0.6 },
    ]),
  );
  const phases = [1, 2, 3] as const;
  return {
    ...{ name: `${head} ${latent} ${String(alpha)}`, group, latent, head, trial: '', seconds: 1 },
    loss: alpha === null ? { kind: 'bce' } : { kind: 'focal', gamma: 2, alpha },
    fit: { epochs: 2, bestEpoch: 1, validationLoss: gap, trainLoss: 1, trainWindows: 10 },
    validation: { composite },
    byFrame: {
      scores: { perAction, binaryAccuracy: 0.9 },
      up: phases.map((phase) => ({ phase, frames: 9, byExpert: phase === 3 ? 1 : 0, byModel: phase === 3 ? 1 : 0 })),
    },
    hits: Array.from({ length: 50 }, (_, fight) => hits + (fight % 5)),
    played: { wins, fights: 50, meanHits: 100, winRate: wins / 50, winRate95: wilson95(wins, 50) },
  } as unknown as ModelRow;
}

const encoder = (latent: number | null, drawn: number): EncoderRow =>
  ({ latent, threats: [1, 2, 3].map((phase) => ({ phase, frames: 9, drawn })) }) as unknown as EncoderRow;

/** The numbers of a world in which the study is right. */
const RIGHT: StudyNumbers = {
  encoders: [encoder(128, 0.3), encoder(512, 0.7), encoder(1024, 0.7)],
  models: [
    ...(['lstm', 'gru'] as const).flatMap((head) => [
      model(null, head, {
        group: 'baseline',
        alpha: null,
        wins: 0,
        composite: 0.3,
        recall: { JUMP: 0, DASH: 0, LEFT: 0 },
      }),
      model(512, head, { group: 'control', alpha: null, wins: 2, composite: 0.35, recall: { JUMP: 0 } }),
      model(128, head, { wins: head === 'gru' ? 12 : 1, composite: head === 'gru' ? 0.43 : 0.33 }),
      model(512, head, { wins: head === 'gru' ? 48 : 38, composite: 0.67, recall: { JUMP: 0.6, DASH: 0.3 } }),
      model(1024, head, { wins: head === 'gru' ? 20 : 4, composite: head === 'gru' ? 0.5 : 0.4, gap: 2 }),
    ]),
    model(512, 'gru', { group: 'control', alpha: 0.5, wins: 48, composite: 0.68 }),
  ],
};

const verdictOf = (claims: readonly Claim[], about: RegExp): string =>
  claims.find(({ claim }) => about.test(claim))!.verdict;

test('where the numbers are as the study says, its claims hold', () => {
  const claims = judgeClaims(RIGHT);
  const others = claims.filter(({ verdict }) => verdict !== 'holds').map(({ claim, verdict }) => [claim, verdict]);
  assert.deepEqual(others, [['A press should weigh more than the 0.25 that the study gives it', 'undecided']]);
});

test('where the numbers say the contrary, no claim holds', () => {
  const models = RIGHT.models.map((row) => {
    const isStudys = row.group === 'grid';
    const wins =
      row.group === 'control' ? 49 : row.latent === 512 ? (row.head === 'gru' ? 2 : 30) : row.head === 'gru' ? 10 : 45;
    return model(row.latent, row.head, {
      ...{ group: row.group, alpha: row.loss.kind === 'bce' ? null : row.loss.alpha, wins },
      ...{
        composite: isStudys && row.latent === 512 ? 0.9 : 0.91,
        recall: { JUMP: isStudys ? 0.9 : 0.95, DASH: 0.97 },
      },
    });
  });
  const claims = judgeClaims({ models, encoders: [encoder(128, 0.8), encoder(512, 0.7)] });
  for (const about of [
    /collapses/,
    /Focal loss helps/,
    /JUMP back/,
    /128 blurs/,
    /512 is best/,
    /1024/,
    /GRU/,
    /composite/,
  ]) {
    assert.equal(verdictOf(claims, about), 'does not hold', String(about));
  }
  assert.equal(verdictOf(claims, /press should weigh/), 'holds');
});

test('a claim that the numbers cannot decide is said to be undecided, and one that was not measured to have no numbers', () => {
  const even = RIGHT.models.map((row) =>
    model(row.latent, row.head, { group: row.group, alpha: row.loss.kind === 'bce' ? null : row.loss.alpha }),
  );
  const claims = judgeClaims({ ...RIGHT, models: even });
  for (const about of [/Focal loss helps/, /512 is best/, /GRU/]) assert.equal(verdictOf(claims, about), 'undecided');
  for (const { verdict } of judgeClaims({ models: [], encoders: [] })) assert.equal(verdict, 'no numbers');
});

test('where hardly any fight is won, hits in the same fights decide, and the numbers say so', () => {
  const hopeless = (hits: number): StudyNumbers => ({
    encoders: [],
    models: [
      model(512, 'gru', { wins: 1, hits }),
      model(512, 'lstm', { wins: 0, hits: 60 }),
      model(512, 'gru', { group: 'control', alpha: null, wins: 0, hits: 90 }),
    ],
  });
  const better = judgeClaims(hopeless(70)).find(({ claim }) => claim.startsWith('GRU'))!;
  assert.equal(better.verdict, 'holds');
  assert.match(better.numbers, /wins tell little, so by hits in the same 50 fights: difference 10, /);
  assert.equal(verdictOf(judgeClaims(hopeless(70)), /Focal loss helps/), 'does not hold');
  assert.equal(verdictOf(judgeClaims(hopeless(60)), /GRU/), 'undecided');
});

test('a model that has not played yet leaves claims about wins without numbers', () => {
  const models = RIGHT.models.map((row) => ({ ...row, played: null }));
  const claims = judgeClaims({ ...RIGHT, models });
  for (const about of [/Focal loss helps/, /512 is best/, /GRU/, /composite score/]) {
    assert.equal(verdictOf(claims, about), 'no numbers');
  }
});

test('the interval of a difference is the published one', () => {
  // Newcombe 1998, table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339
  const [low, high] = differenceInterval({ wins: 56, fights: 70 }, { wins: 48, fights: 80 });
  assert.ok(Math.abs(low - 0.0524) < 5e-5 && Math.abs(high - 0.3339) < 5e-5, `${low} ${high}`);
  // t of 9 degrees of freedom is 2.262; the expansion gives 2.223
  const [from, to] = pairedInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.ok(Math.abs(from - 3.37) < 0.05 && Math.abs(to - 7.63) < 0.05, `${from} ${to}`);
  const rows = [{ wins: 1, fights: 2, meanHits: 30 }, null, { wins: 3, fights: 4, meanHits: 60 }];
  assert.deepEqual(pooled(rows), { wins: 4, fights: 6, meanHits: 50 });
});

test('rank correlation is 1 in the same order, -1 in the reverse, and not defined without an order', () => {
  assert.equal(rankCorrelation([1, 2, 3], [10, 20, 90]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
  assert.ok(Math.abs(rankCorrelation([1, 1, 2], [1, 2, 3]) - Math.sqrt(3) / 2) < 1e-12);
  assert.ok(Number.isNaN(rankCorrelation([1, 1], [1, 2])));
});
