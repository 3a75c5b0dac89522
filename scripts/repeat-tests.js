/**
 * npm run repeat -- PATTERN [--times 20] [--under-load]: runs chosen tests again and again and prints how often each failed.
 *
 *   npm run repeat -- test/cli/takeover.test.ts --times 20        a test file
 *   npm run repeat -- 'a second run is refused' --under-load      tests by their name, every core kept busy beside them
 *
 * Exits with 1 when any test failed in any run. A run that hangs counts as failed after five minutes.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FILE_TIMEOUT_MS = 5 * 60_000;
const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { times: { type: 'string', default: '20' }, 'under-load': { type: 'boolean', default: false } },
});
const times = Number(values.times);
const [pattern] = positionals;
if (pattern === undefined || positionals.length > 1 || !Number.isInteger(times) || times < 1) {
  console.error("expected one test file or part of a test's name, and --times 1 or more");
  process.exit(2);
}

/** The compiled test files: the named one, those whose path contains the pattern, or those that contain the name. */
function chosen() {
  const compiled = pattern.replace(/^dist\//, '').replace(/\.ts$/, '.js');
  const named = join(PROJECT_ROOT, 'dist', compiled);
  if (compiled.endsWith('.test.js') && existsSync(named)) return { files: [named] };
  const all = readdirSync(join(PROJECT_ROOT, 'dist', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(PROJECT_ROOT, 'dist', 'test', name));
  const byPath = all.filter((path) => path.includes(compiled));
  if (byPath.length > 0) return { files: byPath };
  const byName = all.filter((path) => readFileSync(path, 'utf8').includes(pattern));
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { files: byName, testNamePatterns: [new RegExp(escaped)] };
}

/** @type {Map<string, { runs: number, failures: number, tookMs: number[], error: string }>} */
const tests = new Map();

/** Runs the chosen files once. */
function runOnce(selection) {
  const stream = run({ ...selection, concurrency: 1, timeout: FILE_TIMEOUT_MS });
  const note = (failed) => (event) => {
    if (event.details?.type === 'suite' || event.skip !== undefined) return;
    const test = tests.get(event.name) ?? { runs: 0, failures: 0, tookMs: [], error: '' };
    tests.set(event.name, test);
    test.runs += 1;
    test.tookMs.push(event.details.duration_ms);
    if (!failed) return;
    test.failures += 1;
    test.error = String(event.details.error?.cause?.message ?? event.details.error?.message ?? '').split('\n')[0];
  };
  stream.on('test:pass', note(false));
  stream.on('test:fail', note(true));
  stream.resume();
  return new Promise((resolve) => stream.on('end', resolve));
}

/** One loop a core that never waits. @returns ends them */
function keepBusy() {
  const loops = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  const end = () => loops.forEach((loop) => loop.kill('SIGKILL'));
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  return end;
}

function report() {
  const rows = [...tests].sort(([, one], [, other]) => other.failures - one.failures);
  const seconds = (ms) => (ms / 1000).toFixed(2).padStart(7);
  console.log('failed       median s  max s  test');
  for (const [name, { runs, failures, tookMs, error }] of rows) {
    const sorted = tookMs.toSorted((one, other) => one - other);
    const figures = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map(seconds).join(' ');
    console.log(`${`${failures} of ${runs}`.padEnd(12)} ${figures}  ${name}${error === '' ? '' : `: ${error}`}`);
  }
}

const selection = chosen();
if (selection.files.length === 0) {
  console.error(`no test file and no test is named like '${pattern}'`);
  process.exit(2);
}
const endLoad = values['under-load'] ? keepBusy() : () => undefined;
for (let i = 0; i < times; i += 1) {
  await runOnce(selection);
  const failures = [...tests.values()].reduce((sum, test) => sum + test.failures, 0);
  console.error(`run ${i + 1} of ${times}: ${failures} failures so far`);
}
endLoad();
report();
process.exitCode = tests.size === 0 || [...tests.values()].some(({ failures }) => failures > 0) ? 1 : 0;
