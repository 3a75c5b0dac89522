/**
 * Claim: no spoiled input crashes or hangs a reader; each is accepted or refused with a documented error.
 *
 *   npm run prove fuzz -- --cases 20000 --seed 1
 *
 * Spoils real files and messages (test/fuzz/): bundles, sessions, videos, game files, pictures, Keras archives, control
 * and guard messages.
 */
import { runFuzz } from '../../test/fuzz/run.js';
import { fuzzTargets } from '../../test/fuzz/targets.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const cases = countArgument('--cases', 20_000);
const seed = countArgument('--seed', 1);
const folder = openFolder('fuzz').path;
const results = await runFuzz(await fuzzTargets(folder), cases, seed, ({ target, cases: n, slowestMs, finding }) =>
  process.stderr.write(`${target}: ${n} cases, slowest ${slowestMs} ms${finding === null ? '' : `\n${finding}`}\n`),
);
const total = results.reduce((sum, result) => sum + result.cases, 0);
const findings = results.filter(({ finding }) => finding !== null);
const rows = results.map(({ target, cases: n, taken, refused, slowestMs }) => {
  const codes = Object.entries(refused).map(([code, count]) => `\`${code}\` ${count}`);
  return [target, String(n), String(taken), codes.join(', ') || '-', String(slowestMs)];
});
const page = writeResult({
  name: 'fuzz',
  title: 'Spoiled input',
  command: commandOf('prove fuzz', { cases, seed }),
  n: `${total} cases`,
  sections: [
    `**${total} cases, ${findings.length} findings**: everything else was taken or refused with a documented error, without a crash or a hang.`,
    markdownTable(['input', 'cases', 'taken', 'refused', 'slowest, ms'], rows),
    ...findings.map(({ target, finding }) => `## ${target}\n\n\`\`\`text\n${finding}\n\`\`\``),
  ],
  document: {
    claim: 'spoiled input is taken or refused with a documented error; no crash, no hang',
    cases: total,
    seed,
    findings: findings.length,
    results,
  },
});
process.stderr.write(page);
if (findings.length > 0) process.exitCode = 5;
