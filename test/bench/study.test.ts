import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withoutDisplay } from '../../testing/cli/cli.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('study');
const out = join(folder, 'results');

/** Runs the smallest study; with `stopAt` it gets a Ctrl-C once it has said so. */
async function study(args: readonly string[], stopAt?: string): Promise<{ code: number | null; stderr: string }> {
  const program = fileURLToPath(new URL('../../bench/research/study.js', import.meta.url));
  const all = [program, '--scale', 'tiny', '--work', join(folder, 'work'), '--out', out, ...args];
  const child = spawn(process.execPath, all, { env: withoutDisplay(), stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  let stopped = false;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (stopAt === undefined || stopped || !stderr.includes(stopAt)) return;
    stopped = true;
    child.kill('SIGINT');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

interface Document {
  finished: boolean;
  frames: number;
  command: string;
  machine: string;
  claims: { claim: string; verdict: string; numbers: string }[];
  models: { name: string; played: { fights: number; winRate95: number[] } | null }[];
  encoders: { record: { loss: number; meanFrameLoss: number } }[];
}

const read = (): Document => JSON.parse(readFileSync(join(out, 'study.json'), 'utf8')) as Document;

test(
  'a study that is stopped continues where it was, and its report says what is missing',
  { skip: lacksEngine },
  async () => {
    const stopped = await study([], 'model 3 of 8');
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /the same command continues/);
    assert.ok(!existsSync(out), 'a stopped study writes no report by itself');

    const asked = await study(['--report']);
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(readFileSync(join(out, 'study.md'), 'utf8'), /\*\*Not finished\*\*: 2 of 8 models are trained/);
    assert.equal(read().finished, false);

    const resumed = await study([]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.doesNotMatch(resumed.stderr, /demos|model 1 of 8/, 'neither recorded nor trained again');
    assert.match(resumed.stderr, /% of the study, .* left at most/);
    const document = read();
    assert.equal(document.finished, true);
    assert.deepEqual(document.models.map(({ name }) => name).sort(), [
      ...['GRU 64', 'GRU 64, BCE', 'GRU 64, alpha 0.5', 'GRU 64, alpha 0.75', 'LSTM 64', 'LSTM 64, BCE'],
      ...['baseline GRU', 'baseline LSTM'],
    ]);
    assert.ok(document.models.every(({ played }) => played?.fights === 2 && played.winRate95.length === 2));
    assert.ok(document.encoders.every(({ record }) => record.loss < 0.9 * record.meanFrameLoss));
    assert.ok(document.claims.length >= 8 && document.frames < 9549 && document.machine !== '');
    const text = readFileSync(join(out, 'study.md'), 'utf8');
    assert.doesNotMatch(text, /Not finished|NaN|undefined/);
    assert.match(text, /`npm run research study -- --scale tiny`/);
  },
);
