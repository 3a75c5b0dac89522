/**
 * Reads Keras 3 archives (.keras: a zip of config.json and an HDF5 file of weights). Runs nothing of its content and
 * takes no more memory than the bounded size of the archive allows.
 */
import { readFileSync } from 'node:fs';
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
const MAX_CONFIG_BYTES = 16 * 1024 ** 2;

function unreadable(path: string, reason: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unreadable',
    message: `${path} is not a readable Keras 3 archive: ${reason}`,
    next: 'Save the model with Keras 3 as x.keras (not .h5, not SavedModel) and give that file.',
    cause,
  });
}

function readBytes(path: string): Uint8Array {
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

function unzip(path: string, bytes: Uint8Array): { config: Uint8Array; weights: Uint8Array } {
  const limits: Readonly<Record<string, number>> = {
    'config.json': MAX_CONFIG_BYTES,
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
  return { config, weights };
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
