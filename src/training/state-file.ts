/**
 * A file of named numbers: a head as JSON, then float32 arrays, one after the other. It is replaced as a whole, so that a kill
 * at any moment leaves the earlier one.
 */
import { readFileSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { WholeFile } from '../core/whole-file.js';
import { elementCount, type NamedArray, type WeightSpec } from './network.js';
import type { ParameterState } from './parameters.js';

export interface StateFile {
  readonly header: Readonly<Record<string, unknown>>;
  /** All arrays, joined. */
  readonly floats: Float32Array;
}

const MAGIC = 'UNDERSTUDY-CK';

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Replaces the file at `path`. @throws UnderstudyError `write-failed`; the earlier file is intact */
export function writeStateFile(path: string, header: object, arrays: readonly Float32Array[]): void {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  using file = new WholeFile(path, 'Make room on the disk and run the same command with --resume.');
  for (const part of [Buffer.from(MAGIC), length, text]) file.write(part);
  for (const values of arrays) file.write(bytesOf(values));
  file.publish();
}

/** The error for a checkpoint that cannot be continued. */
export function unusableState(path: string, reason: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'checkpoint-mismatch',
    message: `The checkpoint ${path} cannot be resumed: ${reason}.`,
    next: 'Run without --resume to start again, or with what the first run was given.',
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

/**
 * The file at `path`, or null where there is none.
 *
 * @param floatsOf how many numbers a file with this head has
 * @throws UnderstudyError `checkpoint-mismatch` where it is damaged
 */
export function readStateFile(path: string, floatsOf: (header: StateFile['header']) => number): StateFile | null {
  const bytes = readBytes(path);
  if (bytes === null) return null;
  const start = MAGIC.length + 4;
  if (bytes.length < start || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw unusableState(path, 'it is not a checkpoint');
  }
  const end = start + bytes.readUInt32LE(MAGIC.length);
  let header: StateFile['header'];
  try {
    header = JSON.parse(bytes.toString('utf8', start, end)) as StateFile['header'];
  } catch {
    throw unusableState(path, 'its header is damaged');
  }
  const expected = end + 4 * floatsOf(header);
  if (bytes.length !== expected) throw unusableState(path, `it has ${bytes.length} bytes, expected ${expected}`);
  return { header, floats: new Float32Array(new Uint8Array(bytes.subarray(end)).buffer) };
}

/** Numbers of all these weights together. */
export const floatCount = (specs: readonly WeightSpec[]): number =>
  specs.reduce((sum, { shape }) => sum + elementCount(shape), 0);

/** Takes arrays off a file's numbers, from the first on. */
export class FloatReader {
  readonly #floats: Float32Array;
  #at = 0;

  constructor(floats: Float32Array) {
    this.#floats = floats;
  }

  take(specs: readonly WeightSpec[]): NamedArray[] {
    return specs.map((spec) => {
      const count = elementCount(spec.shape);
      this.#at += count;
      return { ...spec, values: this.#floats.slice(this.#at - count, this.#at) };
    });
  }

  /** Adam's moments: the first ones of all weights, then the second ones. */
  takeMoments(specs: readonly WeightSpec[]): Pick<ParameterState, 'firstMoments' | 'secondMoments'> {
    const values = (): Float32Array[] => this.take(specs).map((array) => array.values);
    return { firstMoments: values(), secondMoments: values() };
  }
}

/** The arrays of these weights, in their order. */
export const valuesOf = (weights: readonly NamedArray[]): Float32Array[] => weights.map(({ values }) => values);

/** Names and shapes alone, for a head. */
export const specsOf = (weights: readonly NamedArray[]): WeightSpec[] =>
  weights.map(({ name, shape }) => ({ name, shape }));
