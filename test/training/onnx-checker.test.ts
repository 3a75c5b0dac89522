import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encoderGraph } from '../../src/policy/onnx/encoder-graph.js';
import { headGraph } from '../../src/policy/onnx/head-graph.js';
import { quantizedEncoderGraph } from '../../src/policy/onnx/quantized-encoder.js';
import { autoencoderNetwork, headNetwork, keyEncoderNetwork, LATENT_LAYER } from '../../src/training/architectures.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { upTo, type Network } from '../../src/training/network.js';
import { encoderWeights, headWeights } from '../../src/training/study-weights.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { lacksPython, runPython } from '../../testing/models/keras-python.js';

const folder = folderForTests('onnx');

const CHECK = `
import json, sys, onnx
def look(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    return {"opset": {entry.domain: entry.version for entry in model.opset_import}, "ir": model.ir_version,
            "domains": sorted({node.domain for node in model.graph.node})}
print(json.dumps([look(path) for path in sys.argv[1:]]))
`;
import { folderForTests } from '../../testing/temporary-folder.js';

const image = { height: 72, width: 128 };
const start = (network: Network) => ({ network, weights: initialWeights(network, 1) });

function encoder(kind: 'advanced' | 'baseline') {
  const { network, weights } = start(autoencoderNetwork({ kind, latentSize: 8 }));
  return encoderWeights(upTo(network, weights, LATENT_LAYER));
}

function* graphs(): Generator<Uint8Array> {
  for (const storage of ['float32', 'float16'] as const) {
    yield encoderGraph(encoder('advanced'), { image, storage });
    yield encoderGraph(encoder('baseline'), { image, storage });
    const onKeys = encoderWeights(start(keyEncoderNetwork({ latentSize: 8 })));
    yield encoderGraph(onKeys, { image, storage });
    for (const kind of ['gru', 'lstm'] as const) {
      const head = headWeights(start(headNetwork({ kind, latentSize: 16, actions: 7 })));
      yield headGraph(head, { windowLength: 10, storage });
    }
  }
  yield quantizedEncoderGraph(encoder('advanced'), [1, 1, 1], { image });
}

test('the ONNX checker passes every kind of graph that is exported, at opset 17', { skip: lacksPython('onnx') }, () => {
  const paths = [...graphs()].map((bytes, index) => {
    const path = join(folder, `${index}.onnx`);
    writeFileSync(path, bytes);
    return path;
  });
  const shipped = join(PROJECT_ROOT, 'models', 'arena-gru-512');
  if (existsSync(shipped)) paths.push(join(shipped, 'encoder.onnx'), join(shipped, 'head.onnx'));
  const looked = runPython(CHECK, ...paths) as unknown[];
  assert.equal(looked.length, paths.length);
  for (const [index, facts] of looked.entries()) {
    assert.deepEqual(facts, { opset: { '': 17 }, ir: 8, domains: [''] }, paths[index]);
  }
});
