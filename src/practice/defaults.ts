/** What `practice` does where nothing else is asked for. docs/results/practice.md has what each was measured against. */
import type { PracticeSettings } from './request.js';

export const PRACTICE_DEFAULTS: Omit<PracticeSettings, 'game' | 'rewards'> = {
  learner: {
    gamma: 0.99, // a decision matters for about 10 s at 10 Hz
    lambda: 0.95,
    learningRate: 3e-4,
    criticLearningRate: 1e-3,
    clip: 0.2,
    klWeight: 3e-3,
    entropyWeight: 0,
    epochs: 3,
    batchSize: 512,
    mostMove: 0.03,
  },
  temperature: null,
  fights: 32,
  burnIn: 2,
  checkEvery: 10,
  checkFights: 100,
  firstSeed: 600_000,
  seed: 1,
  freshHead: false,
};

/** About 3 hours of 2 cores. */
export const DECISIONS = 4_000_000;
export const COMPARE_FIGHTS = 200;
