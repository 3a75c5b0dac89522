import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { Learner, type LearnerSettings, type LearnerState } from '../../src/practice/learner.js';
import type { FightSteps } from '../../src/stepped/play-fights.js';
import { headNetwork } from '../../src/training/architectures.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { forward } from '../../src/training/forward.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import type { NamedArray } from '../../src/training/network.js';
import { lacksEngine } from '../../testing/models/training-engine.js';

const D = 4;
const T = 2;
const network = headNetwork({ kind: 'gru', latentSize: D, windowLength: T, units: [4], actions: 2 });
const first = { network, weights: initialWeights(network, 1) };
const behaviour = { shift: [0, 0], temperature: 1 };
const SETTINGS: LearnerSettings = {
  ...{ gamma: 0, lambda: 1, learningRate: 0.02, criticLearningRate: 0.02, clip: 0.2 },
  ...{ klWeight: 0, entropyWeight: 0, epochs: 2, batchSize: 32, mostMove: 10 },
};
const { signal } = new AbortController();
const engine: Promise<Engine> =
  lacksEngine === false ? loadEngine('tfjs-node', { deterministic: true }) : loadEngine('cpu');

/** A fight of `pictures` random latents in which `rewardOf` judges what was drawn. */
function fightOf(pictures: number, seed: number, rewardOf: (drawn: number) => number): FightSteps {
  const random = new Random(seed);
  const latents = Float32Array.from({ length: pictures * D }, () => random.normal());
  const drawn = Int32Array.from({ length: pictures - T + 1 }, () => random.integer(0, 3));
  return { latents, drawn, rewards: Float32Array.from(drawn, rewardOf) };
}

/** Action 0 is worth 1, action 1 costs 1. */
const fights = (seed: number): FightSteps[] =>
  [1, 2].map((part) => fightOf(60, 10 * seed + part, (drawn) => (drawn & 1) - ((drawn >> 1) & 1)));

/** Mean probability of each action over random windows. */
function held({ tf, ...rest }: Engine, weights: readonly NamedArray[]): readonly [number, number] {
  const random = new Random(99);
  return tf.tidy(() => {
    const x = tf.tensor3d(
      Float32Array.from({ length: 64 * T * D }, () => random.normal()),
      [64, T, D],
    );
    const tensors = weights.map(({ values, shape }) => tf.tensor(values, [...shape]));
    const output = forward({ tf, ...rest }, network, tensors, x);
    return [...tf.mean(output, 0).dataSync()] as [number, number];
  });
}

async function learn(learner: Learner, updates: readonly number[], random: Random, onlyCritic = false) {
  const figures = [];
  for (const seed of updates) figures.push((await learner.update(fights(seed), { onlyCritic, random, signal }))!);
  return figures;
}

const numbersOf = ({ head, critic }: LearnerState): number[][] =>
  [head, critic].flatMap(({ weights, firstMoments, secondMoments }) =>
    [...weights.map(({ values }) => values), ...firstMoments, ...secondMoments].map((values) => [...values]),
  );

test('what is rewarded is done more often, what costs is done less, and the figures say how far it went', async () => {
  const tf = await engine;
  using learner = new Learner(tf, first, behaviour, SETTINGS, { criticSeed: 1 });
  const before = held(tf, learner.weights());
  const figures = await learn(learner, [1, 2, 3, 4, 5, 6, 7, 8], new Random(1));
  const after = held(tf, learner.weights());
  assert.ok(after[0] > before[0] + 0.1 && after[1] < before[1] - 0.1, `${before.join()} became ${after.join()}`);
  assert.ok(figures[7].klToFirst > figures[0].klToFirst);
  assert.ok(figures[7].entropy < figures[0].entropy);
  assert.ok(figures.every(({ moved, passes }) => moved > 0 && passes === 2));
});

test('a large penalty keeps the head where it was', async () => {
  const tf = await engine;
  using free = new Learner(tf, first, behaviour, SETTINGS, { criticSeed: 1 });
  using bound = new Learner(tf, first, behaviour, { ...SETTINGS, klWeight: 50 }, { criticSeed: 1 });
  const [far] = (await learn(free, [1, 2, 3, 4], new Random(1))).slice(-1);
  const [near] = (await learn(bound, [1, 2, 3, 4], new Random(1))).slice(-1);
  assert.ok(near.klToFirst < far.klToFirst / 3, `${near.klToFirst} and ${far.klToFirst}`);
});

test('while only the critic learns the head does not change, and the critic explains more', async () => {
  const tf = await engine;
  using learner = new Learner(tf, first, behaviour, { ...SETTINGS, gamma: 0.9 }, { criticSeed: 1 });
  const same = [1, 1, 1, 1, 1, 1];
  const figures = await learn(learner, same, new Random(1), true);
  assert.deepEqual(
    learner.weights().map(({ values }) => [...values]),
    first.weights.map(({ values }) => [...values]),
  );
  assert.ok(figures.every(({ passes, klToFirst }) => passes === 0 && klToFirst < 1e-6));
  assert.ok(figures[5].explained > figures[0].explained, figures.map(({ explained }) => explained.toFixed(3)).join());
});

test('a learner that is stored and opened again ends with the same weights', async () => {
  const tf = await engine;
  using unbroken = new Learner(tf, first, behaviour, SETTINGS, { criticSeed: 1 });
  const random = new Random(5);
  await learn(unbroken, [1], random);
  const stored = { learner: unbroken.state(), random: random.state() };
  await learn(unbroken, [2], random);
  using resumed = new Learner(tf, first, behaviour, SETTINGS, stored.learner);
  await learn(resumed, [2], Random.restore(stored.random));
  assert.deepEqual(numbersOf(resumed.state()), numbersOf(unbroken.state()));
});

test('a reward that is not a number ends the update without figures, and an abort ends it with its reason', async () => {
  const tf = await engine;
  using learner = new Learner(tf, first, behaviour, SETTINGS, { criticSeed: 1 });
  const broken = [fightOf(20, 1, () => Number.NaN)];
  assert.equal(await learner.update(broken, { onlyCritic: false, random: new Random(1), signal }), null);
  using other = new Learner(tf, first, behaviour, SETTINGS, { criticSeed: 1 });
  const aborted = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(
    other.update(fights(1), { onlyCritic: false, random: new Random(1), signal: aborted }),
    /stopped/,
  );
});
