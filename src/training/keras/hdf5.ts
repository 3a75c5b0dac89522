/**
 * HDF5 files in memory, through WebAssembly: no native code and no access to the machine's disk, so that links to other
 * files cannot be followed. The only file that imports h5wasm, lazily.
 */
import type * as H5wasm from 'h5wasm';
import { UnderstudyError, messageOf } from '../../core/errors.js';

/** The part of the in-memory file system that is used. */
interface MemoryFiles {
  writeFile(path: string, bytes: Uint8Array): void;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
}

async function load(): Promise<{ h5: typeof H5wasm; fs: MemoryFiles }> {
  const h5 = await import('h5wasm');
  const module = await h5.ready;
  module.activate_throwing_error_handler(); // errors are thrown, not printed on the terminal
  return { h5, fs: module.FS };
}

let files = 0;

/** A float32 dataset to read or write. */
export interface Hdf5Array {
  /** "layers/conv2d/vars/0" */
  readonly path: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function unreadable(message: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unreadable',
    message,
    next: 'Save the model again with Keras 3 (model.save("x.keras")) and give that file.',
    cause,
  });
}

/**
 * Reads the datasets named, each of exactly the shape expected and float32.
 *
 * @throws UnderstudyError `model-unreadable` where it is not an HDF5 file, or a dataset is absent or of another shape
 *   or type
 */
export async function readHdf5(
  bytes: Uint8Array,
  wanted: readonly { readonly path: string; readonly shape: readonly number[] }[],
): Promise<Float32Array[]> {
  const { h5, fs } = await load();
  files += 1;
  const name = `/read-${files}.h5`;
  fs.writeFile(name, bytes);
  try {
    const file = new h5.File(name, 'r');
    try {
      return wanted.map(({ path, shape }) => {
        const entity = file.get(path);
        if (!(entity instanceof h5.Dataset)) throw unreadable(`The weights have no '${path}'.`);
        const got = entity.shape ?? [];
        if (got.join() !== shape.join() || entity.dtype !== '<f') {
          const is = `${JSON.stringify(entity.dtype)} [${got.join(', ')}]`;
          throw unreadable(`The weights '${path}' are ${is}; expected float32 [${shape.join(', ')}].`);
        }
        return (entity.value as Float32Array).slice();
      });
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof UnderstudyError) throw cause;
    throw unreadable(`The weights are not a readable HDF5 file: ${messageOf(cause)}`, cause);
  } finally {
    fs.unlink(name);
  }
}

/** An HDF5 file with the given datasets, and with empty groups where `groups` names them. */
export async function writeHdf5(arrays: readonly Hdf5Array[], groups: readonly string[]): Promise<Uint8Array> {
  const { h5, fs } = await load();
  files += 1;
  const name = `/write-${files}.h5`;
  const file = new h5.File(name, 'w');
  const made = new Set<string>();
  const makeGroups = (path: string): void => {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const group = parts.slice(0, depth).join('/');
      if (!made.has(group)) file.create_group(group);
      made.add(group);
    }
  };
  for (const group of groups) makeGroups(group);
  for (const { path, shape, values } of arrays) {
    makeGroups(path.split('/').slice(0, -1).join('/'));
    file.create_dataset({ name: path, data: values, shape: [...shape], dtype: '<f' });
  }
  file.close();
  try {
    return fs.readFile(name);
  } finally {
    fs.unlink(name);
  }
}
