/**
 * npm run fixtures [-- --seed 7] [-- --python <with keras, tensorflow, cv2, sklearn>] [-- --out test/fixtures]
 *
 * Makes the reference cases that the parity tests read, for whoever has only this repository: a Python environment of
 * its own in the user's cache, kept between runs, and in it scripts/make-fixtures.py.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheRoot } from '../dist/src/training/setup/cache.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    python: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('../test/fixtures', import.meta.url)) },
  },
});
if (!/^\d{1,9}$/.test(values.seed)) {
  console.error(`--seed ${values.seed}: expected a whole number`);
  process.exit(2);
}

const isIntelLinux = process.platform === 'linux' && process.arch === 'x64';
const PACKAGES = [
  'keras==3.*',
  isIntelLinux ? 'tensorflow-cpu==2.18.*' : 'tensorflow==2.18.*',
  'opencv-python-headless',
  'scikit-learn',
];

/** Runs a program; ends with what it said where it fails. */
function run(program, ...args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`${program} ${args.slice(0, 3).join(' ')} failed${error ? `: ${error.message}` : ''}`);
  console.error('Needed: Python 3.9 to 3.12 with venv and pip, and a package index that it can reach.');
  process.exit(4);
}

const isReady = (python) =>
  spawnSync(python, ['-c', 'import cv2, keras, sklearn, tensorflow'], { stdio: 'ignore' }).status === 0;

/** The environment's Python: found, or made, which fetches about 400 MB. */
function environment() {
  const folder = join(cacheRoot(), 'fixtures-python');
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  if (existsSync(python) && isReady(python)) return python;
  console.log(
    `Making a Python environment in ${folder}; fetching about 400 MB (1.7 GB on disk): ${PACKAGES.join(', ')}`,
  );
  rmSync(folder, { recursive: true, force: true }); // what an interrupted run left behind
  mkdirSync(cacheRoot(), { recursive: true });
  run(process.platform === 'win32' ? 'python' : 'python3', '-m', 'venv', folder);
  run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES);
  return python;
}

const python = values.python ?? environment();
const fresh = `${values.out}.${process.pid}`;
run(python, fileURLToPath(new URL('make-fixtures.py', import.meta.url)), values.seed, fresh);
rmSync(values.out, { recursive: true, force: true });
renameSync(fresh, values.out);
console.log(`The reference cases are in ${values.out}: the tests find them there.`);
