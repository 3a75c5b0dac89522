/**
 * Batches the rows of many fights: rows that wait to be computed go through the model together. A fight must not depend
 * on that; it awaits its own row.
 */

/** Computes rows at once. */
export interface RowComputer {
  /** B, rows that fit. */
  readonly rows: number;
  /** [B, in], written by the queue. */
  readonly input: Float32Array;
  /** [B, out], written by `run`. */
  readonly output: Float32Array;
  /** Computes all B rows, also those that are left from an earlier run. */
  run(): Promise<void>;
}

interface Waiting {
  readonly row: Float32Array;
  readonly into: Float32Array;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Above this share of a batch one run of many is faster than a run for each (measured: 2.2 ms a row against 3.7). */
const WORTH_A_BATCH = 0.6;

export class BatchQueue {
  readonly #many: RowComputer;
  readonly #one: RowComputer;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #running = false;

  /** @param one computes a single row, to the same bits as `many` */
  constructor(many: RowComputer, one: RowComputer) {
    this.#many = many;
    this.#one = one;
  }

  /**
   * Computes one row, in a batch with others that come before the event loop's next turn.
   *
   * @param row [in], unchanged until the promise settles
   * @param into [out], written
   */
  compute(row: Float32Array, into: Float32Array): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => this.#waiting.push({ row, into, resolve, reject }));
    if (this.#waiting.length >= this.#many.rows) void this.#flush();
    else this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#running || this.#waiting.length === 0) return;
    this.#running = true;
    const worth = this.#waiting.length > WORTH_A_BATCH * this.#many.rows;
    const computer = worth ? this.#many : this.#one;
    const batch = this.#waiting.splice(0, computer.rows);
    try {
      await computeRows(computer, batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#running = false;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}

async function computeRows(computer: RowComputer, batch: readonly Waiting[]): Promise<void> {
  const { rows, input, output } = computer;
  const inSize = input.length / rows;
  const outSize = output.length / rows;
  for (const [index, { row }] of batch.entries()) input.set(row, index * inSize);
  await computer.run();
  for (const [index, { into }] of batch.entries()) into.set(output.subarray(index * outSize, (index + 1) * outSize));
}
