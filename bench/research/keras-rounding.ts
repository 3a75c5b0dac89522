/**
 * How far Keras is from itself on the training case that is most sensitive to rounding, and how far this program is:
 * the baseline autoencoder's ten steps, with oneDNN off, on one thread, in float64; and here, with the fused Adam that
 * trains and with Adam rounded in Keras' order.
 *
 *   npm run research keras-rounding -- [--python <with Keras 3>]     after npm run setup:training
 *
 * Without --python it makes a Python environment in the user's cache the first time (about 1.5 GB).
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textTable } from '../../src/terminal/table.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { forward } from '../../src/training/forward.js';
import { gradientStep } from '../../src/training/gradient-step.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { meanSquaredError } from '../../src/training/losses.js';
import { createParameters } from '../../src/training/parameters.js';
import { fixtureCase, fixtureFloats, fixturePath } from '../../testing/models/fixtures.js';
import { pythonWithKeras } from '../support/python-environment.js';
import { commandOf, textBlock, writeResult } from '../support/results.js';
import { argument } from '../support/sampling.js';

const CASE = 'train-baseline-autoencoder';
const python = pythonWithKeras();
const { start, loss_by_step: expected } = fixtureCase<{ start: string; loss_by_step: number[] }>(CASE);

function inKeras(env: NodeJS.ProcessEnv, ...more: readonly string[]): number[] {
  const script = fileURLToPath(new URL('../../../bench/support/keras-replay.py', import.meta.url));
  const args = [script, dirname(fixturePath('manifest.json')), CASE, ...more];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${python} ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as number[];
}

/** @param weightsOn the engine that updates the weights: without TensorFlow's operations it rounds as Keras does */
async function here(engine: Engine, weightsOn: Engine): Promise<number[]> {
  const { network, weights } = await readKerasArchive(fixturePath(start));
  const { values, shape } = fixtureFloats('images');
  using parameters = createParameters(weightsOn, weights);
  return expected.map(() =>
    gradientStep(engine, parameters, (tensors) => {
      const x = engine.tf.tensor(values, [...shape]);
      return meanSquaredError(engine, x, forward(engine, network, tensors, x));
    }),
  );
}

const engine = await loadEngine('tfjs-node');
const runs: Record<string, number[]> = {
  'Keras again': inKeras({}),
  'Keras, one thread': inKeras({ TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' }),
  'Keras, oneDNN off': inKeras({ TF_ENABLE_ONEDNN_OPTS: '0' }),
  'Keras, float64': inKeras({}, 'float64'),
  'here, fused Adam': await here(engine, engine),
  'here, Adam as Keras rounds': await here(engine, { ...engine, node: null }),
};
const differences = Object.fromEntries(
  Object.entries(runs).map(([name, losses]) => [name, losses.map((loss, i) => Math.abs(loss / expected[i] - 1))]),
);
const rows = Object.entries(differences).map(([name, steps]) => [name, ...steps.map((step) => step.toExponential(0))]);
const page = writeResult({
  name: 'keras-rounding',
  title: 'Rounding in the training of the baseline autoencoder',
  command: commandOf('research keras-rounding', { python: argument('--python') }),
  n: `${expected.length} steps a row`,
  versions: { engine: engine.description },
  sections: [
    "The relative difference of each step's loss from the reference " +
      'case (Keras, two threads), from the same weights and pictures. Where Keras differs from itself by more than 1e-4, ' +
      'no other program can be asked to be nearer.',
    textBlock(textTable(['step', ...expected.map((_, i) => String(i + 1))], rows)),
  ],
  document: { case: CASE, expected, differences },
});
process.stderr.write(page);
