/** A Python with Keras 3, TensorBoard and the ONNX checker, to check exported files independently of our code. */
import { spawnSync } from 'node:child_process';

/** A program. */
export const PYTHON = process.env.UNDERSTUDY_KERAS_PYTHON ?? 'python3';

/** The skip reason where the available Python lacks any of these modules, or false. */
export function lacksPython(...modules: readonly string[]): string | false {
  const script = `import ${modules.join(', ')}${modules.includes('keras') ? '; assert keras.__version__ >= "3"' : ''}`;
  const found = spawnSync(PYTHON, ['-c', script], { stdio: 'ignore' }).status === 0;
  return found ? false : `needs a Python with ${modules.join(', ')} (UNDERSTUDY_KERAS_PYTHON names one)`;
}

/**
 * Runs a script.
 *
 * @returns what it printed as its last line, parsed as JSON
 */
export function runPython(script: string, ...args: readonly string[]): unknown {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const run = spawnSync(PYTHON, ['-c', script, ...args], { encoding: 'utf8', env, maxBuffer: 1e8 });
  if (run.status !== 0) throw new Error(`${PYTHON}: ${run.stderr}`);
  return JSON.parse(run.stdout.trim().split('\n').at(-1)!);
}
