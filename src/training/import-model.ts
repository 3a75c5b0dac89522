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
import { readKerasArchive, type KerasModel } from './keras/read.js';
import { writeKerasArchive } from './keras/write.js';
import { shapesOf, upTo, type LayerSpec, type NamedArray, type Network } from './network.js';
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
  const latent = shapesOf(encoder.network)
    .at(-1)!
    .reduce((size, length) => size * length, 1);
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

const named = (name: string, tensor: WeightTensor): NamedArray => ({ name, shape: tensor.shape, values: tensor.data });

/** An encoder's network and weights, from its graph. */
export function encoderModel(weights: EncoderWeights, image: readonly [number, number]): KerasModel {
  const layers: LayerSpec[] = [];
  const arrays: NamedArray[] = [];
  for (const [index, { kernel, bias }] of weights.convolutions.entries()) {
    const name = `conv${index + 1}`;
    const [rows, columns, , filters] = kernel.shape;
    const window = { kernel: [rows, columns], strides: [1, 1], padding: 'same' } as const;
    layers.push({ kind: 'conv2d', name, filters, ...window, activation: 'relu', useBias: true });
    layers.push({ kind: 'max-pool', name: `pool${index + 1}`, pool: [2, 2], strides: [2, 2], padding: 'same' });
    arrays.push(named(`${name}/kernel`, kernel), named(`${name}/bias`, bias));
  }
  layers.push({ kind: 'flatten', name: weights.latent === null ? 'latent' : 'flat' });
  if (weights.latent !== null) {
    const { kernel, bias } = weights.latent;
    layers.push({ kind: 'dense', name: 'latent', units: kernel.shape[1], activation: 'relu', useBias: true });
    arrays.push(named('latent/kernel', kernel), named('latent/bias', bias));
  }
  return { network: { inputShape: [...image, 1], layers }, weights: arrays };
}

/** A head's network and weights, from its graph, without dropout: prediction does not use it. */
export function headModel(weights: HeadWeights, windowLength: number): KerasModel {
  const arrays: NamedArray[] = [];
  const layers = weights.layers.map(({ kernel, recurrentKernel, bias }, index): LayerSpec => {
    const name = `${weights.kind}${index + 1}`;
    arrays.push(named(`${name}/kernel`, kernel), named(`${name}/recurrent_kernel`, recurrentKernel));
    arrays.push(named(`${name}/bias`, bias));
    return {
      kind: weights.kind,
      name,
      units: recurrentKernel.shape[0],
      returnSequences: index < weights.layers.length - 1,
      activation: 'tanh',
      recurrentActivation: 'sigmoid',
      useBias: true,
      resetAfter: true,
    };
  });
  const { kernel, bias } = weights.output;
  arrays.push(named('actions/kernel', kernel), named('actions/bias', bias));
  const output: LayerSpec = {
    kind: 'dense',
    name: 'actions',
    units: kernel.shape[1],
    activation: 'sigmoid',
    useBias: true,
  };
  const network: Network = {
    inputShape: [windowLength, weights.layers[0].kernel.shape[0]],
    layers: [...layers, output],
  };
  return { network, weights: arrays };
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
