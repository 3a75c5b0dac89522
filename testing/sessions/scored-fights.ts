/** Recorded fights, small models and what they score: what tests of reports start from, made in a few seconds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  evaluateModels,
  type EvaluateModelsOptions,
  type EvaluationDocument,
} from '../../src/evaluation/evaluate-models.js';
import { predictFights } from '../../src/evaluation/predict.js';
import { splitOf } from '../../src/evaluation/split.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { readDataset } from '../../src/session/dataset.js';
import { recordBlockSession } from './block-session.js';
import { smallBundle } from '../models/small-bundle.js';

/** Fights of {@link scoredFights}: enough for intervals. */
export const FIGHTS = 6;

/** Records {@link FIGHTS} fights. @returns the session's path without ending */
export function recordFights(folder: string, name = 'blocks'): Promise<string> {
  return recordBlockSession(folder, { fights: FIGHTS, length: 30 }, name);
}

/** Changes what a bundle's record says of its training. */
export function recordTraining(bundle: string, training: Readonly<Record<string, unknown>>): void {
  const path = join(bundle, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...manifest, training }));
}

/** Scores bundles on a session. */
export async function evaluateOn(
  session: string,
  bundles: readonly Bundle[],
  options: Partial<EvaluateModelsOptions> = {},
): Promise<EvaluationDocument> {
  const dataset = await readDataset([session]);
  const models = [];
  for (const bundle of bundles) {
    const predictions = await predictFights({ bundle, dataset });
    models.push({ bundle, predictions, split: splitOf(bundle.manifest, dataset) });
  }
  return evaluateModels({ dataset, models, onlyHeldOut: false, evidenceFloor: 20, timelines: 2, ...options });
}

/** A head's training as a bundle's record has it. */
export const TRAINING = {
  head: {
    kind: 'gru',
    loss: { kind: 'bce' },
    bestEpoch: 2,
    history: [0.5, 0.25, 0.125].map((loss, i) => ({
      epoch: i + 1,
      loss,
      validationLoss: 0.6 - 0.1 * loss,
      seconds: 1,
    })),
  },
};

/** Two models on the same fights; the first one's record tells of its training. */
export async function scoredFights(folder: string): Promise<EvaluationDocument> {
  const session = await recordFights(folder);
  for (const [name, seed] of [
    ['one', 1],
    ['other', 2],
  ] as const) {
    await smallBundle(join(folder, name), { seed });
  }
  recordTraining(join(folder, 'one'), TRAINING);
  return evaluateOn(session, [await readBundle(join(folder, 'one')), await readBundle(join(folder, 'other'))]);
}
