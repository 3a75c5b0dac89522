/**
 * The training engine on a TensorFlow that the user has: a Python package's folder, or an unpacked C library. Links to
 * it and copies nothing, so that a CUDA build still finds its other files.
 */
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { compileBinding, librariesIn } from './compile.js';

const HEADER = join('tensorflow', 'c', 'c_api.h');

/** Builds the engine in `folder`, of the npm package in `engine`, on the TensorFlow in `directory`. */
export async function engineFromDirectory(
  folder: string,
  engine: string,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const root = existsSync(directory) ? realpathSync(directory) : directory;
  const lib = [root, join(root, 'lib'), join(root, 'tensorflow')].find((path) => librariesIn(path) !== null);
  const include = [join(root, 'include'), join(root, 'tensorflow', 'include')].find((path) =>
    existsSync(join(path, HEADER)),
  );
  const files = lib === undefined ? null : librariesIn(lib);
  if (lib === undefined || include === undefined || files === null) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: `${directory} holds no TensorFlow to link with: expected libtensorflow_cc.so.2 (or libtensorflow.so.2), libtensorflow_framework.so.2 and include/${HEADER}.`,
      next: 'Give the folder of an installed Python package (.../site-packages/tensorflow) or of an unpacked libtensorflow.',
    });
  }
  mkdirSync(join(folder, 'deps'), { recursive: true });
  symlinkSync(lib, join(folder, 'deps', 'lib'));
  await compileBinding(folder, engine, { include, lib, files, runPath: lib }, signal);
}
