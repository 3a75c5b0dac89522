/**
 * Claim: what workers of a queue make is what one process makes, whatever becomes of the workers and of the server; fights by
 * several workers are those of one; and thousands of small jobs cost neither much time nor memory that grows.
 *
 *   npm run prove fleet -- [--only faults|fights|probes] [--kills 20] [--epochs 8] [--fights 1000] [--probes 2000] [--seed 1]
 *       [--keep FOLDER]
 *
 * Starts a Redis server (`redis-server`) and workers of its own. Writes docs/results/fleet.md and .json, not with --only, which
 * prints them. With --keep the logs of the workers stay in FOLDER, and the sweep of one process, which is then made once.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../../src/core/random.js';
import { openFolder } from '../../testing/temporary-folder.js';
import { versionOf } from '../support/machine.js';
import { commandOf, writeResult } from '../support/results.js';
import { proveFaults } from './fleet/faults.js';
import { proveFights } from './fleet/fights.js';
import { say, type Part } from './fleet/part.js';
import { proveProbes } from './fleet/probes.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kills: { type: 'string', default: '20' },
    epochs: { type: 'string', default: '8' },
    fights: { type: 'string', default: '1000' },
    probes: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
const [kills, epochs, fights, probes, seed] = [
  ...[values.kills, values.epochs, values.fights, values.probes, values.seed],
].map(Number);

const folder = values.keep === undefined ? openFolder('fleet').path : resolve(values.keep);
const folderOf = (name: string): string => {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
};

const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  faults: () => proveFaults({ folder: folderOf('faults'), kills, epochs, random: new Random(seed) }),
  fights: () => proveFights({ folder: folderOf('fights'), fights }),
  probes: () => proveProbes({ folder: folderOf('probes'), count: probes }),
};
const { only } = values;
const names = only === undefined ? Object.keys(PARTS) : [only];
const parts: Part[] = [];
for (const name of names) {
  if (PARTS[name] === undefined) throw new Error(`--only ${name}: expected ${Object.keys(PARTS).join(', ')}`);
  const part = await PARTS[name]();
  parts.push(part);
  say(`${name}: ${part.broken.length === 0 ? 'nothing was broken' : part.broken.join('; ')}`);
}

const broken = parts.flatMap((part) => part.broken);
process.stderr.write(`\n${report()}\n`);
if (broken.length > 0) process.exitCode = 5;

function report(): string {
  const sections = [
    broken.length === 0 ? 'Nothing was broken.' : `Broken:\n\n${broken.map((claim) => `- ${claim}`).join('\n')}`,
    ...parts.flatMap((part) => part.sections),
  ];
  if (only !== undefined) return sections.join('\n\n');
  return writeResult({
    name: 'fleet',
    title: 'Jobs on a queue: faults, fights and small jobs',
    command: commandOf('prove fleet', { kills, epochs, fights, probes, seed }),
    n: parts.map(({ n }) => n).join('; '),
    versions: { Redis: redisVersion(), bullmq: versionOf('bullmq') },
    sections,
    document: { ...Object.fromEntries(names.map((name, index) => [name, parts[index].document])), broken },
  });
}

function redisVersion(): string {
  return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
}
