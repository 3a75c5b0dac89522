import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('play-engine');
const inFolder = (name: string): string => join(folder, name);
const shipped = join(PROJECT_ROOT, 'models', 'arena-gru-512');
const lacksShipped = existsSync(shipped) ? false : 'needs models/arena-gru-512';

let session: string;
before(async () => {
  session = await recordBlockSession(folder);
});

interface Line {
  readonly tick: number;
  readonly ready: boolean;
  readonly probabilities: readonly number[];
}

async function decisions(model: string, engine: string): Promise<Line[]> {
  const runs = inFolder(`runs-${engine}`);
  const args = ['play', '--session', session, '--model', model, '--engine', engine, '--runs', runs, '--json'];
  const played = await runCli(args, { env: withoutDisplay() });
  assert.equal(played.code, 0, played.stderr);
  if (engine === 'tfjs') assert.match(played.stderr, /on tfjs/);
  const { runDir } = played.json() as { runDir: string };
  const lines = readFileSync(join(runDir, 'decisions.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

test(
  'a recorded session played on both engines gets the same probabilities within 1e-5',
  { skip: lacksEngine || lacksShipped },
  async (t) => {
    const [onnx, tfjs] = [await decisions(shipped, 'onnxruntime'), await decisions(shipped, 'tfjs')];
    assert.equal(tfjs.length, onnx.length);
    let largest = 0;
    for (const [i, line] of onnx.entries()) {
      assert.equal(tfjs[i].ready, line.ready);
      line.probabilities.forEach((value, k) => {
        largest = Math.max(largest, Math.abs(tfjs[i].probabilities[k] - value));
      });
    }
    assert.ok(onnx.filter(({ ready }) => ready).length > 30, 'most windows were full');
    t.diagnostic(`${onnx.length} decisions, largest difference ${largest.toExponential(1)}`);
    assert.ok(largest < 1e-5, `largest difference ${largest}`);
  },
);

test('fights are scored on TensorFlow.js too', { skip: lacksEngine }, async () => {
  const model = inFolder('small');
  await smallBundle(model);
  const args = ['--fights', '2', '--seed', '5', '--no-players', '--threads', '2', '--json'];
  const scored = await runCli(['evaluate', '--arena', '--model', model, '--engine', 'tfjs', ...args]);
  assert.equal(scored.code, 0, scored.stderr);
  const { perFight } = scored.json() as { perFight: { seconds: number }[] };
  assert.equal(perFight.length, 2);
  assert.ok(perFight.every(({ seconds }) => seconds > 1));
});

test('an engine that is not there is one clear error, and so is one that is not known', async () => {
  const model = inFolder('small-too');
  await smallBundle(model);
  const args = ['play', '--session', session, '--model', model, '--runs', inFolder('no-runs'), '--engine'];
  const env = { ...withoutDisplay(), XDG_CACHE_HOME: inFolder('empty-cache') };
  const absent = await runCli([...args, 'tfjs'], { env });
  // a download of the npm package itself is an engine too, in no cache
  if (absent.code !== 0) assertError(absent, 4, 'engine-missing', /`understudy setup training`/);
  assertError(await runCli([...args, 'torch'], { env }), 2, 'bad-option', /torch/);
});
