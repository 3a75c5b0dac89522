/**
 * npm run make fixtures [-- --seed 7] [-- --python <with keras, tensorflow, cv2, sklearn>] [-- --out test/fixtures]
 *
 * Makes the reference cases that the parity tests read, for people who have only this repository: a Python environment of
 * its own in the user's cache, kept between runs, runs the fixtures.py beside this file.
 */
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KERAS_PACKAGES, pythonEnvironment } from '../../dist/bench/support/python-environment.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    python: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('../../test/fixtures', import.meta.url)) },
  },
});
if (!/^\d{1,9}$/.test(values.seed)) {
  console.error(`--seed ${values.seed}: expected a whole number`);
  process.exit(2);
}

/** Runs a program; where it fails, ends with its output. */
function run(program, ...args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`${program} ${args.slice(0, 3).join(' ')} failed${error ? `: ${error.message}` : ''}`);
  process.exit(4);
}

/** The environment's Python: found, or made. */
function environment() {
  try {
    return pythonEnvironment('fixtures-python', [...KERAS_PACKAGES, 'scikit-learn']);
  } catch (error) {
    console.error(error.message);
    process.exit(4);
  }
}

const python = values.python ?? environment();
const fresh = `${values.out}.${process.pid}`;
run(python, fileURLToPath(new URL('fixtures.py', import.meta.url)), values.seed, fresh);
rmSync(values.out, { recursive: true, force: true });
renameSync(fresh, values.out);
console.log(`The reference cases are in ${values.out}: the tests find them there.`);
