/**
 * Runs the compiled tests with node:test and decides what a skipped test means.
 *
 *   node scripts/run-tests.js [--only <text in the file's path, as in test/policy/>]
 *
 * A skip is fine on a machine that lacks what the test needs, and it is said. In CI (CI=true), where .ci/run has
 * installed everything, a skip fails the run unless its reason is in ALLOWED_IN_CI.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { availableParallelism } from 'node:os';

/** Reasons that may skip a test in CI: the platform, where the checkout is, no network; never a missing package. */
const ALLOWED_IN_CI = [
  /^only on (Windows|macOS)/,
  /^the checkout is in a folder/,
  /^needs root/,
  /^no process may be traced/,
  /^no npm registry answers here/,
];

/** No file takes this long (the longest packs and installs the package); one that hangs is named soon. */
const FILE_TIMEOUT_MS = 8 * 60_000;

const root = fileURLToPath(new URL('../dist/test/', import.meta.url));
const onlyAt = process.argv.indexOf('--only');
const only = onlyAt === -1 ? '' : (process.argv[onlyAt + 1] ?? '');

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js') && `test/${name}`.includes(only))
  .map((name) => join(root, name))
  .sort();

if (files.length === 0) {
  console.error(`no test file matches '${only}' under dist/test/`);
  process.exit(2);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
/** @type {{ name: string, file: string, reason: string }[]} */
const skips = [];

const stream = run({ files, concurrency: Math.max(1, availableParallelism()), timeout: FILE_TIMEOUT_MS });
stream.on('test:pass', (event) => {
  const ran = event.skip === undefined || event.skip === false;
  if (event.details?.type === 'suite' && ran) return; // its tests are counted; those of a skipped one are not reported
  if (ran) counts.passed += 1;
  else {
    counts.skipped += 1;
    skips.push({ name: event.name, file: event.file ?? '', reason: String(event.skip) });
  }
});
stream.on('test:fail', (event) => {
  if (event.details?.type !== 'suite') counts.failed += 1;
});
stream.compose(new Spec()).pipe(process.stdout);

stream.on('end', () => {
  // after the reporter's last lines
  setImmediate(() => {
    for (const skip of skips) console.log(`skipped: ${skip.name}: ${skip.reason}`);
    const unallowed = skips.filter((skip) => !ALLOWED_IN_CI.some((reason) => reason.test(skip.reason)));
    if (process.env.CI && unallowed.length > 0) {
      console.log(`${unallowed.length} of the skipped tests could have run here: .ci/run must install what they need`);
      process.exitCode = 1;
    }
    if (counts.failed > 0) process.exitCode = 1;
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  });
});
