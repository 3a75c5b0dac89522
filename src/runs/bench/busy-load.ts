/** Processes that only compute, to simulate a machine with other work. */
import { spawn, type ChildProcess } from 'node:child_process';

/** Ends by itself when its parent is gone: a process that is left over must not keep a core busy. */
const BURN = `
const parent = process.ppid;
const burn = () => {
  const until = Date.now() + 200;
  while (Date.now() < until);
  if (process.ppid === parent) setImmediate(burn);
};
burn();
`;

/** Runs until it is disposed of. */
export class BusyLoad implements Disposable {
  readonly #children: readonly ChildProcess[];

  /** @param processes how many, >= 0; each takes as much of one core as it gets */
  constructor(processes: number) {
    this.#children = Array.from({ length: processes }, () =>
      spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }),
    );
  }

  get pids(): readonly number[] {
    return this.#children.flatMap(({ pid }) => pid ?? []);
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
