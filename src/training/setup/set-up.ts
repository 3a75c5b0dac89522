/**
 * `understudy setup training`: makes the training engine available, once, in the user's cache: its npm package, and its
 * native part. Each becomes visible only as a whole, the native part after it was verified. The one place of the program
 * that may use the network, and only when it was asked to.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { engineFolder, installedEngines, type EngineRecord, type EngineSource, type InstalledEngine } from './cache.js';
import { engineFromDirectory } from './directory.js';
import { fetchPackage, packageFolder, packageVersion } from './npm-package.js';
import { engineFromPackage } from './package-download.js';
import { attemptFolder, cacheRoot, removeDeadAttempts } from './places.js';
import { verifyEngine, type EngineProof } from './verify.js';
import { assertWheelTools, engineFromWheel } from './wheel.js';

export interface SetUpOptions {
  /** Folder of an installed TensorFlow to link with, instead of fetching one. */
  readonly tensorflow?: string;
  /** Where to take it from; default: the package's own download, and a wheel where that fails. */
  readonly source?: 'package' | 'wheel';
  /** Set up again although there is a working engine. */
  readonly again?: boolean;
  /** Default: {@link cacheRoot}. */
  readonly root?: string;
  /** Gets progress messages, one line each. */
  readonly say: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface SetUpResult extends InstalledEngine {
  /** False where there was a working engine already. */
  readonly isNew: boolean;
}

async function workingEngine(root: string, engine: string, options: SetUpOptions): Promise<InstalledEngine | null> {
  const wanted = options.tensorflow === undefined ? null : resolve(options.tensorflow);
  const found = installedEngines(root).find(({ record }) => wanted === null || record.directory === wanted);
  if (found === undefined) return null;
  try {
    await verifyEngine(found.folder, engine, options.signal);
    return found;
  } catch (error) {
    options.signal?.throwIfAborted();
    options.say(`${messageOf(error)} Setting it up again.`);
    return null;
  }
}

async function build(attempt: string, engine: string, options: SetUpOptions): Promise<EngineSource> {
  const { say, signal } = options;
  const fresh = (): void => {
    rmSync(attempt, { recursive: true, force: true });
    mkdirSync(attempt, { recursive: true });
  };
  fresh();
  if (options.tensorflow !== undefined) {
    say(`Linking with the TensorFlow in ${options.tensorflow}; nothing is fetched.`);
    await engineFromDirectory(attempt, engine, options.tensorflow, signal);
    return 'directory';
  }
  if (options.source !== 'wheel') {
    try {
      await engineFromPackage(attempt, engine, say, signal);
      return 'package';
    } catch (error) {
      signal?.throwIfAborted();
      if (options.source === 'package') throw error;
      say(`${messageOf(error)} Taking TensorFlow from its Python wheel instead.`);
      fresh();
    }
  }
  await engineFromWheel(attempt, engine, say, signal);
  return 'wheel';
}

function publish(
  attempt: string,
  root: string,
  source: EngineSource,
  proof: EngineProof,
  directory?: string,
): SetUpResult {
  const record: EngineRecord = {
    source,
    tensorflowVersion: proof.tensorflowVersion,
    tfjsVersion: packageVersion(),
    gpu: proof.gpu,
    directory: directory === undefined ? null : resolve(directory),
    setUpAt: new Date().toISOString(),
  };
  writeFileSync(join(attempt, 'understudy.json'), `${JSON.stringify(record, null, 2)}\n`);
  const folder = engineFolder(root, proof.tensorflowVersion);
  // a folder cannot be replaced in one step: the old one gets the name of a dead attempt, and is removed like one
  const aside = `${attempt}-old`;
  if (existsSync(folder)) renameSync(folder, aside);
  renameSync(attempt, folder);
  rmSync(aside, { recursive: true, force: true });
  return { folder, record, isNew: true };
}

/** What is set up where plain JavaScript is enough. */
export interface PackageResult {
  /** Folder of the npm package. */
  readonly folder: string;
  /** False where it was there already. */
  readonly isNew: boolean;
}

/**
 * Sets up what `--engine cpu` needs, the npm package alone. Safe as {@link setUpEngine} is.
 *
 * @throws UnderstudyError `engine-missing` where npm could not fetch it
 */
export async function setUpPackage(options: Pick<SetUpOptions, 'root' | 'say' | 'signal'>): Promise<PackageResult> {
  const root = options.root ?? cacheRoot();
  for (const folder of removeDeadAttempts(root)) options.say(`Removed an attempt that was interrupted: ${folder}`);
  const isNew = await fetchPackage(root, options.say, options.signal);
  return { folder: packageFolder(root), isNew };
}

/**
 * Sets the engine up where it is not set up yet. Safe to run again, to interrupt and to run twice at the same time.
 *
 * @throws UnderstudyError `engine-missing` where every way failed
 */
export async function setUpEngine(options: SetUpOptions): Promise<SetUpResult> {
  const root = options.root ?? cacheRoot();
  const mayBeThere = options.again !== true && installedEngines(root).length > 0;
  if (options.source === 'wheel' && !mayBeThere) await assertWheelTools();
  const { folder: engine } = await setUpPackage(options);
  if (options.again !== true) {
    const there = await workingEngine(root, engine, options);
    if (there !== null) return { ...there, isNew: false };
  }
  const attempt = attemptFolder(root);
  try {
    const source = await build(attempt, engine, options);
    const proof = await verifyEngine(attempt, engine, options.signal);
    return publish(attempt, root, source, proof, options.tensorflow);
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
}
