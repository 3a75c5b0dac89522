/**
 * Which actions are held at each of N frames: a matrix [N, K] of 0 and 1, row by row, over one set of actions. It owns
 * rows, stride, bits and selection; no other file multiplies by K. Used for labels, predictions and baselines alike.
 */
import type { ActionSet, HeldActions } from './action-set.js';
import { isHeld } from './action-set.js';

export class LabelMatrix {
  readonly actions: ActionSet;
  /** [N, K] uint8, 0 or 1, row by row; the matrix's own memory, shared with its readers. */
  readonly bytes: Uint8Array;
  /** N */
  readonly count: number;

  /**
   * @param bytes [N, K], kept and not copied
   * @throws RangeError where the bytes are not whole rows
   */
  constructor(actions: ActionSet, bytes: Uint8Array) {
    if (bytes.length % actions.count !== 0) {
      throw new RangeError(`${bytes.length} bytes are not whole rows of ${actions.count} actions`);
    }
    this.actions = actions;
    this.bytes = bytes;
    this.count = bytes.length / actions.count;
  }

  /** N rows of zeros. */
  static zeros(actions: ActionSet, count: number): LabelMatrix {
    return new LabelMatrix(actions, new Uint8Array(count * actions.count));
  }

  /** One row for each held set. */
  static fromHeld(actions: ActionSet, held: ArrayLike<HeldActions>): LabelMatrix {
    const matrix = LabelMatrix.zeros(actions, held.length);
    for (let row = 0; row < held.length; row += 1) matrix.setHeld(row, held[row]);
    return matrix;
  }

  /** Rows of several matrices of one set, one after the other. */
  static join(actions: ActionSet, parts: readonly LabelMatrix[]): LabelMatrix {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part.bytes, at);
      at += part.bytes.length;
    }
    return new LabelMatrix(actions, bytes);
  }

  /** [K] one row, a view and not a copy. */
  row(index: number): Uint8Array {
    const { count } = this.actions;
    return this.bytes.subarray(index * count, (index + 1) * count);
  }

  /** 0 or 1. */
  at(row: number, action: number): number {
    return this.bytes[row * this.actions.count + action];
  }

  set(row: number, action: number, value: 0 | 1): void {
    this.bytes[row * this.actions.count + action] = value;
  }

  /** The held set of one row. */
  held(row: number): HeldActions {
    const first = row * this.actions.count;
    let held = 0;
    for (let action = 0; action < this.actions.count; action += 1) {
      if (this.bytes[first + action] !== 0) held |= 1 << action;
    }
    return held;
  }

  setHeld(row: number, held: HeldActions): void {
    const first = row * this.actions.count;
    for (let action = 0; action < this.actions.count; action += 1) {
      this.bytes[first + action] = isHeld(held, action) ? 1 : 0;
    }
  }

  /** [N] one action's column, copied. */
  column(action: number): Uint8Array {
    return Uint8Array.from({ length: this.count }, (_, row) => this.at(row, action));
  }

  /** [K] how many rows hold each action. */
  counts(): number[] {
    const counts = this.actions.names.map(() => 0);
    for (let row = 0; row < this.count; row += 1) {
      for (let action = 0; action < counts.length; action += 1) counts[action] += this.at(row, action) === 0 ? 0 : 1;
    }
    return counts;
  }

  /** The given rows, in their order, copied. */
  select(rows: ArrayLike<number>): LabelMatrix {
    const selected = LabelMatrix.zeros(this.actions, rows.length);
    for (let i = 0; i < rows.length; i += 1) selected.bytes.set(this.row(rows[i]), i * this.actions.count);
    return selected;
  }

  /** Rows from `from` up to `to`, not included; a view and not a copy. */
  slice(from: number, to: number): LabelMatrix {
    const { count } = this.actions;
    return new LabelMatrix(this.actions, this.bytes.subarray(from * count, to * count));
  }
}
