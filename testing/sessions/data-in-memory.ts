/** Training data for tests: small arrays instead of files. */
import type { LabelMatrix } from '../../src/core/label-matrix.js';
import { assertData, type TrainingData } from '../../src/training/dataset.js';
import { MemoryRows } from '../../src/training/rows.js';

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
