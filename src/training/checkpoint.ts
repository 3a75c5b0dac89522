/**
 * What a training needs to continue after it was stopped: weights, Adam's state, the generators' states, the history
 * and the best weights so far, in one file that is replaced as a whole after each epoch.
 */
import type { NamedArray, WeightSpec } from './network.js';
import type { ParameterState } from './parameters.js';
import {
  floatCount,
  FloatReader,
  readStateFile,
  specsOf,
  unusableState,
  valuesOf,
  writeStateFile,
} from './state-file.js';

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

/** Replaces the checkpoint at `path`. @throws UnderstudyError `write-failed`; the earlier file is intact */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const { state, best, ...rest } = checkpoint;
  const header: Header = {
    version: 1,
    ...rest,
    step: state.step,
    best: { epoch: best.epoch, loss: best.loss },
    weights: specsOf(state.weights),
  };
  const weights = [...valuesOf(state.weights), ...valuesOf(best.weights)];
  writeStateFile(path, header, [...weights, ...state.firstMoments, ...state.secondMoments]);
}

/** The checkpoint at `path`, of any training; null where there is no file. */
function read(path: string): Checkpoint | null {
  const file = readStateFile(path, (header) => 4 * floatCount((header as unknown as Header).weights));
  if (file === null) return null;
  const header = file.header as unknown as Header;
  const floats = new FloatReader(file.floats);
  const weights = floats.take(header.weights);
  const best = { ...header.best, weights: floats.take(header.weights) };
  const state = { weights, ...floats.takeMoments(header.weights), step: header.step };
  const { fingerprint, generators, history, waited } = header;
  return { fingerprint, generators, history, waited, best, state };
}

/**
 * The best weights in the checkpoint at `path`, of any training; null where there is no file.
 *
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged
 */
export function readBestWeights(path: string): readonly NamedArray[] | null {
  return read(path)?.best.weights ?? null;
}

/**
 * The checkpoint at `path`, or null where there is no file.
 *
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged, or was made with other data or options
 */
export function readCheckpoint(path: string, fingerprint: string): Checkpoint | null {
  const checkpoint = read(path);
  if (checkpoint !== null && checkpoint.fingerprint !== fingerprint) {
    throw unusableState(path, 'it was made with other data or other options');
  }
  return checkpoint;
}
