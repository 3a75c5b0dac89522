/**
 * Where the training engine's native part is kept: one folder for each version under the user's cache, complete or
 * absent. `npm ci` empties node_modules, so nothing that took minutes is kept there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from './npm-package.js';

/** Where the libraries came from. */
export type EngineSource = 'package' | 'wheel' | 'directory';

/** `understudy.json` in an engine folder: written last, after the engine has loaded and multiplied. */
export interface EngineRecord {
  readonly source: EngineSource;
  /** As the loaded library reports it, "2.18.0". */
  readonly tensorflowVersion: string;
  /** Version of @tensorflow/tfjs-node-gpu that the binding was made for. */
  readonly tfjsVersion: string;
  /** True where TensorFlow sees a GPU. */
  readonly gpu: boolean;
  /** The installed TensorFlow that was named, or null. */
  readonly directory: string | null;
  /** ISO 8601 */
  readonly setUpAt: string;
}

export interface InstalledEngine {
  /** Holds lib/napi-v8/tfjs_binding.node and deps/lib/, as the package lays them out. */
  readonly folder: string;
  readonly record: EngineRecord;
}

/** The Node-API version that tfjs-node 4.22 is built for; every Node from 18 on has it. */
export const NODE_API_VERSION = 8;

const suffix = (): string => `tfjs-${packageVersion()}-napi-${NODE_API_VERSION}-${process.platform}-${process.arch}`;

/** Folder for one TensorFlow version, made for this tfjs, Node-API, platform and processor. */
export function engineFolder(root: string, tensorflowVersion: string): string {
  return join(root, `tensorflow-${tensorflowVersion}-${suffix()}`);
}

/** Path of the binding in an engine folder, or in the package itself. */
export function bindingPath(folder: string): string {
  return join(folder, 'lib', `napi-v${NODE_API_VERSION}`, 'tfjs_binding.node');
}

function readRecord(folder: string): EngineRecord | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'understudy.json'), 'utf8')) as EngineRecord;
  } catch {
    return null; // without a record it is not complete
  }
}

/** Complete engines that fit this program, the one set up last first. */
export function installedEngines(root: string): InstalledEngine[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name.startsWith('tensorflow-') && name.endsWith(suffix()))
    .map((name) => ({ folder: join(root, name), record: readRecord(join(root, name)) }))
    .filter((engine): engine is InstalledEngine => engine.record !== null && existsSync(bindingPath(engine.folder)))
    .sort((a, b) => b.record.setUpAt.localeCompare(a.record.setUpAt));
}
