/** Archives of other versions of Keras, and its other forms: read as Keras reads them, or refused by their name. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { runLatents } from '../../src/policy/inspect.js';
import { autoencoderNetwork } from '../../src/training/architectures.js';
import { importModel } from '../../src/training/import-model.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { writeKerasArchive } from '../../src/training/keras/write.js';
import { hasCode } from '../../testing/error-code.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

/**
 * Made by tensorflow-cpu 2.15.1: a functional model of Input (4, 3), GRU 5 with all steps, GRU 4, Dropout 0.3 and Dense 2
 * with a sigmoid, all with random weights.
 */
const FUNCTIONAL_2_15 = join(PROJECT_ROOT, 'test/training/formats/keras-2.15-functional.keras');

/** What its `predict` gave for (0 .. 11 - 6) / 4 as [4, 3]. */
const PREDICTED = [0.49657484889030457, 0.5144702196121216];

/** A copy of the archive with one of its texts changed. */
function changed(folder: string, file: string, change: (text: string) => string): string {
  const files = unzipSync(readFileSync(FUNCTIONAL_2_15));
  const before = strFromU8(files[file]);
  const after = change(before);
  assert.notEqual(after, before);
  const path = join(folder, 'changed.keras');
  writeFileSync(path, zipSync({ ...files, [file]: strToU8(after) }));
  return path;
}

describe('an archive of Keras 2.15', () => {
  test('of a functional model answers what its Keras answers', async (t) => {
    const folder = temporaryFolder(t);
    const encoder = join(folder, 'encoder.keras');
    const network = autoencoderNetwork({ kind: 'advanced', latentSize: 3 });
    await writeKerasArchive(encoder, { network, weights: initialWeights(network, 1) });
    const out = join(folder, 'bundle');
    const actions = ['JUMP', 'DASH'];
    await importModel({ encoder, latentLayer: 'latent', head: FUNCTIONAL_2_15, actions, out, name: 'older' });
    const latents = join(folder, 'latents.bin');
    writeFileSync(latents, new Uint8Array(Float32Array.from({ length: 12 }, (_, k) => (k - 6) / 4).buffer));
    const { probabilities } = await runLatents(out, latents);
    const worst = Math.max(...probabilities.flat().map((value, k) => Math.abs(value - PREDICTED[k])));
    assert.ok(worst < 1e-5, `${JSON.stringify(probabilities)} differs by ${worst}`);
  });

  test('whose layers are no chain is refused by the name of the layer', async (t) => {
    const two = changed(temporaryFolder(t), 'config.json', (text) =>
      text.replace(/\[\[\["dropout_1", 0, 0, \{\}\]\]\]/, '[[["dropout_1", 0, 0, {}], ["gru_2", 0, 0, {}]]]'),
    );
    await assert.rejects(readKerasArchive(two), hasCode('model-unsupported', "Layer 'dense"));
  });

  test('whose dropout stays in prediction is refused by the name of the layer', async (t) => {
    const training = changed(temporaryFolder(t), 'config.json', (text) =>
      text.replace(
        /\[\[\["(gru\w*)", 0, 0, \{\}\]\]\]\}, (?=\{"module": "keras.layers", "class_name": "Dense")/,
        (found) => found.replace('{}', '{"training": true}'),
      ),
    );
    await assert.rejects(
      readKerasArchive(training),
      hasCode('model-unsupported', "Layer 'dropout_1'", 'training true'),
    );
  });

  test('or rather of 2.13, whose folders are numbered otherwise, is refused with its version', async (t) => {
    const older = changed(temporaryFolder(t), 'metadata.json', (text) => text.replace('2.15.0', '2.13.1'));
    await assert.rejects(readKerasArchive(older), hasCode('model-unsupported', 'Keras 2.13.1', 'tensorflow==2.15.1'));
  });
});

describe('another form of a model', () => {
  test('HDF5 is named, with how to make an archive of it', async (t) => {
    const path = join(temporaryFolder(t), 'head.h5');
    writeFileSync(path, unzipSync(readFileSync(FUNCTIONAL_2_15))['model.weights.h5']);
    await assert.rejects(readKerasArchive(path), hasCode('model-unsupported', 'HDF5', "save('x.keras')"));
  });

  test('SavedModel is named, with how to make an archive of it', async (t) => {
    const path = join(temporaryFolder(t), 'head');
    mkdirSync(path);
    writeFileSync(join(path, 'saved_model.pb'), '');
    await assert.rejects(readKerasArchive(path), hasCode('model-unsupported', 'SavedModel', "save('x.keras')"));
  });
});
