/** The study's models (write-up, 3 and Appendix A) as networks, any size. Contains no weights and needs no engine. */
import { badOption } from '../core/errors.js';
import type { HeadKind } from '../policy/onnx/head-graph.js';
import { shapesOf, upTo, type ConvolutionSpec, type LayerSpec, type Network } from './network.js';

export const HEIGHT = 72; // px
export const WIDTH = 128; // px

export type AutoencoderKind = 'baseline' | 'advanced';

/** The layer whose output is the latent, in every autoencoder made here. */
export const LATENT_LAYER = 'latent';

function convolution(kind: ConvolutionSpec['kind'], name: string, filters: number): ConvolutionSpec {
  return { kind, name, filters, kernel: [3, 3], strides: [1, 1], padding: 'same', activation: 'relu', useBias: true };
}

/** An encoder's convolutions, each followed by a pool. The study's kernels are 3x3; imported ones may differ. */
export function encoderMaps(maps: readonly Pick<ConvolutionSpec, 'filters' | 'kernel'>[]): LayerSpec[] {
  return maps.flatMap(({ filters, kernel }, index): LayerSpec[] => [
    { ...convolution('conv2d', `conv${index + 1}`, filters), kernel },
    { kind: 'max-pool', name: `pool${index + 1}`, pool: [2, 2], strides: [2, 2], padding: 'same' },
  ]);
}

/** A dense layer with ReLU. */
export function dense(name: string, units: number): Extract<LayerSpec, { kind: 'dense' }> {
  return { kind: 'dense', name, units, activation: 'relu', useBias: true };
}

const multiple = (length: number, of: number): number => Math.max(1, Math.round(length / of)) * of;

const OUTPUT: ConvolutionSpec = { ...convolution('conv2d', 'picture', 1), activation: 'sigmoid' };
const upSampling = (index: number): LayerSpec => ({ kind: 'up-sampling', name: `up${index}`, size: [2, 2] });

export interface AutoencoderOptions {
  readonly kind: AutoencoderKind;
  /** D of `advanced`; `baseline`'s latent is its last map, flattened. */
  readonly latentSize: number;
  /** Filters of the convolutions. Default the study's 32, 64, 128. */
  readonly channels?: readonly number[];
  /** H and W. Default 72 and 128; multiples of 2 to the number of convolutions. */
  readonly image?: readonly [number, number];
}

/**
 * An autoencoder [H, W, 1] -> [H, W, 1]; its encoder ends with {@link LATENT_LAYER}.
 *
 * @throws UnderstudyError `bad-option` for an image that its pools do not divide
 */
export function autoencoderNetwork(options: AutoencoderOptions): Network {
  const channels = options.channels ?? [32, 64, 128];
  const [height, width] = options.image ?? [HEIGHT, WIDTH];
  const least = 2 ** channels.length;
  if (height % least !== 0 || width % least !== 0) {
    throw badOption(
      `An autoencoder of ${channels.length} convolutions takes pictures whose sides are multiples of ${least}, and these are ${width}x${height}.`,
      `Give another --picture, such as ${multiple(width, least)}x${multiple(height, least)}; or --method together, which takes any.`,
    );
  }
  const [rows, columns] = [height / least, width / least];
  const deepest = channels[channels.length - 1];
  const shape = [rows, columns, deepest];
  const encoder = encoderMaps(channels.map((filters) => ({ filters, kernel: [3, 3] })));
  const inputShape = [height, width, 1];
  if (options.kind === 'baseline') {
    // the study's first model: transposed convolutions before each up-sampling, no dense layer
    const decoder = [...channels]
      .reverse()
      .flatMap((filters, index): LayerSpec[] => [
        convolution('conv2d-transpose', `deconv${index + 1}`, filters),
        upSampling(index + 1),
      ]);
    const flat: LayerSpec = { kind: 'flatten', name: LATENT_LAYER };
    return { inputShape, layers: [...encoder, flat, { kind: 'reshape', name: 'map', shape }, ...decoder, OUTPUT] };
  }
  const decoder = channels.flatMap((_, index): LayerSpec[] => {
    const filters = channels[channels.length - 2 - index];
    const up = upSampling(index + 1);
    return filters === undefined ? [up] : [up, convolution('conv2d-transpose', `deconv${index + 1}`, filters)];
  });
  return {
    inputShape,
    layers: [
      ...encoder,
      { kind: 'flatten', name: 'flat' },
      dense(LATENT_LAYER, options.latentSize),
      dense('expand', rows * columns * deepest),
      { kind: 'reshape', name: 'map', shape },
      ...decoder,
      OUTPUT,
    ],
  };
}

/** What the encoder that is trained on the keys is built of. */
export interface KeyEncoderOptions {
  readonly latentSize: number;
  /** Filters of the convolutions, each of which halves the map. Default 32, 64, 128. */
  readonly channels?: readonly number[];
  /** H and W. Default 72 and 128. */
  readonly image?: readonly [number, number];
}

/**
 * An encoder for training on the keys, [H, W, 1] -> [D]: the training's mean picture taken off, convolutions with a
 * stride of 2 (a third of the work of a convolution and a pool), a dense layer, normalized.
 */
export function keyEncoderNetwork({
  latentSize,
  channels = [32, 64, 128],
  image = [HEIGHT, WIDTH],
}: KeyEncoderOptions): Network {
  const maps = channels.map((filters, index): LayerSpec => ({
    ...convolution('conv2d', `conv${index + 1}`, filters),
    strides: [2, 2],
  }));
  return {
    inputShape: [...image, 1],
    layers: [
      { kind: 'normalization', name: 'standardise' },
      ...maps,
      { kind: 'flatten', name: 'flat' },
      { ...dense('dense', latentSize), activation: 'linear' },
      { kind: 'layer-normalization', name: LATENT_LAYER },
    ],
  };
}

/** D of an autoencoder or of an encoder. */
export function latentSizeOf(network: Network): number {
  return shapesOf(upTo(network, [], LATENT_LAYER).network).at(-1)![0];
}

export interface HeadOptions {
  readonly kind: HeadKind;
  readonly latentSize: number;
  /** T. Default 10. */
  readonly windowLength?: number;
  /** Units of the recurrent layers. Default the study's 128 and 64. */
  readonly units?: readonly number[];
  /** Between the recurrent layers; null: no dropout layers. Default the study's 0.3. */
  readonly dropout?: number | null;
  /** On the latents that come in; null: no such layer. Default null. */
  readonly inputDropout?: number | null;
  /** K */
  readonly actions: number;
}

/** A head [T, D] -> [K] probabilities. */
export function headNetwork(options: HeadOptions): Network {
  const { units = [128, 64], dropout = 0.3, inputDropout = null } = options;
  const layers = units.flatMap((size, index): LayerSpec[] => {
    const isLast = index === units.length - 1;
    const recurrent: LayerSpec = {
      kind: options.kind,
      name: `${options.kind}${index + 1}`,
      units: size,
      returnSequences: !isLast,
      activation: 'tanh',
      recurrentActivation: 'sigmoid',
      useBias: true,
      resetAfter: true,
    };
    if (isLast || dropout === null) return [recurrent];
    return [recurrent, { kind: 'dropout', name: `dropout${index + 1}`, rate: dropout }];
  });
  return {
    inputShape: [options.windowLength ?? 10, options.latentSize],
    layers: [
      ...(inputDropout === null ? [] : [{ kind: 'dropout', name: 'input_dropout', rate: inputDropout } as const]),
      ...layers,
      { kind: 'dense', name: 'actions', units: options.actions, activation: 'sigmoid', useBias: true },
    ],
  };
}
