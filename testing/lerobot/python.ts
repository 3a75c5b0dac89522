/** The Python that opens sets in tests: the environment that `.ci/run` makes, where it has what LeRobot reads with. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cli/cli.js';

export const CHECK_SET = join(PROJECT_ROOT, 'testing', 'lerobot', 'check_set.py');

export const PYTHON = findPython();

function findPython(): string | null {
  const python = process.env.UNDERSTUDY_KERAS_PYTHON;
  if (python === undefined) return null;
  const { status } = spawnSync(python, ['-c', 'import pyarrow, pandas, datasets, av'], { stdio: 'ignore' });
  return status === 0 ? python : null;
}
