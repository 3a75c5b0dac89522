/**
 * Claim: no spoiled input crashes or hangs a reader; each is taken or refused with a documented error.
 *
 *   npm run fuzz -- --cases 20000 --seed 1
 *
 * Spoils real files and messages (test/fuzz/): bundles, sessions, videos, game files, pictures, Keras archives, control
 * and guard messages. Writes docs/results/fuzz.md and .json.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { runFuzz } from '../../test/fuzz/run.js';
import { fuzzTargets } from '../../test/fuzz/targets.js';
import { machine } from '../support/machine.js';
import { countArgument } from '../support/sampling.js';

const cases = countArgument('--cases', 20_000);
const seed = countArgument('--seed', 1);
const folder = mkdtempSync(join(tmpdir(), 'understudy-fuzz-'));
try {
  const results = await runFuzz(await fuzzTargets(folder), cases, seed, ({ target, cases: n, slowestMs, finding }) =>
    process.stderr.write(`${target}: ${n} cases, slowest ${slowestMs} ms${finding === null ? '' : `\n${finding}`}\n`),
  );
  const total = results.reduce((sum, result) => sum + result.cases, 0);
  const findings = results.filter(({ finding }) => finding !== null);
  const document = {
    claim: 'spoiled input is taken or refused with a documented error; no crash, no hang',
    cases: total,
    seed,
    findings: findings.length,
    results,
    machine: machine(),
    command: `npm run fuzz -- --cases ${cases} --seed ${seed}`,
    at: new Date().toISOString(),
  };
  const page = [
    '# Spoiled input',
    '',
    `**${total} cases, ${findings.length} findings**: everything else was taken or refused with a documented error, without a crash or a hang.`,
    '',
    `- command: \`${document.command}\` (the seed is ${seed})`,
    `- machine: ${document.machine}`,
    '',
    '| input | cases | taken | refused | slowest, ms |',
    '| --- | --- | --- | --- | --- |',
    ...results.map(({ target, cases: n, taken, refused, slowestMs }) => {
      const codes = Object.entries(refused).map(([code, count]) => `\`${code}\` ${count}`);
      return `| ${target} | ${n} | ${taken} | ${codes.join(', ') || '-'} | ${slowestMs} |`;
    }),
    '',
    ...findings.map(({ target, finding }) => `## ${target}\n\n\`\`\`text\n${finding}\n\`\`\`\n`),
  ].join('\n');
  const base = join(PROJECT_ROOT, 'docs', 'results', 'fuzz');
  mkdirSync(join(PROJECT_ROOT, 'docs', 'results'), { recursive: true });
  writeFileSync(`${base}.json`, `${JSON.stringify(document, null, 2)}\n`);
  writeFileSync(`${base}.md`, page);
  process.stderr.write(page);
  if (findings.length > 0) process.exitCode = 5;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
