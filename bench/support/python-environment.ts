/** Python environments of our own in the user's cache, for what understudy is measured against and checked with. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../src/training/setup/places.js';
import { argument } from './sampling.js';

/** What pip is asked for; on Intel Linux the build without a GPU, which is a third of the size. */
export const KERAS_PACKAGES: readonly string[] = [
  'keras==3.*',
  process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu==2.18.*' : 'tensorflow==2.18.*',
  'opencv-python-headless',
];
/** Written last: an environment without it, or with another list in it, is not one. */
const RECORD = 'understudy-packages.json';

/**
 * The interpreter after `--python`, the one that `UNDERSTUDY_KERAS_PYTHON` names, or that of our own environment.
 *
 * @returns a path or a command
 * @throws {Error} as {@link pythonEnvironment}
 */
export function pythonWithKeras(): string {
  return argument('--python') ?? process.env.UNDERSTUDY_KERAS_PYTHON ?? peersPython();
}

/** As {@link pythonWithKeras}, always our own environment, which also grabs windows and presses keys. */
export function peersPython(): string {
  return pythonEnvironment('peers-python', [...KERAS_PACKAGES, 'mss', 'pynput']);
}

/**
 * Finds the environment, or makes it: about 400 MB to fetch, 1.7 GB on disk. One that was interrupted, or made of other
 * packages, is made again.
 *
 * @param name of its folder in the cache
 * @param packages as pip names them
 * @returns path of its interpreter
 * @throws {Error} where it cannot be made: says which step failed and what is needed
 */
export function pythonEnvironment(name: string, packages: readonly string[]): string {
  const folder = join(cacheRoot(), name);
  const isWindows = process.platform === 'win32';
  const interpreter = join(folder, ...(isWindows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const record = join(folder, RECORD);
  const wanted = JSON.stringify(packages);
  if (contentOf(record) === wanted && spawnSync(interpreter, ['-c', '']).status === 0) return interpreter;
  process.stderr.write(
    `Making a Python environment in ${folder}; fetching about 400 MB (1.7 GB on disk): ${packages.join(', ')}\n`,
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cacheRoot(), { recursive: true });
  step(isWindows ? 'python' : 'python3', ['-m', 'venv', folder]);
  step(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  writeFileSync(record, wanted);
  return interpreter;
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function step(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  const what = `${program} ${args.slice(0, 3).join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`;
  throw new Error(`${what}\nNeeded: Python 3.9 to 3.12 with venv and pip, and a package index that it can reach.`);
}
