/**
 * Compiles the package's addon (two files, 5 s) against a TensorFlow that is already on the machine. Does not depend on
 * where the libraries come from.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { NODE_API_VERSION, bindingPath } from './cache.js';
import { runCommand } from './command.js';

/** A TensorFlow to link with. */
export interface TensorflowLibraries {
  /** Holds tensorflow/c/c_api.h. */
  readonly include: string;
  /** Holds the libraries. */
  readonly lib: string;
  /** Exact file names in `lib`: a wheel's libtensorflow_cc.so.2, or the C library's libtensorflow.so.2. */
  readonly files: readonly string[];
  /** Where the binding looks for them when it is loaded: a path, or relative to itself with $ORIGIN. */
  readonly runPath: string;
}

const LIBRARY_SETS: readonly (readonly string[])[] = [
  ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  ['libtensorflow.so.2', 'libtensorflow_framework.so.2'],
];

/** The set of TensorFlow libraries in a folder, or null. */
export function librariesIn(folder: string): readonly string[] | null {
  return LIBRARY_SETS.find((files) => files.every((file) => existsSync(join(folder, file)))) ?? null;
}

/** node-api-headers is installed beside the engine's package. */
function nodeApiHeaders(engine: string): string {
  const require = createRequire(join(engine, 'package.json'));
  return (require('node-api-headers') as { include_dir: string }).include_dir;
}

/**
 * Writes the binding into `folder` (as the package lays it out).
 *
 * @param engine folder of the engine's npm package, which holds the addon's source
 * @throws UnderstudyError `engine-missing` with the end of the compiler's output
 */
export async function compileBinding(
  folder: string,
  engine: string,
  libraries: TensorflowLibraries,
  signal?: AbortSignal,
): Promise<void> {
  const source = join(engine, 'binding');
  const target = bindingPath(folder);
  mkdirSync(dirname(target), { recursive: true });
  const result = await runCommand(
    'g++',
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NODE_API_VERSION}`],
      ...[`-I${nodeApiHeaders(engine)}`, `-I${libraries.include}`],
      ...[join(source, 'tfjs_backend.cc'), join(source, 'tfjs_binding.cc'), '-o', target],
      ...[`-L${libraries.lib}`, ...libraries.files.map((file) => `-l:${file}`), `-Wl,-rpath,${libraries.runPath}`],
    ],
    { signal },
  );
  if (result.status === 0) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'engine-missing',
    message: `The training engine's addon could not be compiled: ${result.tail || 'g++ did not start'}`,
    next: 'Install a C++17 compiler (Debian: apt-get install g++) and run `understudy setup training` again.',
  });
}
