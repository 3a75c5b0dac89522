/**
 * Claim: whatever happens to a live run, no key stays down. Each fault strikes a run of the real program on a real X
 * display (Xvfb, openbox) at a random moment; a real window writes down the keys, an observer on its own connection
 * says how long each stayed down.
 *
 *   npm run prove campaign -- --faults 1000 --seed 1 [--lanes 2] [--fresh]
 *
 * Each outcome is a line of runs/campaign.jsonl at once; the next call continues after the last of them, --fresh begins
 * again. The result is written to docs/results/ when all are done, and when it is interrupted.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { Lane } from './campaign/lane.js';
import type { FaultRecord } from './campaign/record.js';
import { writeCampaign } from './campaign/result.js';
import { commandOf } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

/** A lane whose display or window broke is opened again this often. */
const REOPENED_AT_MOST = 20;

const wanted = countArgument('--faults', 200);
const seed = countArgument('--seed', 1);
const laneCount = countArgument('--lanes', 2);
const progressFile = join(PROJECT_ROOT, 'runs', 'campaign.jsonl');
const command = commandOf('prove campaign', { faults: wanted, seed, lanes: laneCount });

/** The faults of this seed that an earlier call has done. */
function earlier(): FaultRecord[] {
  mkdirSync(join(PROJECT_ROOT, 'runs'), { recursive: true });
  if (process.argv.includes('--fresh')) rmSync(progressFile, { force: true });
  if (!existsSync(progressFile)) return [];
  const lines = readFileSync(progressFile, 'utf8').split('\n');
  const records = lines.slice(0, -1).map((line) => JSON.parse(line) as FaultRecord); // a fault whose line was cut off is run again
  return records.filter((record) => record.seed === seed && record.index < wanted);
}

const records = earlier();
const done = new Set(records.map((record) => record.index));
const left = Array.from({ length: wanted }, (_, index) => index).filter((index) => !done.has(index));
const mishaps: string[] = [];
let interrupted = false;
process.once('SIGINT', () => (interrupted = true));

const folder = openFolder('campaign').path;
const bundle = join(folder, 'bundle');
await initialBundle({ latent: 8, head: 'gru', seed: 1, out: bundle });

async function work(): Promise<void> {
  let lane = await Lane.open(bundle);
  try {
    for (let index = left.shift(); index !== undefined && !interrupted; index = left.shift()) {
      try {
        note(await lane.meet(index, seed));
      } catch (error) {
        // the display or the window broke, not the promise: reported, counted, and tried again on new ones
        mishaps.push(String(error));
        process.stderr.write(`${String(error)}\n`);
        if (mishaps.length > REOPENED_AT_MOST) throw error;
        left.push(index);
        await lane[Symbol.asyncDispose]();
        lane = await Lane.open(bundle);
      }
    }
  } finally {
    await lane[Symbol.asyncDispose]();
  }
}

function note(record: FaultRecord): void {
  appendFileSync(progressFile, `${JSON.stringify(record)}\n`);
  records.push(record);
  const broken = records.filter((each) => each.broken !== null).length;
  if (record.broken !== null) process.stderr.write(`fault ${record.index} (${record.fault}): ${record.broken}\n`);
  if (records.length % 10 === 0) process.stderr.write(`${records.length} of ${wanted} faults, ${broken} broken\n`);
}

await Promise.all(Array.from({ length: laneCount }, work));
if (records.length > 0) process.stderr.write(writeCampaign(records, { command, seed, laneCount, mishaps }));
if (records.some((record) => record.broken !== null)) process.exitCode = 5;
