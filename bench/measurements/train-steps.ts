/**
 * One training step of the study's models here and in Keras, in turns on the same machine: the autoencoder (latent 512)
 * and the GRU and LSTM heads, batch 32, Adam, dropout where the study has it.
 *
 *   npm run bench train-steps -- [--steps 60] [--python <with Keras 3>] [--write]     after npm run setup:training
 *
 * Without --python it makes a Python environment in the user's cache the first time (about 1.5 GB).
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { textTable } from '../../src/terminal/table.js';
import { autoencoderNetwork, headNetwork } from '../../src/training/architectures.js';
import { loadEngine, type Engine, type Scalar, type Tensor, type Tensor2D } from '../../src/training/engine.js';
import { forward } from '../../src/training/forward.js';
import { gradientStep } from '../../src/training/gradient-step.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { meanSquaredError, sampleLosses, weightedLoss } from '../../src/training/losses.js';
import { createParameters } from '../../src/training/parameters.js';
import { pythonWithKeras } from '../support/python-environment.js';
import { commandOf, publish, textBlock } from '../support/results.js';
import { argument, countArgument, sampleMs } from '../support/sampling.js';

const BATCH = 32;
const LATENT = 512;
const WARMUP = 5;
const MODELS = ['autoencoder', 'gru', 'lstm'] as const;
type ModelName = (typeof MODELS)[number];
/** Steps of one side before the other's turn: short, so that both see the same machine. */
const TURN: Readonly<Record<ModelName, number>> = { autoencoder: 3, gru: 10, lstm: 10 };
/** What is required of training: at most this many times Keras' time. */
const GOAL: Readonly<Record<ModelName, number>> = { autoencoder: 1.5, gru: 3, lstm: 3 };

/** Keras in a separate process; it uses no CPU between two requests. */
class Keras implements Disposable {
  readonly #child;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(python: string) {
    const script = fileURLToPath(new URL('../../../bench/support/keras-steps.py', import.meta.url));
    this.#child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async stepsMs(model: ModelName, steps: number): Promise<number[]> {
    this.#child.stdin.write(`${model} ${steps}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('Keras ended early');
    return JSON.parse(line.value) as number[];
  }

  [Symbol.dispose](): void {
    this.#child.stdin.end();
  }
}

/** One step as `train` makes it: the batch from an array, loss, gradients, Adam. */
function ourStep(engine: Engine, model: ModelName): () => void {
  const { tf } = engine;
  const random = new Random(1);
  const network =
    model === 'autoencoder'
      ? autoencoderNetwork({ kind: 'advanced', latentSize: LATENT })
      : headNetwork({ kind: model, latentSize: LATENT, actions: 7 });
  const parameters = createParameters(engine, initialWeights(network, 1));
  const shape = [BATCH, ...network.inputShape];
  const length = shape.reduce((product, size) => product * size, 1);
  const input = Float32Array.from({ length }, () => random.next());
  const labels = Float32Array.from({ length: BATCH * 7 }, () => (random.next() < 0.3 ? 1 : 0));
  const lossOf = (weights: readonly Tensor[]): Scalar => {
    const x = tf.tensor(input, shape);
    const output = forward(engine, network, weights, x, random);
    if (model === 'autoencoder') return meanSquaredError(engine, x, output);
    const each = sampleLosses(engine, { kind: 'bce' }, tf.tensor2d(labels, [BATCH, 7]), output as Tensor2D);
    return weightedLoss(engine, each, null, 'per-sample');
  };
  return () => void gradientStep(engine, parameters, lossOf);
}

const steps = countArgument('--steps', 60);
const engine = await loadEngine('tfjs-node');
using keras = new Keras(pythonWithKeras());
const rows: string[][] = [];
const document: Record<string, unknown> = {};
for (const model of MODELS) {
  const ours: number[] = [];
  const theirs: number[] = [];
  const step = ourStep(engine, model);
  for (let done = 0; done < steps; done += TURN[model]) {
    const warmup = done === 0 ? WARMUP : 0;
    ours.push(...(await sampleMs(TURN[model], warmup, step)));
    if (warmup > 0) await keras.stepsMs(model, warmup);
    theirs.push(...(await keras.stepsMs(model, TURN[model])));
  }
  const [us, them] = [quantiles(ours)!, quantiles(theirs)!];
  const ratio = us.p50 / them.p50;
  const fastest = Math.min(...ours) / Math.min(...theirs);
  document[model] = { n: ours.length, ours: us, keras: them, ratioOfMedians: ratio, ratioOfFastest: fastest };
  const figures = [us.p50, us.p95, them.p50, them.p95].map((ms) => ms.toFixed(1));
  rows.push([model, String(ours.length), ...figures, ratio.toFixed(2), fastest.toFixed(2), String(GOAL[model])]);
}
publish({
  name: 'train-steps',
  title: 'A training step here and in Keras',
  command: commandOf('bench train-steps', { steps, python: argument('--python'), write: true }),
  n: `${steps} steps or a few more of each model`,
  versions: { engine: engine.description },
  sections: [
    'Steps of a batch of 32 in turns, each side waiting while the other ' +
      'works; latent 512, heads of 128 and 64 units with dropout 0.3, binary cross-entropy. Keras runs its traced train ' +
      'function, which is what `fit` runs. Milliseconds; the ratio is ours to that of Keras, of the medians and of the ' +
      'fastest steps.',
    textBlock(textTable(['step', 'n', 'ours p50', 'p95', 'Keras p50', 'p95', 'ratio', 'fastest', 'goal'], rows)),
  ],
  document: { engine: engine.description, batch: BATCH, latent: LATENT, warmup: WARMUP, ...document },
});
