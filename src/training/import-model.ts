/**
 * `model import` and `model export`: Keras archives to a bundle and back. Needs no training engine: a bundle is run by
 * its own graphs.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { STUDY_NAMES } from '../core/study-actions.js';
import { readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import { encoderGraph, readEncoderWeights, type EncoderWeights } from '../policy/onnx/encoder-graph.js';
import type { WeightStorage, WeightTensor } from '../policy/onnx/graph-builder.js';
import { headGraph, readHeadWeights, type HeadWeights } from '../policy/onnx/head-graph.js';
import { thresholdAt, type Thresholds } from '../policy/thresholds.js';
import { STUDY_CONTRACT, type Crop } from '../vision/preprocessing-contract.js';
import { dense, encoderMaps, headNetwork, keyEncoderNetwork, LATENT_LAYER } from './architectures.js';
import { readKerasArchive, type KerasModel } from './keras/read.js';
import { writeKerasArchive } from './keras/write.js';
import { elementCount, shapesOf, upTo, weightSpecs, type Network } from './network.js';
import { encoderWeights, headWeights } from './study-weights.js';

export interface ImportOptions {
  /** A .keras archive of the encoder, or of a whole autoencoder with {@link latentLayer}. */
  readonly encoder: string;
  /** A .keras archive of the head. */
  readonly head: string;
  /** Folder of the bundle. */
  readonly out: string;
  readonly name: string;
  /** The encoder ends with this layer. */
  readonly latentLayer?: string;
  /** The actions of the head's outputs, in their order. Default the study's. */
  readonly actions?: readonly string[];
  /** Default 10, as in the study. */
  readonly fps?: number;
  /** Default 1, as in the study's code. */
  readonly horizon?: number;
  /** Default 0.5 for every action, as in the study. */
  readonly thresholds?: Thresholds;
  /** Default the whole game window. */
  readonly crop?: Crop;
  readonly storage?: WeightStorage;
}

function misfit(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'bundle-mismatch', message, next });
}

function assertFits(encoder: KerasModel, head: KerasModel, actions: readonly string[]): void {
  const [height, width, channels] = encoder.network.inputShape;
  if (encoder.network.inputShape.length !== 3 || channels !== 1) {
    throw misfit(
      `The encoder takes [${encoder.network.inputShape.join(', ')}]; expected a gray picture [H, W, 1].`,
      'Give an encoder of gray pictures, such as [72, 128, 1].',
    );
  }
  const latent = elementCount(shapesOf(encoder.network).at(-1)!);
  const [, latentSize] = head.network.inputShape;
  if (head.network.inputShape.length !== 2 || latentSize !== latent) {
    throw misfit(
      `The encoder gives latents of ${latent}; the head takes [${head.network.inputShape.join(', ')}], expected [T, ${latent}].`,
      `Give the head that was trained on this encoder (${height} x ${width}); a whole autoencoder needs --latent-layer.`,
    );
  }
  const outputs = shapesOf(head.network).at(-1)![0];
  if (outputs !== actions.length) {
    throw misfit(
      `The head has ${outputs} outputs; ${actions.length} actions are named: ${actions.join(', ')}.`,
      'Name one action for each output, in order: --actions JUMP,DASH.',
    );
  }
}

/**
 * Makes a bundle from two archives.
 *
 * @throws UnderstudyError as `readKerasArchive`; `model-unsupported` where a bundle cannot hold the layers;
 *   `bundle-mismatch` where encoder, head and actions do not fit each other; `write-failed`
 */
export async function importModel(options: ImportOptions): Promise<Bundle> {
  const whole = await readKerasArchive(options.encoder);
  const { latentLayer } = options;
  const encoder = latentLayer === undefined ? whole : upTo(whole.network, whole.weights, latentLayer);
  const head = await readKerasArchive(options.head);
  const actions = [...(options.actions ?? STUDY_NAMES)];
  assertFits(encoder, head, actions);
  const storage = options.storage ?? 'float32';
  const [height, width] = encoder.network.inputShape;
  const [windowLength, latentSize] = head.network.inputShape;
  const models = {
    encoder: encoderGraph(encoderWeights(encoder), { image: { height, width }, storage }),
    head: headGraph(headWeights(head), { windowLength, storage }),
  };
  const horizon = options.horizon ?? 1;
  const description = {
    name: options.name,
    actions,
    fps: options.fps ?? 10,
    windowLength,
    latentSize,
    preprocessing: { ...STUDY_CONTRACT, height, width, crop: options.crop ?? STUDY_CONTRACT.crop },
    horizon,
    apply: horizon === 0 ? ('at-once' as const) : ('next-tick' as const),
    thresholds: Object.fromEntries(actions.map((action) => [action, options.thresholds?.[action] ?? thresholdAt(0.5)])),
    training: { kind: 'imported', format: 'keras', storage },
    metrics: {},
  };
  return writeBundle(options.out, description, models);
}

/** A network with these weights, in the order of `weightSpecs(network)`. */
function withWeights(network: Network, tensors: readonly WeightTensor[]): KerasModel {
  const weights = weightSpecs(network).map(({ name }, index) => {
    const { shape, data } = tensors[index];
    return { name, shape, values: data };
  });
  return { network, weights };
}

/** An encoder's network and weights, from its graph. */
export function encoderModel(weights: EncoderWeights, image: readonly [number, number]): KerasModel {
  const { convolutions, latent, onKeys } = weights;
  if (onKeys !== undefined && latent !== null) {
    const network = keyEncoderNetwork({
      latentSize: latent.bias.data.length,
      channels: convolutions.map(({ bias }) => bias.data.length),
      image,
    });
    const { mean, variance, gamma, beta } = onKeys;
    const inside = [...convolutions, latent].flatMap(({ kernel, bias }) => [kernel, bias]);
    return withWeights(network, [mean, variance, ...inside, gamma, beta]);
  }
  const layers = encoderMaps(
    convolutions.map(({ kernel: { shape } }) => ({ filters: shape[3], kernel: [shape[0], shape[1]] })),
  );
  layers.push({ kind: 'flatten', name: latent === null ? LATENT_LAYER : 'flat' });
  if (latent !== null) layers.push(dense(LATENT_LAYER, latent.kernel.shape[1]));
  const tensors = [...convolutions, ...(latent === null ? [] : [latent])].flatMap(({ kernel, bias }) => [kernel, bias]);
  return withWeights({ inputShape: [...image, 1], layers }, tensors);
}

/** A head's network and weights, from its graph, without dropout: prediction does not use it. */
export function headModel(weights: HeadWeights, windowLength: number): KerasModel {
  const { kind, layers, output } = weights;
  const network = headNetwork({
    kind,
    latentSize: layers[0].kernel.shape[0],
    windowLength,
    units: layers.map(({ recurrentKernel }) => recurrentKernel.shape[0]),
    dropout: null,
    actions: output.kernel.shape[1],
  });
  const tensors = layers.flatMap(({ kernel, recurrentKernel, bias }) => [kernel, recurrentKernel, bias]);
  return withWeights(network, [...tensors, output.kernel, output.bias]);
}

/**
 * Writes a bundle's model as encoder.keras and head.keras into a folder.
 *
 * @returns both paths
 * @throws UnderstudyError as `readBundle`; `write-failed`
 */
export async function exportModel(bundleFolder: string, out: string): Promise<{ encoder: string; head: string }> {
  const bundle = await readBundle(bundleFolder);
  const { image, windowLength } = bundle.manifest;
  mkdirSync(out, { recursive: true });
  const paths = { encoder: join(out, 'encoder.keras'), head: join(out, 'head.keras') };
  const encoder = encoderModel(readEncoderWeights(bundle.encoder), [image.height, image.width]);
  await writeKerasArchive(paths.encoder, encoder, 'encoder');
  await writeKerasArchive(paths.head, headModel(readHeadWeights(bundle.head), windowLength), 'head');
  return paths;
}
