/**
 * Turns networks into the layers that a bundle's ONNX graphs are made from: weights in Keras' layout, by role. Refuses
 * layers that a bundle cannot hold, by name.
 */
import { UnderstudyError } from '../core/errors.js';
import type { EncoderWeights, LayerWeights } from '../policy/onnx/encoder-graph.js';
import type { WeightTensor } from '../policy/onnx/graph-builder.js';
import type { HeadWeights, RecurrentWeights } from '../policy/onnx/head-graph.js';
import type { KerasModel } from './keras/read.js';
import { hasKerasDefaults, layerWeights, shapesOf, type LayerSpec } from './network.js';

function unsupported(layer: LayerSpec, expected: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `Layer '${layer.name}' (${layer.kind}) does not fit a bundle: expected ${expected}.`,
    next: "Bundles hold the study's architectures of any size; give an encoder or a head of that build.",
  });
}

/** Each layer with its weights. */
function layersOf(model: KerasModel): { layer: LayerSpec; weights: WeightTensor[] }[] {
  const shapes = shapesOf(model.network);
  let at = 0;
  return model.network.layers.map((layer, index) => {
    const count = layerWeights(layer, shapes[index]).length;
    const weights = model.weights.slice(at, at + count).map(({ shape, values }) => ({ shape, data: values }));
    at += count;
    return { layer, weights };
  });
}

function isConvolution(layer: LayerSpec, stride: 1 | 2): boolean {
  if (layer.kind !== 'conv2d' || layer.padding !== 'same' || layer.activation !== 'relu' || !layer.useBias)
    return false;
  return layer.strides.every((length) => length === stride) && layer.kernel.every((length) => length % 2 === 1);
}

function isStudyPool(layer: LayerSpec): boolean {
  if (layer.kind !== 'max-pool' || layer.padding !== 'same') return false;
  return layer.pool.join() === '2,2' && layer.strides.join() === '2,2';
}

type Layers = ReturnType<typeof layersOf>;

/**
 * The encoder's weights for `encoderGraph`: one that was trained on the keys, or the study's: any number of (convolution
 * with padding 'same' and ReLU, 2x2 pool), then flatten, then one dense ReLU layer or none. The graph flattens a map that
 * is not flattened (the study's baseline).
 */
export function encoderWeights(encoder: KerasModel): EncoderWeights {
  const layers = layersOf(encoder).filter(({ layer }) => layer.kind !== 'dropout' && layer.kind !== 'flatten');
  return layers[0].layer.kind === 'normalization' ? keyEncoderWeights(layers) : studyEncoderWeights(layers);
}

function keyEncoderWeights(layers: Layers): EncoderWeights {
  const [standardise, ...rest] = layers;
  const normalization = rest[rest.length - 1];
  const latent = rest[rest.length - 2];
  if (normalization.layer.kind !== 'layer-normalization')
    throw unsupported(normalization.layer, 'a LayerNormalization');
  if (latent.layer.kind !== 'dense' || latent.layer.activation !== 'linear' || !latent.layer.useBias) {
    throw unsupported(latent.layer, 'a dense layer without activation as the latent');
  }
  const convolutions = rest.slice(0, -2).map(({ layer, weights: [kernel, bias] }) => {
    if (!isConvolution(layer, 2)) throw unsupported(layer, "an odd convolution, stride 2, padding 'same', ReLU");
    return { kernel, bias };
  });
  const [mean, variance] = standardise.weights;
  const [gamma, beta] = normalization.weights;
  const [kernel, bias] = latent.weights;
  return { convolutions, latent: { kernel, bias }, onKeys: { mean, variance, gamma, beta } };
}

function studyEncoderWeights(layers: Layers): EncoderWeights {
  const convolutions: LayerWeights[] = [];
  let at = 0;
  while (at < layers.length && isConvolution(layers[at].layer, 1)) {
    const pool = layers.at(at + 1);
    if (pool === undefined || !isStudyPool(pool.layer)) {
      throw unsupported(layers[at].layer, "a 2x2 max pool with padding 'same' after it");
    }
    const [kernel, bias] = layers[at].weights;
    convolutions.push({ kernel, bias });
    at += 2;
  }
  const rest = layers.slice(at);
  if (convolutions.length === 0) throw unsupported(layers[0].layer, "an odd convolution, padding 'same', ReLU, first");
  if (rest.length === 0) return { convolutions, latent: null };
  const { layer, weights } = rest[0];
  if (layer.kind !== 'dense' || layer.activation !== 'relu' || !layer.useBias) {
    throw unsupported(layer, 'a dense layer with ReLU as the latent');
  }
  if (rest.length > 1) throw unsupported(rest[1].layer, 'nothing after the latent (name it with --latent-layer)');
  return { convolutions, latent: { kernel: weights[0], bias: weights[1] } };
}

/** The head's weights for `headGraph`: recurrent layers of one kind with Keras' defaults, then a dense sigmoid. */
export function headWeights(head: KerasModel): HeadWeights {
  const layers = layersOf(head).filter(({ layer }) => layer.kind !== 'dropout');
  const output = layers[layers.length - 1];
  const recurrent = layers.slice(0, -1);
  const kind = recurrent.at(0)?.layer.kind;
  if (kind !== 'gru' && kind !== 'lstm') throw unsupported(layers[0].layer, 'GRU or LSTM layers first');
  for (const [index, { layer }] of recurrent.entries()) {
    const isLast = index === recurrent.length - 1;
    const isDefault = layer.kind === kind && hasKerasDefaults(layer) && layer.returnSequences === !isLast;
    if (!isDefault) throw unsupported(layer, `a ${kind} layer with Keras' default activations, bias and reset_after`);
  }
  if (output.layer.kind !== 'dense' || output.layer.activation !== 'sigmoid' || !output.layer.useBias) {
    throw unsupported(output.layer, 'a dense sigmoid layer at the end');
  }
  return {
    kind,
    layers: recurrent.map(({ weights }): RecurrentWeights => {
      const [kernel, recurrentKernel, bias] = weights;
      return { kernel, recurrentKernel, bias };
    }),
    output: { kernel: output.weights[0], bias: output.weights[1] },
  };
}
