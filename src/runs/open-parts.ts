/** Parts that are opened one after the other and closed in the opposite order. */

export class OpenParts implements AsyncDisposable {
  readonly #parts: AsyncDisposable[] = [];

  /** Returns the result of `open`; where it fails, the parts that are open are closed again. */
  static async whole<Whole>(open: (parts: OpenParts) => Promise<Whole>): Promise<Whole> {
    const parts = new OpenParts();
    try {
      return await open(parts);
    } catch (error) {
      await parts[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns `part`, which is closed with the others. */
  use<Part extends AsyncDisposable>(part: Part): Part {
    this.#parts.push(part);
    return part;
  }

  /** Closes the last opened first, and continues past one that fails; then throws the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await part[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
