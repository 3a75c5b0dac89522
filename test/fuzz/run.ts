/** Feeds every target its share of spoiled input and says what came of it. */
import fc from 'fast-check';
import { UnderstudyError } from '../../src/core/errors.js';
import type { FuzzTarget } from './targets.js';

export interface TargetResult {
  readonly target: string;
  readonly cases: number;
  /** Inputs that were taken in spite of the change. */
  readonly taken: number;
  /** How many were refused, by error code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** The smallest input found that breaks the reader; null where none does. */
  readonly finding: string | null;
}

/** A case that takes this long hangs. */
const HANGS_AFTER_MS = 20_000;

/** The kinds of error that are about the input; the others would blame the machine or the program. */
const ABOUT_INPUT: readonly string[] = ['input', 'usage'];

/** @param cases how many in all; each target gets at least ten */
export async function runFuzz(
  targets: readonly FuzzTarget[],
  cases: number,
  seed: number,
  onTarget: (result: TargetResult) => void = () => undefined,
): Promise<TargetResult[]> {
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
  const results: TargetResult[] = [];
  for (const target of targets) {
    const share = Math.max(10, Math.ceil((cases * target.weight) / weights));
    const result = await runTarget(target, share, seed);
    results.push(result);
    onTarget(result);
  }
  return results;
}

async function runTarget(target: FuzzTarget, cases: number, seed: number): Promise<TargetResult> {
  const refused: Record<string, number> = {};
  let [ran, taken, slowestMs] = [0, 0, 0];
  const property = fc.asyncProperty(target.input, async (input) => {
    ran += 1;
    const beganMs = performance.now();
    try {
      await withinTime(target.read(input));
      taken += 1;
    } catch (error) {
      if (!(error instanceof UnderstudyError)) throw error;
      const code = error.code;
      if (!ABOUT_INPUT.includes(error.kind) && code !== 'guard-failed' && code !== 'package-missing') {
        throw new Error(`a ${error.kind} error for bad input: ${code}: ${error.message}`, { cause: error });
      }
      if (error.message.length > 2000)
        throw new Error(`a message of ${error.message.length} characters`, { cause: error });
      refused[code] = (refused[code] ?? 0) + 1;
    } finally {
      slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    }
  });
  const details = await fc.check(property, { numRuns: cases, seed, endOnFailure: false });
  const finding = details.failed ? describe(details.counterexample?.[0], details.errorInstance) : null;
  return { target: target.name, cases: ran, taken, refused, slowestMs: Math.round(slowestMs), finding };
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: nothing after ${HANGS_AFTER_MS} ms`)), HANGS_AFTER_MS);
  });
  try {
    await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(input: Buffer | undefined, error: unknown): string {
  const shown = input === undefined ? '?' : JSON.stringify(input.subarray(0, 300).toString('latin1'));
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack.split('\n').slice(0, 6).join('\n')}\n  input (${input?.length ?? 0} bytes): ${shown}`;
}
