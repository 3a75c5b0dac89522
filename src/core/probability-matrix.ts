/**
 * How likely each action is at each of N frames: a matrix [N, K] of float32 0..1, row by row, over one set of actions.
 * It owns rows, stride and selection, as the label matrix does for held actions.
 */
import type { ActionSet } from './action-set.js';

export class ProbabilityMatrix {
  readonly actions: ActionSet;
  /** [N, K] row by row; the matrix's own memory, shared with its readers. */
  readonly values: Float32Array;
  /** N */
  readonly count: number;

  /**
   * @param values [N, K], kept and not copied
   * @throws RangeError where they are not whole rows
   */
  constructor(actions: ActionSet, values: Float32Array) {
    if (values.length % actions.count !== 0) {
      throw new RangeError(`${values.length} values are not whole rows of ${actions.count} actions`);
    }
    this.actions = actions;
    this.values = values;
    this.count = values.length / actions.count;
  }

  /** N rows of zeros. */
  static zeros(actions: ActionSet, count: number): ProbabilityMatrix {
    return new ProbabilityMatrix(actions, new Float32Array(count * actions.count));
  }

  /** [K] one row, a view and not a copy. */
  row(index: number): Float32Array {
    const { count } = this.actions;
    return this.values.subarray(index * count, (index + 1) * count);
  }

  at(row: number, action: number): number {
    return this.values[row * this.actions.count + action];
  }

  set(row: number, action: number, value: number): void {
    this.values[row * this.actions.count + action] = value;
  }

  /** [N] one action's column, copied. */
  column(action: number): Float32Array {
    return Float32Array.from({ length: this.count }, (_, row) => this.at(row, action));
  }

  /** Writes the values of one row, or of several rows that follow each other, from row `first` on. */
  setRows(first: number, values: ArrayLike<number>): void {
    this.values.set(values, first * this.actions.count);
  }

  /** The given rows, in their order, copied. */
  select(rows: ArrayLike<number>): ProbabilityMatrix {
    const selected = ProbabilityMatrix.zeros(this.actions, rows.length);
    for (let i = 0; i < rows.length; i += 1) selected.setRows(i, this.row(rows[i]));
    return selected;
  }

  /** Rows from `from` up to `to`, not included; a view and not a copy. */
  slice(from: number, to: number): ProbabilityMatrix {
    const { count } = this.actions;
    return new ProbabilityMatrix(this.actions, this.values.subarray(from * count, to * count));
  }
}
