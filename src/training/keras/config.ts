/**
 * The config.json of an archive of Keras 3, or of 2.15 and its like, read as data: a chain of the layers that this program knows; everything else is
 * refused by name. Nothing in it is looked up, imported or run.
 */
import { z } from 'zod';
import { UnderstudyError } from '../../core/errors.js';
import {
  ACTIVATIONS,
  LAYER_NORMALIZATION_EPSILON,
  type Activation,
  type LayerSpec,
  type Network,
  type RecurrentSpec,
} from '../network.js';

/** A layer and the folder of its weights inside the archive's HDF5 file. */
export interface KerasModel {
  readonly network: Network;
  /** By layer name: "layers/conv2d_1/vars". Layers without weights are absent. */
  readonly weightFolders: ReadonlyMap<string, string>;
}

const layerSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ name: z.string() }),
  inbound_nodes: z.array(z.unknown()).optional(),
});
type LayerJson = z.infer<typeof layerSchema>;
type Config = Readonly<Record<string, unknown>>;

const modelSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ layers: z.array(layerSchema).max(1000) }),
});

/** How messages name a layer. */
const named = (layer: LayerJson): string => `Layer '${layer.config.name}' (${layer.class_name})`;

function unsupported(message: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message,
    next: 'Supported: a chain of Conv2D, Conv2DTranspose, MaxPooling2D, UpSampling2D, Flatten, Reshape, Dense, Normalization (one mean for each pixel), LayerNormalization, Dropout, Activation, GRU and LSTM with relu, sigmoid, tanh or linear.',
  });
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** Refuses settings that would change the result: each named key must have one of the values given, or be absent. */
function assertSettings(layer: LayerJson, settings: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [key, allowed] of Object.entries(settings)) {
    const value = layer.config[key];
    if (value === undefined || allowed.some((one) => show(one) === show(value))) continue;
    throw unsupported(`${named(layer)} has ${key} ${show(value)}; supported: ${allowed.map(show).join(', ')}.`);
  }
}

function positive(layer: LayerJson, key: string): number {
  const value = layer.config[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw unsupported(`${named(layer)} has ${key} ${show(value)}; expected a whole number from 1.`);
}

function pair(layer: LayerJson, key: string, fallback?: readonly [number, number]): readonly [number, number] {
  const value = layer.config[key] ?? fallback;
  const parsed = z.tuple([z.int().min(1).max(4096), z.int().min(1).max(4096)]).safeParse(value);
  if (parsed.success) return parsed.data;
  throw unsupported(`${named(layer)} has ${key} ${show(value)}; expected two whole numbers.`);
}

function padding(layer: LayerJson): 'same' | 'valid' {
  assertSettings(layer, { padding: ['same', 'valid'] });
  return layer.config.padding === 'same' ? 'same' : 'valid';
}

/** An activation, given by its name or as Keras writes its own functions. */
function activation(layer: LayerJson, key: string, fallback: Activation): Activation {
  const raw = layer.config[key];
  const wrapped = z.object({ class_name: z.literal('function'), config: z.string() }).safeParse(raw);
  const name = raw === undefined || raw === null ? fallback : wrapped.success ? wrapped.data.config : raw;
  const known = ACTIVATIONS.find((one) => one === name);
  if (known !== undefined) return known;
  throw unsupported(`${named(layer)} has ${key} ${show(raw)}; supported: ${ACTIVATIONS.join(', ')}.`);
}

const CHANNELS_LAST = { data_format: ['channels_last', null] };

function convolution(layer: LayerJson, kind: 'conv2d' | 'conv2d-transpose'): LayerSpec {
  assertSettings(layer, { ...CHANNELS_LAST, groups: [1], dilation_rate: [[1, 1], 1], output_padding: [null] });
  return {
    kind,
    name: layer.config.name,
    filters: positive(layer, 'filters'),
    kernel: pair(layer, 'kernel_size'),
    strides: pair(layer, 'strides', [1, 1]),
    padding: padding(layer),
    activation: activation(layer, 'activation', 'linear'),
    useBias: layer.config.use_bias !== false,
  };
}

function recurrent(layer: LayerJson, kind: 'gru' | 'lstm'): RecurrentSpec {
  assertSettings(layer, { return_state: [false], go_backwards: [false], stateful: [false], time_major: [false] });
  return {
    kind,
    name: layer.config.name,
    units: positive(layer, 'units'),
    returnSequences: layer.config.return_sequences === true,
    activation: activation(layer, 'activation', 'tanh'),
    recurrentActivation: activation(layer, 'recurrent_activation', 'sigmoid'),
    useBias: layer.config.use_bias !== false,
    resetAfter: kind === 'lstm' || layer.config.reset_after !== false,
  };
}

function pool(layer: LayerJson): LayerSpec {
  assertSettings(layer, CHANNELS_LAST);
  const size = pair(layer, 'pool_size', [2, 2]);
  const strides = layer.config.strides === null ? size : pair(layer, 'strides', size);
  return { kind: 'max-pool', name: layer.config.name, pool: size, strides, padding: padding(layer) };
}

function reshape(layer: LayerJson): LayerSpec {
  const shape = z.array(z.int().min(-1).max(1_000_000)).min(1).max(4).safeParse(layer.config.target_shape);
  if (!shape.success) throw unsupported(`${named(layer)} has target_shape ${show(layer.config.target_shape)}.`);
  return { kind: 'reshape', name: layer.config.name, shape: shape.data };
}

const READERS: Readonly<Record<string, (layer: LayerJson) => LayerSpec>> = {
  Conv2D: (layer) => convolution(layer, 'conv2d'),
  Conv2DTranspose: (layer) => convolution(layer, 'conv2d-transpose'),
  MaxPooling2D: pool,
  UpSampling2D: (layer) => {
    assertSettings(layer, { ...CHANNELS_LAST, interpolation: ['nearest'] });
    return { kind: 'up-sampling', name: layer.config.name, size: pair(layer, 'size', [2, 2]) };
  },
  Flatten: (layer) => {
    assertSettings(layer, CHANNELS_LAST);
    return { kind: 'flatten', name: layer.config.name };
  },
  Reshape: reshape,
  Dense: (layer) => ({
    kind: 'dense',
    name: layer.config.name,
    units: positive(layer, 'units'),
    activation: activation(layer, 'activation', 'linear'),
    useBias: layer.config.use_bias !== false,
  }),
  Normalization: (layer) => {
    assertSettings(layer, { axis: [[1, 2, 3]], invert: [false], mean: [null], variance: [null] });
    return { kind: 'normalization', name: layer.config.name };
  },
  LayerNormalization: (layer) => {
    const last = [-1, [-1], [1], 1];
    assertSettings(layer, { axis: last, epsilon: [LAYER_NORMALIZATION_EPSILON], center: [true], scale: [true] });
    return { kind: 'layer-normalization', name: layer.config.name };
  },
  Dropout: (layer) => ({ kind: 'dropout', name: layer.config.name, rate: Number(layer.config.rate ?? 0) }),
  Activation: (layer) => ({
    kind: 'activation',
    name: layer.config.name,
    activation: activation(layer, 'activation', 'linear'),
  }),
  GRU: (layer) => recurrent(layer, 'gru'),
  LSTM: (layer) => recurrent(layer, 'lstm'),
};

/** Names that Keras gives the layers' folders in the HDF5 file: by class, numbered in the order of the config. */
const FOLDERS: Readonly<Record<string, string>> = {
  Conv2D: 'conv2d',
  Conv2DTranspose: 'conv2d_transpose',
  Dense: 'dense',
  Normalization: 'normalization',
  LayerNormalization: 'layer_normalization',
  GRU: 'gru',
  LSTM: 'lstm',
};

/** Where Keras keeps the weights of each layer, by the classes of all layers in their order; null: no weights. */
export function weightFolder(classNames: readonly string[]): (string | null)[] {
  const used = new Map<string, number>();
  return classNames.map((className) => {
    const base = FOLDERS[className];
    if (base === undefined) return null;
    const count = used.get(base) ?? 0;
    used.set(base, count + 1);
    const folder = `layers/${count === 0 ? base : `${base}_${count}`}`;
    return className === 'GRU' || className === 'LSTM' ? `${folder}/cell/vars` : `${folder}/vars`;
  });
}

function inputShapeOf(config: Config, what: string): readonly number[] {
  const raw = config.batch_shape ?? config.batch_input_shape;
  const shape = z.tuple([z.unknown()], z.int().min(1).max(100_000)).safeParse(raw);
  if (!shape.success) throw unsupported(`${what} takes ${show(raw)}; expected a batch of arrays of a fixed shape.`);
  return (shape.data as unknown[]).slice(1) as number[];
}

/** How Keras 3 writes a call of a layer. */
const callOfKeras3 = z.object({
  args: z.tuple([z.looseObject({ config: z.looseObject({ keras_history: z.tuple([z.string()], z.unknown()) }) })]),
  kwargs: z.record(z.string(), z.unknown()).optional(),
});

/** How Keras 2 writes it: ["layer", 0, 0, {}] in a list of the tensors taken, which here is one. */
const callOfKeras2 = z.tuple([z.tuple([z.string(), z.int(), z.int(), z.record(z.string(), z.unknown())])]);

/** The one layer that a layer takes its input from. */
function sourceOf(layer: LayerJson): string {
  const nodes = layer.inbound_nodes ?? [];
  const newer = nodes.length === 1 ? callOfKeras3.safeParse(nodes[0]) : null;
  if (newer?.success === true) {
    assertPlainCall(layer, newer.data.kwargs ?? {});
    return newer.data.args[0].config.keras_history[0];
  }
  const older = nodes.length === 1 ? callOfKeras2.safeParse(nodes[0]) : null;
  if (older?.success !== true) throw unsupported(`${named(layer)} does not take exactly one layer's output.`);
  const [name, , , kwargs] = older.data[0];
  assertPlainCall(layer, kwargs);
  return name;
}

/** A call with training=True keeps dropout in prediction; a mask or a first state comes from another layer. */
function assertPlainCall(layer: LayerJson, kwargs: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(kwargs)) {
    if (value === null || value === false) continue;
    throw unsupported(`${named(layer)} is called with ${key} ${show(value)}; supported: a call with its input alone.`);
  }
}

function endsOf(config: Config, key: string): string {
  // one end is ["name", 0, 0], or a list with one such entry
  const one = z.tuple([z.string()], z.unknown());
  const parsed = z.union([one, z.tuple([one])]).safeParse(config[key]);
  if (!parsed.success) throw unsupported(`The model has ${key} ${show(config[key])}; expected exactly one.`);
  const first = parsed.data[0];
  return typeof first === 'string' ? first : first[0];
}

/** The layers from input to output of a functional model, which must be a chain. */
function chainOf(layers: readonly LayerJson[], config: Config): LayerJson[] {
  const byName = new Map(layers.map((layer) => [layer.config.name, layer]));
  const chain: LayerJson[] = [];
  let name = endsOf(config, 'output_layers');
  for (;;) {
    const layer = byName.get(name);
    if (layer === undefined || chain.includes(layer))
      throw unsupported(`The model is not a chain of layers at '${name}'.`);
    chain.unshift(layer);
    if (layer.class_name === 'InputLayer') break;
    name = sourceOf(layer);
  }
  const extra = layers.find((layer) => !chain.includes(layer));
  if (extra !== undefined) throw unsupported(`${named(extra)} is not on the one chain from input to output.`);
  return chain;
}

function assertFloat32(layer: LayerJson): void {
  const dtype = layer.config.dtype;
  const policy = z.looseObject({ config: z.looseObject({ name: z.string() }) }).safeParse(dtype);
  const name = policy.success ? policy.data.config.name : (dtype ?? 'float32');
  if (name !== 'float32') throw unsupported(`${named(layer)} computes in ${show(name)}; supported: float32.`);
}

/** Reads a config.json. @throws UnderstudyError `model-unsupported` naming what is not known */
export function readConfig(json: unknown): KerasModel {
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) throw unsupported('The archive holds no Keras model: config.json has no list of layers.');
  const { class_name: className, config } = parsed.data;
  if (className !== 'Functional' && className !== 'Sequential' && className !== 'Model') {
    throw unsupported(`The model is a ${className}; supported: Functional and Sequential.`);
  }
  const isInput = (layer: LayerJson): boolean => layer.class_name === 'InputLayer';
  for (const layer of config.layers) {
    if (!isInput(layer) && READERS[layer.class_name] === undefined) {
      throw unsupported(`Layer '${layer.config.name}' is a ${layer.class_name}, which is not supported.`);
    }
    assertFloat32(layer);
  }
  const chain = className === 'Sequential' ? config.layers : chainOf(config.layers, config);
  const input = chain.find(isInput);
  const inputShape = inputShapeOf(input?.config ?? { batch_shape: config.build_input_shape }, 'The model');
  const folders = weightFolder(config.layers.map((layer) => layer.class_name));
  const weightFolders = new Map<string, string>();
  for (const [index, layer] of config.layers.entries()) {
    const folder = folders[index];
    if (folder !== null) weightFolders.set(layer.config.name, folder);
  }
  const layers = chain.filter((layer) => !isInput(layer)).map((layer) => READERS[layer.class_name](layer));
  return { network: { inputShape, layers }, weightFolders };
}
