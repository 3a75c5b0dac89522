/**
 * Reads archives of Keras 3, and of 2.15 and its like (.keras: a zip of config.json and an HDF5 file of weights). Runs
 * nothing of its content and takes no more memory than the bounded size of the archive allows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import { requireRegularFile } from '../../core/regular-file.js';
import { elementCount, layerWeights, shapesOf, weightSpecs, type NamedArray, type Network } from '../network.js';
import { readConfig } from './config.js';
import { readHdf5 } from './hdf5.js';

/** A network with its weights. */
export interface KerasModel {
  readonly network: Network;
  /** In the order of `weightSpecs(network)`. */
  readonly weights: readonly NamedArray[];
}

/** The study's largest autoencoder (latent 1024) has 155 MB, three times that with its optimizer's state. */
const MAX_ARCHIVE_BYTES = 1024 ** 3;
const MAX_METADATA_BYTES = 64 * 1024;
const MAX_CONFIG_BYTES = 16 * 1024 ** 2;

function unreadable(path: string, reason: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unreadable',
    message: `${path} is not a readable Keras archive: ${reason}`,
    next: SAVE_AS_ARCHIVE,
    cause,
  });
}

const SAVE_AS_ARCHIVE =
  "Save the model with Keras 3 or 2.15 as x.keras and give that file: keras.models.load_model('OLD', compile=False).save('x.keras').";

/** The first bytes of an HDF5 file. */
const HDF5_SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Other forms in which Keras and its kin save a model, each refused by its name. @returns null for none of them */
function otherForm(path: string, bytes: Uint8Array): UnderstudyError | null {
  const isHdf5 = Buffer.compare(HDF5_SIGNATURE, bytes.subarray(0, HDF5_SIGNATURE.length)) === 0;
  if (!isHdf5) return null;
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `${path} is an HDF5 file, the older form of Keras (model.save('x.h5'), or weights alone); expected a .keras archive.`,
    next: `With the Keras that wrote it: keras.models.load_model('${path}', compile=False).save('x.keras'). Of weights alone: build the model, load_weights, save.`,
  });
}

function savedModel(path: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `${path} is a folder of the form SavedModel; expected a .keras archive.`,
    next: `With the TensorFlow that wrote it, 2.15 or older: tf.keras.models.load_model('${path}', compile=False).save('x.keras').`,
  });
}

function readBytes(path: string): Uint8Array {
  if (existsSync(join(path, 'saved_model.pb'))) throw savedModel(path);
  try {
    requireRegularFile(path, MAX_ARCHIVE_BYTES);
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof UnderstudyError) throw cause;
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${path} cannot be read: ${messageOf(cause)}`,
      next: 'Give the path of a .keras file.',
      cause,
    });
  }
}

function unzip(path: string, bytes: Uint8Array): { config: Uint8Array; weights: Uint8Array; version: string } {
  const form = otherForm(path, bytes);
  if (form !== null) throw form;
  const limits: Readonly<Record<string, number>> = {
    'config.json': MAX_CONFIG_BYTES,
    'metadata.json': MAX_METADATA_BYTES,
    'model.weights.h5': MAX_ARCHIVE_BYTES,
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      // the size that the archive declares; no more than that is allocated
      filter: ({ name, originalSize }) => {
        const limit = limits[name];
        if (limit !== undefined && originalSize > limit) {
          throw unreadable(path, `its ${name} would unpack to ${originalSize} bytes, more than ${limit}`);
        }
        return limit !== undefined;
      },
    });
  } catch (cause) {
    if (cause instanceof UnderstudyError) throw cause;
    throw unreadable(path, `it does not unzip (${messageOf(cause)})`, cause);
  }
  const { 'config.json': config, 'model.weights.h5': weights } = files;
  if (config === undefined || weights === undefined) {
    throw unreadable(path, `it has no ${config === undefined ? 'config.json' : 'model.weights.h5'}`);
  }
  return { config, weights, version: versionOf(files['metadata.json']) };
}

/** The version of Keras that wrote an archive; '' where it does not say. */
function versionOf(metadata: Uint8Array | undefined): string {
  try {
    const { keras_version: version } = JSON.parse(strFromU8(metadata ?? new Uint8Array(0))) as {
      keras_version?: unknown;
    };
    return typeof version === 'string' ? version.slice(0, 40) : '';
  } catch {
    return ''; // nothing else depends on it
  }
}

/** Keras 2.12 to 2.14 number the weights' folders otherwise: taken for those of 2.15, layers would be exchanged. */
function assertKnownVersion(path: string, version: string): void {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) > 2 || Number(minor) >= 15) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `${path} was saved with Keras ${version}, whose archives are laid out otherwise; expected 2.15 or newer.`,
    next: `Save it again with TensorFlow 2.15 (pip install tensorflow==2.15.1): keras.models.load_model('${path}', compile=False).save('x.keras').`,
  });
}

function parseConfig(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strFromU8(bytes));
  } catch (cause) {
    throw unreadable(path, `its config.json is not JSON (${messageOf(cause)})`, cause);
  }
}

/**
 * Reads a model.
 *
 * @throws UnderstudyError `file-missing`; `model-unreadable` (not an archive, damaged, too large, weights absent or of
 *   another shape); `model-unsupported` naming the layer or setting
 */
export async function readKerasArchive(path: string): Promise<KerasModel> {
  const files = unzip(path, readBytes(path));
  assertKnownVersion(path, files.version);
  const { network, weightFolders } = readConfig(parseConfig(path, files.config));
  const shapes = shapesOf(network);
  const specs = weightSpecs(network);
  const neededBytes = specs.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
  // a dataset may declare any size without storing it; Keras stores weights uncompressed
  if (neededBytes > files.weights.length) {
    throw unreadable(path, `its layers need ${neededBytes} bytes of weights, and it holds ${files.weights.length}`);
  }
  const wanted = network.layers.flatMap((layer, index) => {
    const folder = weightFolders.get(layer.name) ?? '';
    return layerWeights(layer, shapes[index]).map(({ shape }, at) => ({ path: `${folder}/${at}`, shape }));
  });
  const values = await readHdf5(files.weights, wanted);
  return { network, weights: specs.map((spec, index) => ({ ...spec, values: values[index] })) };
}
