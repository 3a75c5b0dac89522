/** The Python that understudy is measured against: an environment of its own in the user's cache, made the first time. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { argument } from './sampling.js';

const PACKAGES = ['keras==3.*', 'tensorflow-cpu==2.18.*', 'opencv-python-headless', 'mss', 'pynput'];

/**
 * The interpreter after `--python`, the one that `UNDERSTUDY_KERAS_PYTHON` names, or that of our own environment.
 *
 * @returns a path or a command
 * @throws {Error} where the packages (about 1.5 GB) cannot be installed; nothing half-made stays behind
 */
export function pythonWithKeras(): string {
  return argument('--python') ?? process.env.UNDERSTUDY_KERAS_PYTHON ?? pythonEnvironment();
}

/** As {@link pythonWithKeras}, always our own environment, which also grabs windows and presses keys. */
export function pythonEnvironment(): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'understudy', 'peers-python');
  const interpreter = join(folder, 'bin', 'python');
  if (existsSync(interpreter)) return interpreter;
  process.stderr.write(`making a Python environment in ${folder}: ${PACKAGES.join(', ')}\n`);
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    execFileSync(interpreter, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return interpreter;
}
