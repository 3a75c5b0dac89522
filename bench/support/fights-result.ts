/** A result about fights: how its agents were trained stands beside how it was measured. */
import type { Bundle } from '../../src/policy/bundle.js';
import { inferenceEngineVersion } from '../../src/policy/onnx-session.js';
import { writeResult, type Result } from './results.js';

export interface FightsResult extends Omit<Result, 'versions' | 'made'> {
  /** The agents that played. */
  readonly bundles: readonly Bundle[];
}

/** Writes the page and its JSON; its `models` say how each agent was trained. */
export async function writeFightsResult({ bundles, document, ...result }: FightsResult): Promise<void> {
  const models = bundles.map(({ id, manifest: { name, horizon, training } }) => ({ name, id, horizon, training }));
  writeResult({
    ...result,
    versions: { engine: await inferenceEngineVersion() },
    made: models.map(({ name, id, training }) => `${name} (${id}): \`${String(training.command)}\``),
    document: { models, ...document },
  });
}
