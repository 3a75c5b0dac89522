/** Parts that are opened one after the other and closed in the opposite order. */

export class OpenParts implements AsyncDisposable {
  readonly #parts: (AsyncDisposable | Disposable)[] = [];

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
  use<Part extends AsyncDisposable | Disposable>(part: Part): Part {
    this.#parts.push(part);
    return part;
  }

  /** Closes the last opened first, and continues past one that fails; then throws the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        if (Symbol.asyncDispose in part) await part[Symbol.asyncDispose]();
        else part[Symbol.dispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
