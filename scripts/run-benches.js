/**
 * npm run bench: runs every bench one after the other and writes what they print to docs/results/bench.md, the
 * documents to bench.json beside it. About four minutes; leave the machine alone meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCHES = [
  'measurements/preprocess',
  'measurements/encode',
  'measurements/grab',
  'proofs/keys',
  'measurements/window-ticks',
];
const root = fileURLToPath(new URL('../', import.meta.url));

const sections = [];
const documents = [];
const load = loadavg()[0].toFixed(2);
for (const name of BENCHES) {
  console.error(`bench/${name}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/bench/${name}.js`], {
    cwd: root,
    encoding: 'utf8',
  });
  process.stderr.write(stderr);
  if (status !== 0) throw new Error(`bench/${name} ended with ${status}`);
  sections.push(`## bench/${name}\n\n\`\`\`text\n${stderr.trim()}\n\`\`\``);
  documents.push(
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

const head = [
  '# Measurements',
  '',
  'Made by `npm run bench`, which runs every bench below in turn; each names its machine, versions, n and warm-up.',
  `Load average when it began: ${load}. Quantiles are nearest-rank: every figure printed was measured.`,
];
writeFileSync(`${root}docs/results/bench.md`, `${[...head, '', ...sections].join('\n\n').replace('\n\n\n', '\n\n')}\n`);
writeFileSync(`${root}docs/results/bench.json`, `${JSON.stringify(documents, null, 2)}\n`);
