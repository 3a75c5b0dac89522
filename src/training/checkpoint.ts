/**
 * What a training needs to continue after it was stopped: weights, Adam's state, the generators' states, the history
 * and the best weights so far, in one file that is replaced as a whole after each epoch.
 */
import { readFileSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { elementCount, type NamedArray, type WeightSpec } from './network.js';
import type { ParameterState } from './parameters.js';
import { WholeFile } from '../core/whole-file.js';

/** Of encoder and head together, in the work folder; its presence says how an encoder was trained. */
export const TOGETHER_CHECKPOINT = 'together.checkpoint';

type GeneratorState = readonly [number, number, number, number];

/** Losses of one epoch. */
export interface EpochRecord {
  /** 1-based */
  readonly epoch: number;
  /** Mean over the training samples, while the weights moved. */
  readonly loss: number;
  /** Mean over the validation samples, after the epoch; null without any. */
  readonly validationLoss: number | null;
  readonly seconds: number;
}

export interface Checkpoint {
  /** Hash of what must be the same to continue the training: data, network, options. */
  readonly fingerprint: string;
  readonly state: ParameterState;
  readonly generators: { readonly order: GeneratorState; readonly dropout: GeneratorState };
  readonly history: readonly EpochRecord[];
  readonly best: { readonly epoch: number; readonly loss: number; readonly weights: readonly NamedArray[] };
  /** Epochs since the best one. */
  readonly waited: number;
}

interface Header extends Omit<Checkpoint, 'state' | 'best'> {
  readonly version: 1;
  readonly step: number;
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly weights: readonly WeightSpec[];
}

const MAGIC = 'UNDERSTUDY-CK';

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Replaces the checkpoint at `path`. @throws UnderstudyError `write-failed`; the earlier file is intact */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const { state, best, ...rest } = checkpoint;
  const header: Header = {
    version: 1,
    ...rest,
    step: state.step,
    best: { epoch: best.epoch, loss: best.loss },
    weights: state.weights.map(({ name, shape }) => ({ name, shape })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const arrays = [state.weights, best.weights].flat().map(({ values }) => values);
  using file = new WholeFile(path, 'Make room on the disk and run the same command with --resume.');
  for (const part of [Buffer.from(MAGIC), length, text]) file.write(part);
  for (const values of [...arrays, ...state.firstMoments, ...state.secondMoments]) file.write(bytesOf(values));
  file.publish();
}

function unusable(path: string, reason: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'checkpoint-mismatch',
    message: `The checkpoint ${path} cannot be resumed: ${reason}.`,
    next: 'Run without --resume to start again, or with the sessions and options of the first run.',
  });
}

function readBytes(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parse(path: string, bytes: Buffer): Checkpoint {
  const start = MAGIC.length + 4;
  if (bytes.length < start || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw unusable(path, 'it is not a checkpoint');
  const end = start + bytes.readUInt32LE(MAGIC.length);
  let header: Header;
  try {
    header = JSON.parse(bytes.toString('utf8', start, end)) as Header;
  } catch {
    throw unusable(path, 'its header is damaged');
  }
  const sizes = header.weights.map(({ shape }) => elementCount(shape));
  const total = 16 * sizes.reduce((sum, size) => sum + size, 0); // four float32 arrays for each weight
  if (bytes.length !== end + total) throw unusable(path, `it has ${bytes.length} bytes, expected ${end + total}`);
  const floats = new Float32Array(new Uint8Array(bytes.subarray(end)).buffer);
  let at = 0;
  const take = (): Float32Array[] =>
    sizes.map((size) => {
      at += size;
      return floats.slice(at - size, at);
    });
  const named = (arrays: readonly Float32Array[]): NamedArray[] =>
    header.weights.map((spec, index) => ({ ...spec, values: arrays[index] }));
  const weights = named(take());
  const best = { ...header.best, weights: named(take()) };
  const state = { weights, firstMoments: take(), secondMoments: take(), step: header.step };
  const { fingerprint, generators, history, waited } = header;
  return { fingerprint, generators, history, waited, best, state };
}

/**
 * The best weights in the checkpoint at `path`, of any training; null where there is no file.
 *
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged
 */
export function readBestWeights(path: string): readonly NamedArray[] | null {
  const bytes = readBytes(path);
  return bytes === null ? null : parse(path, bytes).best.weights;
}

/**
 * The checkpoint at `path`, or null where there is no file.
 *
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged, or was made with other data or options
 */
export function readCheckpoint(path: string, fingerprint: string): Checkpoint | null {
  const bytes = readBytes(path);
  if (bytes === null) return null;
  const checkpoint = parse(path, bytes);
  if (checkpoint.fingerprint !== fingerprint) throw unusable(path, 'it was made with other data or other options');
  return checkpoint;
}
