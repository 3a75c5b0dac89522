/**
 * A model bundle: a folder of manifest.json, encoder.onnx and head.onnx. Reads it only whole and unchanged (the bytes that
 * are hashed are the bytes that are loaded). Writes it so that an earlier bundle stays until the new one is complete.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import { badOption, messageOf, UnderstudyError } from '../core/errors.js';
import { WholeFolder } from '../core/whole-folder.js';
import { contractFingerprint, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { actionsOf, corrupt, FORMAT_VERSION, mismatch, parseManifest, type BundleManifest } from './manifest.js';
import { checkGraph, declaredShape } from './onnx/check-graph.js';

/** A bundle in memory, checked. */
export interface Bundle {
  /** The folder, as the caller named it. */
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** The actions of its K outputs, in their order. */
  readonly actions: ActionSet;
  /** encoder.onnx */
  readonly encoder: Uint8Array;
  /** head.onnx */
  readonly head: Uint8Array;
  /** SHA-256 of both files' hashes, the thresholds and how it acts: names a model in logs and reports. 12 hex digits. */
  readonly id: string;
}

/** The input for writing a bundle: a manifest without the fields that follow from the files. */
export type BundleDescription = Omit<BundleManifest, 'formatVersion' | 'files' | 'preprocessing' | 'image'> & {
  readonly preprocessing: PreprocessingContract;
};

/** The description that a bundle was written from, to write it again with changes, such as other thresholds. */
export function descriptionOf(manifest: BundleManifest): BundleDescription {
  const description: Record<string, unknown> = { ...manifest };
  for (const derived of ['formatVersion', 'files', 'image']) delete description[derived];
  return description as unknown as BundleDescription;
}

const MANIFEST = 'manifest.json';
/** 16 MiB: a manifest with a long training record has a few hundred kB. */
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function missing(path: string, what: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'bundle-missing',
    message: `there is no ${what} at '${path}'`,
    next: 'check the path, or make a bundle: `understudy model init --out models/untrained`',
    cause,
  });
}

async function readManifest(folder: string): Promise<BundleManifest> {
  const path = join(folder, MANIFEST);
  const found = await stat(path).catch(() => null);
  if (found === null) throw missing(folder, 'model bundle (a folder with a manifest.json)');
  if (!found.isFile() || found.size > MAX_MANIFEST_BYTES)
    throw corrupt(`'${path}' is not a manifest (${found.size} bytes)`);
  return parseManifest(await readFile(path, 'utf8'), path);
}

async function readModelFile(folder: string, file: BundleManifest['files']['encoder']): Promise<Uint8Array> {
  const path = join(folder, file.path);
  const found = await stat(path).catch(() => null);
  if (found === null) throw missing(path, 'model file, which the manifest names,');
  // the name has no separators, but a link may still point anywhere
  if (dirname(await realpath(path)) !== (await realpath(folder))) throw corrupt(`'${path}' leads out of the bundle`);
  if (found.size !== file.sizeBytes) throw corrupt(`'${path}' has ${found.size} bytes, expected ${file.sizeBytes}`);
  const bytes = await readFile(path);
  const hash = sha256(bytes);
  if (hash !== file.sha256) throw corrupt(`'${path}' has the SHA-256 ${hash}, expected ${file.sha256}`);
  return bytes;
}

/** Compares the shapes of a graph with those of the manifest; the batch dimension is free. */
function checkShapes(path: string, bytes: Uint8Array, input: readonly number[], output: readonly number[]): void {
  const model = checkGraph(bytes, path);
  for (const [side, expected] of [
    ['input', input],
    ['output', output],
  ] as const) {
    const got = declaredShape(model, side).slice(1);
    if (got.join() !== expected.join()) throw mismatch(path, `the shape of its ${side} without B`, got, expected);
  }
}

/**
 * Reads and checks a bundle: its manifest, sizes and hashes, and the operators and shapes of its graphs.
 *
 * @throws UnderstudyError 'bundle-missing', 'bundle-corrupt', 'bundle-mismatch', 'bundle-too-new'
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const manifest = await readManifest(folder);
  const { files, image, latentSize, windowLength, actions } = manifest;
  const encoder = await readModelFile(folder, files.encoder);
  const head = await readModelFile(folder, files.head);
  checkShapes(join(folder, files.encoder.path), encoder, [image.height, image.width, 1], [latentSize]);
  checkShapes(join(folder, files.head.path), head, [windowLength, latentSize], [actions.length]);
  const { thresholds, act } = manifest;
  const parts = [files.encoder.sha256, files.head.sha256, thresholds];
  const identity = JSON.stringify(act === undefined ? parts : [...parts, act]);
  const id = sha256(Buffer.from(identity)).slice(0, 12);
  return { folder, manifest, actions: actionsOf(manifest), encoder, head, id };
}

/** Refuses to replace a folder that is not a bundle: its files would be deleted. */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return;
  const entries = found.isDirectory() ? await readdir(folder) : null;
  if (entries !== null && (entries.length === 0 || entries.includes(MANIFEST))) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'write-failed',
    message: `'${folder}' exists and is not a model bundle; it is not replaced`,
    next: 'name another folder, or remove that one yourself',
  });
}

/**
 * Refuses the place of a bundle that is made from another one, before the work begins.
 *
 * @throws UnderstudyError `bad-option` where it is that bundle itself; `write-failed` for a folder that is not a bundle
 */
export async function refuseOut(out: string, bundle: string): Promise<void> {
  const [one, other] = await Promise.all([out, bundle].map((path) => realpath(path).catch(() => null)));
  if (one !== null && one === other) {
    throw badOption(`--out is ${bundle} itself, with which what is made is compared.`, 'Name another folder.');
  }
  await refuseForeignFolder(resolve(out));
}

/**
 * Writes a bundle beside its place and then moves it there, so that after a failure the earlier bundle is still there.
 *
 * @throws UnderstudyError 'write-failed'; 'bundle-corrupt' or 'bundle-mismatch' where the parts do not fit together
 */
export async function writeBundle(
  folder: string,
  description: BundleDescription,
  models: { readonly encoder: Uint8Array; readonly head: Uint8Array },
): Promise<Bundle> {
  await refuseForeignFolder(resolve(folder));
  const { width, height } = description.preprocessing;
  const manifest: BundleManifest = {
    ...description,
    formatVersion: FORMAT_VERSION,
    image: { height, width },
    preprocessing: { ...description.preprocessing, fingerprint: contractFingerprint(description.preprocessing) },
    files: {
      encoder: { path: 'encoder.onnx', sha256: sha256(models.encoder), sizeBytes: models.encoder.length },
      head: { path: 'head.onnx', sha256: sha256(models.head), sizeBytes: models.head.length },
    },
  };
  try {
    await using fresh = await WholeFolder.create(folder);
    await fresh.write('encoder.onnx', models.encoder);
    await fresh.write('head.onnx', models.head);
    await fresh.write(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
    const written = await readBundle(fresh.path); // a bundle that cannot be read back must never replace one that can
    await fresh.publish();
    return { ...written, folder };
  } catch (error) {
    if (error instanceof UnderstudyError) throw error;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `the bundle '${folder}' cannot be written: ${messageOf(error)}`,
      next: 'check that the folder may be written to and that the disk is not full',
      cause: error,
    });
  }
}
