/**
 * Puts the engine of the user's cache where its npm package looks for it. `npm ci` empties node_modules, so this runs
 * whenever training starts; it costs two links.
 */
import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { NODE_API_VERSION, bindingPath, cacheRoot, installedEngines, packageFolder } from './cache.js';

function link(target: string, path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  mkdirSync(dirname(path), { recursive: true });
  // made beside and renamed over, since two trainings may start at once
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh, 'junction');
  if (there?.isDirectory()) rmSync(path, { recursive: true }); // what an install of the package left half done
  renameSync(fresh, path);
}

/**
 * Makes @tensorflow/tfjs-node-gpu loadable, from its own download where it has one, else from the user's cache.
 *
 * @throws UnderstudyError `engine-missing` where there is neither
 */
export function linkEngine(root: string = cacheRoot()): void {
  const folder = packageFolder();
  const napi = join(folder, 'lib', `napi-v${NODE_API_VERSION}`);
  const isOwn = existsSync(bindingPath(folder)) && lstatSync(napi).isDirectory();
  const newest = installedEngines(root).at(0);
  if (newest === undefined) {
    if (isOwn) return;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: 'The training engine is not set up: training runs on TensorFlow, which playing does without.',
      next: 'Run `npm run setup:training`.',
    });
  }
  if (isOwn) return; // an install of the package itself: never replaced behind the user's back
  link(join(newest.folder, 'lib', `napi-v${NODE_API_VERSION}`), napi);
  link(join(newest.folder, 'deps', 'lib'), join(folder, 'deps', 'lib'));
}
