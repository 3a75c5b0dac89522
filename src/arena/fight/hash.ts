/**
 * A fingerprint of numbers that every engine computes alike: FNV-1a over their bytes, two lanes of 32 bits. It
 * distinguishes two fights; it is not a defence against forgery.
 */

const FNV_PRIME = 0x01000193; // Fowler, Noll and Vo, 32 bits
const FNV_BASIS = 0x811c9dc5;
const SECOND_BASIS = 0x9e3779b9;

export class NumberHash {
  #first = FNV_BASIS;
  #second = SECOND_BASIS;
  readonly #view = new DataView(new ArrayBuffer(8));

  /** Takes in one number as its eight little-endian bytes. */
  add(value: number): void {
    this.#view.setFloat64(0, value === 0 ? 0 : value, true); // -0 counts as 0
    for (let i = 0; i < 8; i += 1) {
      const byte = this.#view.getUint8(i);
      this.#first = Math.imul(this.#first ^ byte, FNV_PRIME);
      this.#second = Math.imul(this.#second ^ byte ^ (this.#first >>> 24), FNV_PRIME);
    }
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [this.#first, this.#second].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
