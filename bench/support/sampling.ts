/** Runs one stage again and again and keeps how long each run took. */

/** The value after `--name` on the command line. */
export function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** A whole number from `least` on after `--name`, or `fallback`. */
export function countArgument(name: string, fallback: number, least = 1): number {
  const count = Number(argument(name) ?? fallback);
  if (!Number.isInteger(count) || count < least)
    throw new Error(`${name} ${argument(name)}: expected ${least} or more`);
  return count;
}

/**
 * Runs `work` for warm-up, then `n` times.
 *
 * @returns how long each of the n runs took, ms
 */
export async function sampleMs(n: number, warmup: number, work: () => void | Promise<void>): Promise<Float64Array> {
  for (let i = 0; i < warmup; i += 1) await work();
  const tookMs = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    const startedMs = performance.now();
    await work();
    tookMs[i] = performance.now() - startedMs;
  }
  return tookMs;
}
