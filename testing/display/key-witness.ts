/**
 * An independent witness of every key event on a display: Debian's `xinput test-xi2 --root`, another program with its
 * own connection. Proves first that it sees, and is asked for its log only when everything sent before has reached it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import { end } from './x-display.js';

export interface WitnessedKey {
  readonly keycode: number;
  readonly down: boolean;
  /** Id of the device that sent it. */
  readonly device: number;
}

/** A key that no test uses (the right Super key): its events mark a place in the log. */
const MARKER_KEYCODE = 134;

export class KeyWitness implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #connection: XConnection;
  #log: WitnessedKey[] = [];
  #markers = 0;
  #onMarker = () => {};

  private constructor(display: string, env: NodeJS.ProcessEnv) {
    this.#connection = XConnection.open(display);
    this.#child = spawn('xinput', ['test-xi2', '--root'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let event = '';
    let device = 0;
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      event = /^EVENT type \d+ \((\w+)\)/.exec(line)?.[1] ?? event;
      device = Number(/^\s+device: \d+ \((\d+)\)/.exec(line)?.[1] ?? device);
      const detail = /^\s+detail: (\d+)/.exec(line)?.[1];
      if (detail === undefined || !event.startsWith('RawKey')) return;
      this.#see({ keycode: Number(detail), down: event === 'RawKeyPress', device });
      event = '';
    });
  }

  /** Starts the witness and waits until it has seen a key that was sent for that purpose. */
  static async on(display: { readonly name: string; readonly env: NodeJS.ProcessEnv }): Promise<KeyWitness> {
    const witness = new KeyWitness(display.name, display.env);
    const deadlineMs = performance.now() + 10_000;
    while (witness.#markers === 0) {
      if (performance.now() > deadlineMs) throw new Error('xinput test-xi2 saw no key within 10 s');
      witness.#mark();
      await witness.#nextMarker(200);
    }
    // markers sent while it started may still arrive: settle on the last
    await witness.log();
    witness.#log = [];
    return witness;
  }

  /** All key events so far, in their order; complete for everything that was sent before this call. */
  async log(): Promise<readonly WitnessedKey[]> {
    const before = this.#markers;
    this.#mark();
    while (this.#markers === before) await this.#nextMarker(5000);
    return this.#log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await end(this.#child);
  }

  #mark(): void {
    sendKey(this.#connection, MARKER_KEYCODE, true);
    sendKey(this.#connection, MARKER_KEYCODE, false);
  }

  #nextMarker(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onMarker = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #see(key: WitnessedKey): void {
    if (key.keycode !== MARKER_KEYCODE) {
      this.#log.push(key);
      return;
    }
    if (key.down) return;
    this.#markers += 1;
    this.#onMarker();
  }
}
