/** Collects numbers one by one in a typed array: 8 bytes each, less than a list of boxed numbers. */

const FIRST_CAPACITY = 1024;

export class GrowingFloats {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** All numbers so far: a view, valid until the next push. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
