/**
 * What an agent costs while it is measured: CPU time of this process and of its children, and their memory. Sampled
 * twice a second, since a child may be gone when the run is over.
 */
import { cpuSeconds, descendantsOf, residentMb } from '../../system/process-cost.js';

export interface CostFigures {
  /** Of one core, this process and its children together. */
  readonly cpuPercent: number;
  readonly cpu: { readonly agentPercent: number; readonly guardPercent: number };
  /** Resident memory of all of them at the last sample. */
  readonly rssBytes: number;
}

const SAMPLE_EVERY_MS = 500;
const BYTES_PER_MB = 1e6;

interface Sample {
  readonly atMs: number;
  readonly agentSeconds: number;
  readonly guardSeconds: number;
  readonly rssBytes: number;
}

export class CostMeter implements Disposable {
  readonly #excluded: Set<number>;
  #guards: readonly number[] = [];
  #first: Sample | null = null;
  #last: Sample | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param excluded children that are not part of the agent, and not counted with all that they started */
  constructor(excluded: readonly number[]) {
    this.#excluded = new Set(excluded);
  }

  /** Excludes another child that is not part of the agent. */
  leaveOut(pid: number): void {
    this.#excluded.add(pid);
  }

  /** Measures from here on. */
  begin(): void {
    const excluded = new Set([...this.#excluded].flatMap((pid) => [pid, ...descendantsOf(pid)]));
    this.#guards = descendantsOf(process.pid).filter((pid) => !excluded.has(pid));
    this.#first = this.#last = this.#sample();
    this.#timer = setInterval(() => (this.#last = this.#sample()), SAMPLE_EVERY_MS);
    this.#timer.unref();
  }

  /** Up to the last sample; zeros before the second one. */
  figures(): CostFigures {
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null || last.atMs === first.atMs) {
      return { cpuPercent: 0, cpu: { agentPercent: 0, guardPercent: 0 }, rssBytes: last?.rssBytes ?? 0 };
    }
    const seconds = (last.atMs - first.atMs) / 1000;
    const agentPercent = (100 * (last.agentSeconds - first.agentSeconds)) / seconds;
    const guardPercent = (100 * (last.guardSeconds - first.guardSeconds)) / seconds;
    return {
      cpuPercent: agentPercent + guardPercent,
      cpu: { agentPercent, guardPercent },
      rssBytes: last.rssBytes,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Where a child has ended, the last sample stands: the sum of CPU times must not fall. */
  #sample(): Sample {
    const guardSeconds = this.#guards.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const guardMb = this.#guards.reduce((sum, pid) => sum + residentMb(pid), 0);
    const last = this.#last;
    if (last !== null && guardSeconds < last.guardSeconds) return last;
    return {
      atMs: performance.now(),
      agentSeconds: cpuSeconds(process.pid),
      guardSeconds,
      rssBytes: Math.round((residentMb(process.pid) + guardMb) * BYTES_PER_MB),
    };
  }
}
