/**
 * The training engine as its npm package fetches it at install: by the package's own script, but in a copy of the
 * package, so that an interrupted download does not change node_modules.
 */
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { runCommand } from './command.js';

/** Builds the engine in `folder`, of the npm package in `engine`; throws `engine-missing` where the package's server cannot be reached. */
export async function engineFromPackage(
  folder: string,
  engine: string,
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const copy = join(folder, 'package');
  cpSync(engine, copy, {
    recursive: true,
    filter: (path) => path !== join(engine, 'deps') && path !== join(engine, 'lib'),
  });
  // the copy lies outside node_modules: its script finds its own dependencies through NODE_PATH
  const modules = dirname(dirname(engine));
  say("Trying the package's own download (libtensorflow 2.9.1, about 400 MB on Linux).");
  const result = await runCommand(process.execPath, [join(copy, 'scripts', 'install.js'), 'gpu', 'download'], {
    cwd: copy,
    env: { ...process.env, NODE_PATH: modules, PATH: `${join(modules, '.bin')}:${process.env.PATH ?? ''}` },
    signal,
  });
  if (result.status !== 0) {
    const reason = result.tail.split('\n').find((line) => line.startsWith('Error')) ?? result.tail;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: `The package's own download failed: ${reason}`,
      next: 'Take TensorFlow from a Python wheel, or name an installed one with --tensorflow <dir>.',
    });
  }
  for (const part of ['deps', 'lib']) {
    mkdirSync(folder, { recursive: true });
    renameSync(join(copy, part), join(folder, part));
  }
  rmSync(copy, { recursive: true });
}
