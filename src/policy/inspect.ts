/**
 * The results of `model info` and `model run`: a bundle's contract, checked by running it, and a model's raw outputs for
 * pictures and latents, to compare with another implementation. Plain JSON, no printing.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arrayFileKind } from '../core/array-file.js';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { requireRegularFile } from '../core/regular-file.js';
import { readImage } from '../vision/image-file.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { readBundle } from './bundle.js';
import type { BundleManifest } from './manifest.js';
import { openModel } from './model.js';

/** `model info --json` */
export interface ModelInfo {
  readonly folder: string;
  readonly id: string;
  readonly manifest: BundleManifest;
  /** The checks, all of which passed: a failed one throws. */
  readonly checked: readonly string[];
  /** The probabilities for a black picture, in the order of the bundle's actions. */
  readonly blackProbabilities: readonly number[];
}

/**
 * Reads a bundle, checks hashes and shapes, and runs both graphs on a black picture.
 *
 * @throws UnderstudyError as `readBundle` and `openPolicy`
 */
export async function modelInfo(folder: string): Promise<ModelInfo> {
  const bundle = await readBundle(folder);
  const { manifest } = bundle;
  await using model = await openModel(bundle);
  const { encoder, head } = model;
  const latent = new Float32Array(manifest.latentSize);
  await encoder.encode(new Float32Array(manifest.image.height * manifest.image.width), latent);
  for (let step = 0; step < manifest.windowLength; step += 1) head.latents.set(latent, step * latent.length);
  const probabilities = new Float32Array(manifest.actions.length);
  await head.predict(probabilities);
  requireProbabilities(probabilities, folder);
  const checked = ['format', 'preprocessing', 'sizes', 'hashes', 'operators', 'shapes', 'runs'];
  return { folder, id: bundle.id, manifest, checked, blackProbabilities: Array.from(probabilities) };
}

function requireProbabilities(probabilities: Float32Array, folder: string): void {
  if (probabilities.every((value) => value >= 0 && value <= 1)) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-corrupt',
    message: `'${folder}' answers ${probabilities.join(', ')} to a black picture, expected numbers from 0 to 1`,
    next: 'its weights are damaged: train or export it again',
  });
}

/** One picture's row of `model run --image --json`. */
export interface ImageRun {
  readonly image: string;
  /** SHA-256 of the gray picture, uint8 [H, W], in hex. */
  readonly graySha256: string;
  /** [D] */
  readonly latent: readonly number[];
}

/**
 * Preprocesses and encodes pictures as live play would.
 *
 * @throws UnderstudyError as `readBundle`; 'file-missing', 'image-unreadable'
 */
export async function runImages(folder: string, images: readonly string[]): Promise<ImageRun[]> {
  const bundle = await readBundle(folder);
  await using model = await openModel(bundle);
  const preprocessor = new Preprocessor(bundle.manifest.preprocessing);
  const latent = new Float32Array(bundle.manifest.latentSize);
  const runs: ImageRun[] = [];
  for (const image of images) {
    preprocessor.process(await readImage(image));
    await model.encoder.encode(preprocessor.image, latent);
    const graySha256 = createHash('sha256').update(preprocessor.gray).digest('hex');
    runs.push({ image, graySha256, latent: Array.from(latent) });
  }
  return runs;
}

/** 1 GiB: 50,000 windows of 10 latents of 512. */
const MOST_LATENTS_BYTES = 1024 ** 3;

async function readLatents(file: string, rowBytes: number): Promise<Float32Array> {
  let bytes: Buffer;
  try {
    requireRegularFile(file, MOST_LATENTS_BYTES);
    bytes = await readFile(file);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UnderstudyError({
      kind: 'input',
      code: isMissing ? 'file-missing' : 'file-unreadable',
      message: isMissing ? `there is no file '${file}'` : `'${file}' cannot be read: ${messageOf(error)}`,
      next: 'check the path',
      cause: error,
    });
  }
  const array = arrayFileKind(bytes);
  if (array !== null) throw notLatents(file, `it is ${array}`);
  if (bytes.length === 0 || bytes.length % rowBytes !== 0) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-unreadable',
      message: `'${file}' has ${bytes.length} bytes, expected a multiple of ${rowBytes} (T x D float32, little-endian)`,
      next: "write it for this model's window: `understudy model info` says T and D",
    });
  }
  const latents = new Float32Array(new Uint8Array(bytes).buffer);
  const odd = latents.findIndex((value) => !(Math.abs(value) <= LARGEST_LATENT));
  if (odd >= 0) throw notLatents(file, `number ${odd} is ${latents[odd]} when it is read so`);
  return latents;
}

/** A latent is some tens at most; float64 or big-endian numbers that are read as float32 are far beyond. */
const LARGEST_LATENT = 1e6;

function notLatents(file: string, what: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `'${file}' does not hold float32, little-endian, and nothing else: ${what}`,
    next: "with numpy: latents.astype('<f4').tofile('latents.bin')",
  });
}

/**
 * Runs the head on windows of latents from a file: float32 little-endian, n x T x D.
 *
 * @returns probabilities [n][K], in the order of the bundle's actions
 * @throws UnderstudyError as `readBundle`; 'file-missing', 'file-unreadable'
 */
export async function runLatents(
  folder: string,
  file: string,
): Promise<{ readonly probabilities: readonly (readonly number[])[] }> {
  const bundle = await readBundle(folder);
  const { windowLength, latentSize, actions } = bundle.manifest;
  const size = windowLength * latentSize;
  const latents = await readLatents(file, size * 4);
  await using model = await openModel(bundle);
  const { head } = model;
  const outputs = new Float32Array(actions.length);
  const probabilities: number[][] = [];
  for (let at = 0; at < latents.length; at += size) {
    head.latents.set(latents.subarray(at, at + size));
    await head.predict(outputs);
    probabilities.push(Array.from(outputs));
  }
  return { probabilities };
}
