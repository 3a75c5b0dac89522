/**
 * Makes a smaller, faster model from a bundle: weights in float16, or the encoder in int8 with activation scales
 * calibrated on pictures. Returns only bytes; the caller must measure whether they play as well as the original.
 */
import type { Bundle } from './bundle.js';
import {
  ENCODER_INPUT,
  ENCODER_OUTPUT,
  encoderGraph,
  latentSizeOf,
  readEncoderWeights,
  type EncoderWeights,
  type ImageSize,
} from './onnx/encoder-graph.js';
import { headGraph, readHeadWeights } from './onnx/head-graph.js';
import { quantizedEncoderGraph } from './onnx/quantized-encoder.js';
import { UnderstudyError } from '../core/errors.js';
import { OnnxSession } from './onnx-session.js';

/** How a bundle's weights can be stored. */
export type QuantizedStorage = 'int8' | 'float16';

/** The two graphs of a quantized model, and what calibration found. */
export interface QuantizedModels {
  readonly encoder: Uint8Array;
  readonly head: Uint8Array;
  /** Largest activation after each convolution; null for float16, which needs no calibration. */
  readonly peaks: readonly number[] | null;
}

/**
 * Quantizes a bundle. int8: the encoder's kernels per output channel; the head (2 % of the weights) in float16, since
 * its rounding errors would add up over the steps of its recurrence.
 *
 * @param pictures float32 [H, W] 0..1, each valid until the next; read only for int8
 * @throws UnderstudyError 'model-unsupported' for a bundle that is quantized already, or an int8 encoder without a
 *   dense latent; 'bundle-corrupt'
 */
export async function quantizeModels(
  bundle: Bundle,
  storage: QuantizedStorage,
  pictures: AsyncIterable<Float32Array>,
): Promise<QuantizedModels> {
  const { image, windowLength } = bundle.manifest;
  const weights = readEncoderWeights(bundle.encoder);
  const head = headGraph(readHeadWeights(bundle.head), { windowLength, storage: 'float16' });
  if (storage === 'float16') return { encoder: encoderGraph(weights, { image, storage }), head, peaks: null };
  if (weights.latent === null || weights.onKeys !== undefined) {
    const what = weights.latent === null ? 'without a dense layer' : 'that was trained on the keys';
    throw new UnderstudyError({
      kind: 'input',
      code: 'model-unsupported',
      message: `'${bundle.manifest.name}' has an encoder ${what}, whose int8 form is not written here`,
      next: 'use --storage float16',
    });
  }
  const peaks = await activationPeaks(weights, image, pictures);
  return { encoder: quantizedEncoderGraph(weights, peaks, { image }), head, peaks };
}

/** The largest value after each convolution's ReLU over all pictures: the range of the 255 steps. */
async function activationPeaks(
  weights: EncoderWeights,
  image: ImageSize,
  pictures: AsyncIterable<Float32Array>,
): Promise<number[]> {
  const prefixes: OnnxSession[] = [];
  try {
    for (let layers = 1; layers <= weights.convolutions.length; layers += 1) {
      const prefix = { convolutions: weights.convolutions.slice(0, layers), latent: null };
      prefixes.push(
        await OnnxSession.open(encoderGraph(prefix, { image }), {
          file: `the first ${layers} layers of the encoder`,
          input: { name: ENCODER_INPUT, shape: [1, image.height, image.width, 1] },
          output: { name: ENCODER_OUTPUT, shape: [1, latentSizeOf(prefix, image)] },
          intraOpThreads: 1,
        }),
      );
    }
    const peaks = prefixes.map(() => 0);
    for await (const picture of pictures) {
      for (const [layer, session] of prefixes.entries()) {
        session.input.set(picture);
        await session.run();
        for (const value of session.output) if (value > peaks[layer]) peaks[layer] = value;
      }
    }
    return peaks;
  } finally {
    for (const session of prefixes) await session[Symbol.asyncDispose]();
  }
}
