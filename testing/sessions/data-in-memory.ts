/** Training data for tests: small arrays instead of files. */
import type { LabelMatrix } from '../../src/core/label-matrix.js';
import { assertData, type TrainingData } from '../../src/training/dataset.js';
import type { Rows } from '../../src/training/rows.js';

/** Rows of one array; the array stays the caller's. */
export class MemoryRows implements Rows {
  readonly count: number;
  readonly rowBytes: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, rowBytes: number) {
    this.#bytes = bytes;
    this.rowBytes = rowBytes;
    this.count = bytes.length / rowBytes;
  }

  read(first: number, rows: number, target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(first * this.rowBytes, (first + rows) * this.rowBytes), at);
  }

  [Symbol.dispose](): void {
    // the array is the caller's
  }
}

/** Data that lies in memory: gray [n, H, W] and so on, as arrays. */
export function dataInMemory(arrays: {
  readonly gray: Uint8Array;
  readonly image: readonly [number, number];
  readonly labels: LabelMatrix;
  readonly fightOf: Int32Array;
  readonly partOf: Uint8Array;
}): TrainingData {
  const { gray, image, labels, fightOf, partOf } = arrays;
  const data = { frames: new MemoryRows(gray, image[0] * image[1]), image, labels, fightOf, partOf };
  assertData(data);
  return data;
}
