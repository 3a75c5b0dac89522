/** Writes Keras 3 archives (.keras) that Keras itself opens: layers with their settings and weights, nothing to run. */
import { strToU8, zipSync } from 'fflate';
import { LAYER_NORMALIZATION_EPSILON, layerWeights, shapesOf, type LayerSpec } from '../network.js';
import { WholeFile } from '../../core/whole-file.js';
import { weightFolder } from './config.js';
import { writeHdf5, type Hdf5Array } from './hdf5.js';
import type { KerasModel } from './read.js';

const CLASS_NAMES: Readonly<Record<LayerSpec['kind'], string>> = {
  conv2d: 'Conv2D',
  'conv2d-transpose': 'Conv2DTranspose',
  'max-pool': 'MaxPooling2D',
  'up-sampling': 'UpSampling2D',
  flatten: 'Flatten',
  reshape: 'Reshape',
  dense: 'Dense',
  normalization: 'Normalization',
  'layer-normalization': 'LayerNormalization',
  dropout: 'Dropout',
  activation: 'Activation',
  gru: 'GRU',
  lstm: 'LSTM',
};

/** Keras version whose format is written; later ones read it too. */
const KERAS_VERSION = '3.0.0';

/** A layer's settings with the names of Keras' `get_config`; a setting that is left out has Keras' default. */
function configOf(layer: LayerSpec): Record<string, unknown> {
  const base = { name: layer.name, trainable: true, dtype: 'float32' };
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2d-transpose': {
      const { filters, kernel, strides, padding, activation, useBias } = layer;
      const windows = { kernel_size: kernel, strides, padding, data_format: 'channels_last' };
      return { ...base, filters, ...windows, activation, use_bias: useBias };
    }
    case 'max-pool':
      return { ...base, pool_size: layer.pool, strides: layer.strides, padding: layer.padding };
    case 'up-sampling':
      return { ...base, size: layer.size, interpolation: 'nearest' };
    case 'flatten':
      return base;
    case 'reshape':
      return { ...base, target_shape: layer.shape };
    case 'dense':
      return { ...base, units: layer.units, activation: layer.activation, use_bias: layer.useBias };
    case 'normalization':
      return { ...base, axis: [1, 2, 3], invert: false }; // one mean for each pixel
    case 'layer-normalization':
      return { ...base, axis: -1, epsilon: LAYER_NORMALIZATION_EPSILON, center: true, scale: true };
    case 'dropout':
      return { ...base, rate: layer.rate };
    case 'activation':
      return { ...base, activation: layer.activation };
    case 'gru':
    case 'lstm': {
      const { units, activation, recurrentActivation, useBias, returnSequences } = layer;
      const gates = { activation, recurrent_activation: recurrentActivation, use_bias: useBias };
      const reset = layer.kind === 'gru' ? { reset_after: layer.resetAfter } : {};
      return { ...base, units, ...gates, return_sequences: returnSequences, ...reset };
    }
  }
}

interface KerasLayerJson {
  readonly module: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly registered_name: null;
  readonly name: string;
  readonly build_config?: { readonly input_shape: readonly (number | null)[] };
  readonly inbound_nodes: readonly unknown[];
}

function layerJson(layer: LayerSpec, source: string, input: readonly number[]): KerasLayerJson {
  const shape = [null, ...input];
  const history = { shape, dtype: 'float32', keras_history: [source, 0, 0] };
  return {
    module: 'keras.layers',
    class_name: CLASS_NAMES[layer.kind],
    config: configOf(layer),
    registered_name: null,
    build_config: { input_shape: shape },
    name: layer.name,
    inbound_nodes: [{ args: [{ class_name: '__keras_tensor__', config: history }], kwargs: {} }],
  };
}

const INPUT_NAME = 'input';

function modelJson(model: KerasModel, name: string): Record<string, unknown> {
  const { layers, inputShape } = model.network;
  const shapes = shapesOf(model.network);
  const input: KerasLayerJson = {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: [null, ...inputShape], dtype: 'float32', sparse: false, name: INPUT_NAME },
    registered_name: null,
    name: INPUT_NAME,
    inbound_nodes: [],
  };
  const chain = layers.map((layer, index) =>
    layerJson(layer, index === 0 ? INPUT_NAME : layers[index - 1].name, shapes[index]),
  );
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name,
      trainable: true,
      layers: [input, ...chain],
      input_layers: [[INPUT_NAME, 0, 0]],
      output_layers: [[layers[layers.length - 1].name, 0, 0]],
    },
    registered_name: 'Functional',
    build_config: { input_shape: null },
  };
}

function hdf5Arrays(model: KerasModel): Hdf5Array[] {
  const folders = weightFolder(model.network.layers.map(({ kind }) => CLASS_NAMES[kind]));
  const shapes = shapesOf(model.network);
  let at = 0;
  return model.network.layers.flatMap((layer, index) => {
    const arrays = layerWeights(layer, shapes[index]).map(({ shape }, number) => {
      const { values } = model.weights[at];
      at += 1;
      return { path: `${folders[index] ?? ''}/${number}`, shape, values };
    });
    // Keras also stores of how many pictures the mean is, and uses it only to continue the count
    const count = { path: `${folders[index] ?? ''}/2`, shape: [], values: Float32Array.of(0) };
    return layer.kind === 'normalization' ? [...arrays, count] : arrays;
  });
}

/** The archive's bytes. */
export async function kerasArchive(model: KerasModel, name: string): Promise<Uint8Array> {
  const weights = await writeHdf5(hdf5Arrays(model), ['layers', 'vars']);
  const metadata = { keras_version: KERAS_VERSION, date_saved: '1980-01-01@00:00:00' };
  return zipSync(
    {
      'metadata.json': strToU8(JSON.stringify(metadata)),
      'config.json': strToU8(JSON.stringify(modelJson(model, name))),
      'model.weights.h5': weights,
    },
    { level: 0, mtime: '1980-01-01T00:00:00Z' },
  );
}

/**
 * Writes a model as x.keras, whole or not at all.
 *
 * @throws UnderstudyError `write-failed`
 */
export async function writeKerasArchive(path: string, model: KerasModel, name = 'model'): Promise<void> {
  const bytes = await kerasArchive(model, name);
  using file = new WholeFile(path, 'Make room on the disk, or name another folder.');
  file.write(bytes);
  file.publish();
}
