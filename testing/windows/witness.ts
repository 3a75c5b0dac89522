/** The window that witnesses keys under Wine, and its log: see witness.c. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cli/cli.js';

/** Virtual keys, winuser.h. */
export const VK = {
  space: 0x20,
  home: 0x24,
  left: 0x25,
  up: 0x26,
  right: 0x27,
  down: 0x28,
  d: 0x44,
  f: 0x46,
  z: 0x5a,
} as const;

/** A key event that reached the window. */
export interface WitnessedKey {
  readonly virtualKey: number;
  readonly down: boolean;
  readonly scan: number;
  readonly extended: boolean;
}

/** The program's run: it is ended with the witness. */
interface Run {
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes witness.exe in a folder. */
export function compileWitness(folder: string): void {
  const source = join(PROJECT_ROOT, 'testing', 'windows', 'witness.c');
  const args = ['-O1', '-mwindows', '-o', join(folder, 'witness.exe'), source];
  const { status, stderr } = spawnSync('x86_64-w64-mingw32-gcc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`witness.c does not compile: ${stderr}`);
}

export class Witness implements AsyncDisposable {
  readonly #run: Run;
  readonly #log: string;

  constructor(run: Run, log: string) {
    this.#run = run;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#lines('ready').length > 0;
  }

  get isClosed(): boolean {
    return this.#lines('closed').length > 0;
  }

  /** Of Windows. */
  get pid(): number {
    return this.#lines('ready')[0][0];
  }

  /** Its handle: what `understudy windows` calls its id. */
  get id(): number {
    return this.#lines('ready')[0][1];
  }

  /** The key events that it has got, in their order. */
  get keys(): WitnessedKey[] {
    return this.#lines('down', 'up').map(([virtualKey, scan, extended, , down]) => ({
      virtualKey,
      down: down === 1,
      scan,
      extended: extended === 1,
    }));
  }

  /** The watched keys that are down in Windows, wherever they went. */
  get down(): ReadonlySet<number> {
    const now = new Set<number>();
    for (const [virtualKey, isDown] of this.#lines('state')) {
      if (isDown === 1) now.add(virtualKey);
      else now.delete(virtualKey);
    }
    return now;
  }

  /** Every change that it saw in them. */
  get changes(): number {
    return this.#lines('state').length;
  }

  /** Presses and releases of the left mouse button inside it: true for a press. */
  get clicks(): boolean[] {
    return this.#lines('button').map(([, down]) => down === 1);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#run[Symbol.asyncDispose]();
  }

  /** The numbers of the whole lines that begin with one of these words; 1 behind them where it was "down". */
  #lines(...words: readonly string[]): number[][] {
    if (!existsSync(this.#log)) return [];
    const whole = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return whole
      .map((line) => line.trim().split(' '))
      .filter(([word]) => words.includes(word))
      .map(([word, ...numbers]) => [...numbers.map(Number), word === 'down' ? 1 : 0]);
  }
}
