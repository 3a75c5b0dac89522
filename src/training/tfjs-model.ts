/**
 * A bundle's model on the training engine (`--engine tfjs`): the same weights, read out of the bundle's own graphs. For
 * comparison and for machines without onnxruntime; slower.
 */
import type { Bundle } from '../policy/bundle.js';
import type { Encoder, Head, ModelOptions } from '../policy/model.js';
import { readEncoderWeights } from '../policy/onnx/encoder-graph.js';
import { readHeadWeights } from '../policy/onnx/head-graph.js';
import type { Engine, Tensor } from './engine.js';
import { forward } from './forward.js';
import { encoderModel, headModel } from './import-model.js';
import type { Model } from './keras/read.js';

/** One network with its weights held by the engine. */
class TfjsNetwork {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #weights: Tensor[];

  constructor(engine: Engine, model: Model) {
    this.#engine = engine;
    this.#model = model;
    this.#weights = model.weights.map(({ values, shape }) => engine.tf.keep(engine.tf.tensor(values, [...shape])));
  }

  /** Answers to a batch of any size. */
  run(input: Float32Array, batchSize: number, output: Float32Array): void {
    const { tf } = this.#engine;
    const { network } = this.#model;
    const answer = tf.tidy(() => {
      const x = tf.tensor(input, [batchSize, ...network.inputShape]);
      return forward(this.#engine, network, this.#weights, x).dataSync();
    });
    output.set(answer);
  }

  dispose(): void {
    for (const weight of this.#weights) weight.dispose();
  }
}

/**
 * Opens a bundle's model on a training engine.
 *
 * @throws UnderstudyError 'bundle-corrupt' for graphs that this program did not write (quantized ones among them)
 */
export function openTfjsModel(
  engine: Engine,
  bundle: Bundle,
  options: ModelOptions = {},
): { readonly encoder: Encoder; readonly head: Head } {
  const { image, latentSize, windowLength } = bundle.manifest;
  const batchSize = options.batchSize ?? 1;
  const encoder = new TfjsNetwork(
    engine,
    encoderModel(readEncoderWeights(bundle.encoder), [image.height, image.width]),
  );
  const head = new TfjsNetwork(engine, headModel(readHeadWeights(bundle.head), windowLength));
  const latents = new Float32Array(batchSize * windowLength * latentSize);
  return {
    encoder: {
      latentSize,
      encode: (picture, latent) => Promise.resolve(encoder.run(picture, batchSize, latent)),
      [Symbol.asyncDispose]: () => Promise.resolve(encoder.dispose()),
    },
    head: {
      latents,
      predict: (probabilities) => Promise.resolve(head.run(latents, batchSize, probabilities)),
      [Symbol.asyncDispose]: () => Promise.resolve(head.dispose()),
    },
  };
}
