import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { encoderGraph } from '../../src/policy/onnx/encoder-graph.js';
import { headGraph } from '../../src/policy/onnx/head-graph.js';
import { autoencoderNetwork, headNetwork, HEIGHT, LATENT_LAYER, WIDTH } from '../../src/training/architectures.js';
import { TRAIN } from '../../src/training/dataset.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { upTo } from '../../src/training/network.js';
import { MemoryRows } from '../../src/training/rows.js';
import { assertSameAnswers } from '../../src/training/same-answers.js';
import { encoderWeights, headWeights } from '../../src/training/study-weights.js';
import { lacksEngine } from '../../testing/models/training-engine.js';

const skip = lacksEngine;
let engine: Engine;
before(async () => {
  if (skip === false) engine = await loadEngine('tfjs-node');
});

/** D of the study's baseline: a map of 9 x 16 x 128. */
const LATENT = 18_432;
const COUNT = 12;
const WINDOW = 2;

function baseline() {
  const network = autoencoderNetwork({ kind: 'baseline', latentSize: LATENT, channels: [2, 2, 128] });
  const encoder = upTo(network, initialWeights(network, 1), LATENT_LAYER);
  const headOf = headNetwork({ kind: 'lstm', latentSize: LATENT, windowLength: WINDOW, units: [2], actions: 7 });
  const head = { network: headOf, weights: initialWeights(headOf, 1) };
  const pixels = Uint8Array.from({ length: COUNT * HEIGHT * WIDTH }, (_, i) => (i * 31) % 251);
  const subject = {
    data: {
      ...{ frames: new MemoryRows(pixels, HEIGHT * WIDTH), image: [HEIGHT, WIDTH] as const },
      ...{
        labels: LabelMatrix.zeros(STUDY_ACTIONS, COUNT),
        fightOf: new Int32Array(COUNT),
        partOf: new Uint8Array(COUNT).fill(TRAIN),
      },
    },
    latents: new MemoryRows(new Uint8Array(COUNT * LATENT * 4), LATENT * 4),
    ...{ encoder, head },
  };
  const image = { height: HEIGHT, width: WIDTH };
  return { subject, image };
}

test(
  "the map of the study's baseline, 18,432 numbers a frame, is compared as a small latent is",
  { skip },
  async () => {
    const { subject, image } = baseline();
    const { encoder, head } = subject;
    const graphs = {
      encoder: encoderGraph(encoderWeights(encoder), { image, storage: 'float32' }),
      head: headGraph(headWeights(head), { windowLength: WINDOW, storage: 'float32' }),
    };
    await assertSameAnswers(engine, subject, graphs, 'float32');
    const network = autoencoderNetwork({ kind: 'baseline', latentSize: LATENT, channels: [2, 2, 128] });
    const other = upTo(network, initialWeights(network, 2), LATENT_LAYER);
    const wrong = { ...graphs, encoder: encoderGraph(encoderWeights(other), { image, storage: 'float32' }) };
    await assert.rejects(assertSameAnswers(engine, subject, wrong, 'float32'), { code: 'contract-broken' });
  },
);
