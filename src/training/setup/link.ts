/**
 * Links the native part in the user's cache to where the engine's npm package looks for it. In a checkout `npm ci` empties
 * node_modules, so this runs whenever training starts; it costs two links.
 */
import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { NODE_API_VERSION, bindingPath, installedEngines } from './cache.js';
import { packageFolder } from './npm-package.js';
import { cacheRoot } from './places.js';

function link(target: string, path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  mkdirSync(dirname(path), { recursive: true });
  // made beside `path` and then renamed to it, since two trainings may start at the same time
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh, 'junction');
  if (there?.isDirectory()) rmSync(path, { recursive: true }); // left by an install of the package that did not finish
  renameSync(fresh, path);
}

/**
 * Makes @tensorflow/tfjs-node-gpu loadable, from its own download where it has one, else from the user's cache.
 *
 * @returns the folder of the npm package
 * @throws UnderstudyError `engine-missing` where there is neither
 */
export function linkEngine(root: string = cacheRoot()): string {
  const folder = packageFolder(root);
  const napi = join(folder, 'lib', `napi-v${NODE_API_VERSION}`);
  const isOwn = existsSync(bindingPath(folder)) && lstatSync(napi).isDirectory();
  const newest = installedEngines(root).at(0);
  if (newest === undefined) {
    if (isOwn) return folder;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: 'The training engine is not set up: training needs TensorFlow, playing does not.',
      next: 'Run `understudy setup training`; for tiny models --engine cpu is enough.',
    });
  }
  if (isOwn) return folder; // the user installed it with the package: never replaced unasked
  link(join(newest.folder, 'lib', `napi-v${NODE_API_VERSION}`), napi);
  link(join(newest.folder, 'deps', 'lib'), join(folder, 'deps', 'lib'));
  return folder;
}
