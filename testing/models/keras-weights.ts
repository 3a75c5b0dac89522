/** Reads the weights of the fixtures' Keras archives (a zip of config.json and an HDF5 file), by layer. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import h5wasm from 'h5wasm/node';
import type { EncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import type { WeightTensor } from '../../src/policy/onnx/graph-builder.js';
import type { HeadKind, HeadWeights, RecurrentWeights } from '../../src/policy/onnx/head-graph.js';
import { sharedFile } from './shared-files.js';

type Weights = (path: string) => WeightTensor;

async function withArchive<T>(name: string, use: (weights: Weights) => T): Promise<T> {
  await h5wasm.ready;
  const archive = unzipSync(readFileSync(sharedFile('fixtures', name)));
  const path = join(tmpdir(), `understudy-${process.pid}-${name}.h5`);
  writeFileSync(path, archive['model.weights.h5']);
  const file = new h5wasm.File(path, 'r');
  try {
    return use((layer) => {
      const dataset = file.get(`layers/${layer}`) as { readonly shape: number[]; readonly value: Float32Array };
      return { shape: dataset.shape, data: Float32Array.from(dataset.value) };
    });
  } finally {
    file.close();
    rmSync(path, { force: true });
  }
}

/** The encoder of `encoder-16.keras`. */
export function kerasEncoder(name: string): Promise<EncoderWeights> {
  return withArchive(name, (weights) => ({
    convolutions: ['conv2d', 'conv2d_1', 'conv2d_2'].map((layer) => ({
      kernel: weights(`${layer}/vars/0`),
      bias: weights(`${layer}/vars/1`),
    })),
    latent: { kernel: weights('dense/vars/0'), bias: weights('dense/vars/1') },
  }));
}

/** The head of `gru-16.keras` or `lstm-16.keras`. */
export function kerasHead(name: string, kind: HeadKind): Promise<HeadWeights> {
  return withArchive(name, (weights) => ({
    kind,
    layers: [kind, `${kind}_1`].map((layer): RecurrentWeights => ({
      kernel: weights(`${layer}/cell/vars/0`),
      recurrentKernel: weights(`${layer}/cell/vars/1`),
      bias: weights(`${layer}/cell/vars/2`),
    })),
    output: { kernel: weights('dense/vars/0'), bias: weights('dense/vars/1') },
  }));
}

/** An array of the fixtures, float32. */
export function fixtureFloats(file: string): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(sharedFile('fixtures', file))).buffer);
}
