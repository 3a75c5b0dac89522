/**
 * A bundle's model on the training engine (`--engine tfjs`): the same weights, read from the bundle's graphs. For
 * comparison and for machines without onnxruntime; slower.
 */
import { UnderstudyError } from '../core/errors.js';
import type { Bundle } from '../policy/bundle.js';
import type { Model as PlayedModel, ModelOptions } from '../policy/model.js';
import { readEncoderWeights } from '../policy/onnx/encoder-graph.js';
import { readHeadWeights } from '../policy/onnx/head-graph.js';
import type { Engine } from './engine.js';
import { LoadedModel } from './forward.js';
import { encoderModel, headModel } from './import-model.js';
import type { KerasModel } from './keras/read.js';

/** A promise of work that is done at once, on the caller's thread. */
const promised = (work: () => void): Promise<void> =>
  new Promise((resolve) => {
    work();
    resolve();
  });

/** The weights of both graphs; an error names the bundle. */
function readModels(bundle: Bundle): { readonly encoder: KerasModel; readonly head: KerasModel } {
  const { image, windowLength } = bundle.manifest;
  try {
    return {
      encoder: encoderModel(readEncoderWeights(bundle.encoder), [image.height, image.width]),
      head: headModel(readHeadWeights(bundle.head), windowLength),
    };
  } catch (cause) {
    if (!(cause instanceof UnderstudyError)) throw cause;
    const { kind, code, message, next } = cause;
    throw new UnderstudyError({ kind, code, message: `${bundle.folder} on TensorFlow.js: ${message}`, next, cause });
  }
}

/**
 * Opens a bundle's model on a training engine and runs it once, so that the first real answer is as fast as later ones.
 *
 * @throws UnderstudyError `model-unsupported` for a quantized bundle, `bundle-corrupt` for graphs that this program did
 *   not write
 */
export function openTfjsModel(engine: Engine, bundle: Bundle, options: ModelOptions = {}): PlayedModel {
  const { image, latentSize, windowLength } = bundle.manifest;
  const batchSize = options.batchSize ?? 1;
  const models = readModels(bundle);
  const encoder = new LoadedModel(engine, models.encoder);
  const head = new LoadedModel(engine, models.head);
  const latents = new Float32Array(batchSize * windowLength * latentSize);
  encoder.run(new Float32Array(batchSize * image.height * image.width));
  head.run(latents);
  return {
    encoder: {
      latentSize,
      encode: (picture, latent) => promised(() => latent.set(encoder.run(picture))),
      [Symbol.asyncDispose]: () => promised(() => encoder[Symbol.dispose]()),
    },
    head: {
      latents,
      predict: (probabilities) => promised(() => probabilities.set(head.run(latents))),
      [Symbol.asyncDispose]: () => promised(() => head[Symbol.dispose]()),
    },
  };
}
