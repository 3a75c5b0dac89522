/**
 * What each stage of a tick costs: runs the measurements of the stages one after the other, on one page.
 *
 *   npm run bench stages -- [--write]
 *
 * Takes about four minutes; leave the machine alone until it ends.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { commandOf, publish, textBlock } from '../support/results.js';

const PROGRAMS = [
  'measurements/preprocess',
  'measurements/encode',
  'measurements/grab',
  'proofs/keys',
  'measurements/window-ticks',
];

const sections: string[] = [];
const measurements: unknown[] = [];
for (const name of PROGRAMS) {
  process.stderr.write(`bench/${name}\n`);
  const program = fileURLToPath(new URL(`../${name}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench/${name} ended with ${status}:\n${stderr}`);
  sections.push(`## bench/${name}\n\n${textBlock(stderr.trim())}`);
  for (const line of stdout.trim().split('\n')) measurements.push(JSON.parse(line));
}
publish({
  name: 'bench',
  title: 'Measurements',
  command: commandOf('bench stages', { write: true }),
  n: 'as each says',
  sections: [
    'Each measurement names its machine, versions, n and warm-up. Quantiles are nearest-rank: every figure printed was measured.',
    ...sections,
  ],
  document: { measurements },
});
