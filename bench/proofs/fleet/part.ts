/** What a part of the proof found. */
export interface Part {
  readonly n: string;
  /** Claims that do not hold; none is good. */
  readonly broken: readonly string[];
  /** Of the page. */
  readonly sections: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

/** With the time, on standard error. */
export const say = (text: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
