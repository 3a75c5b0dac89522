import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBundle } from '../../src/policy/bundle.js';
import { recordsIn } from '../../src/training/tensorboard/records.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { PROJECT_ROOT, runCli, startCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacksEngine || (process.platform === 'win32' ? 'needs the ulimit of a POSIX shell' : false);
const folder = folderForTests('train-faults');
const inFolder = (name: string): string => join(folder, name);

const TINY = [
  ...['--deterministic', '--latent', '8', '--channels', '4', '--units', '4', '--batch', '4'],
  ...['--learning-rate', '0.01', '--autoencoder-epochs', '6', '--epochs', '4'],
];
const env = withoutDisplay();
const train = (out: string, ...more: string[]): Promise<CliResult> =>
  runCli(['train', session, '--out', out, ...TINY, ...more, '--json'], { env });

let session: string;
let whole: string;
let wholeId: string;
before(async () => {
  if (skip !== false) return;
  session = await recordBlockSession(folder);
  whole = inFolder('whole');
  const trained = await train(whole);
  assert.equal(trained.code, 0, trained.stderr);
  wholeId = (await readBundle(whole)).id;
});

const eventsOf = (out: string, model: string): number => {
  const events = join(`${out}.work`, 'tensorboard', model);
  return [...recordsIn(readFileSync(join(events, readdirSync(events)[0])))].length - 1;
};

test('killed twice with SIGKILL and resumed, a training ends in the same weights', { skip }, async () => {
  const out = inFolder('killed');
  for (const moment of ['epoch 3 of 6', 'epoch 2 of 4']) {
    const running = startCli(['train', session, '--out', out, ...TINY, '--resume'], { env });
    await running.untilSaid(moment);
    running.child.kill('SIGKILL');
    assert.equal((await running.result).signal, 'SIGKILL');
    assert.ok(!existsSync(out), 'no half bundle');
  }
  const resumed = await train(out, '--resume');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((await readBundle(out)).id, wholeId);
  assert.deepEqual([eventsOf(out, 'autoencoder'), eventsOf(out, 'head')], [6, 4], 'each epoch is reported once');
});

/** Runs the program where no file may be longer than `kib`: as on a disk that fills up while it is written. */
function trainOnFullDisk(kib: number, out: string, ...more: string[]): ReturnType<typeof spawnSync> {
  const program = [join(PROJECT_ROOT, 'bin', 'understudy.js'), 'train', session, '--out', out, ...TINY, ...more];
  const limited = ['-c', `ulimit -f ${kib}; exec "$0" "$@"`, process.execPath, ...program];
  return spawnSync('bash', limited, { encoding: 'utf8', env });
}

test(
  'a disk that is full while frames, a checkpoint or the bundle are saved leaves what was there',
  { skip },
  async () => {
    const work = `${whole}.work`;
    const contents = new Map(
      readdirSync(work)
        .filter((name) => name.includes('.'))
        .map((name) => [name, readFileSync(join(work, name))]),
    );
    const refused = (kib: number, says: RegExp, ...more: string[]): void => {
      const { status, stderr } = trainOnFullDisk(kib, whole, ...more);
      assert.equal(status, 4, String(stderr));
      assert.match(String(stderr), /code {6}write-failed/);
      assert.match(String(stderr), says);
    };
    refused(1500, /autoencoder-0\.checkpoint could not be written/); // frames are there; 2.4 MB of checkpoint are not
    refused(200, /[Tt]he bundle '.*whole' cannot be written/, '--resume'); // all is there but the bundle
    refused(400, /frames-\w+\.gray could not be written/, '--work', inFolder('nowhere-yet'));
    assert.equal((await readBundle(whole)).id, wholeId);
    for (const [name, bytes] of contents) assert.ok(bytes.equals(readFileSync(join(work, name))), name);
    assert.deepEqual(readdirSync(inFolder('nowhere-yet')), [], 'no half file');
    const again = await train(whole, '--resume');
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await readBundle(whole)).id, wholeId);
  },
);

test(
  'a training that needs more memory than there is says so as it ends, and leaves what was there',
  { skip },
  async () => {
    const more = ['--channels', '1024,4', '--batch', '24', '--work', inFolder('huge.work')];
    const program = [join(PROJECT_ROOT, 'bin', 'understudy.js'), 'train', session, '--out', whole, ...TINY, ...more];
    const limited = ['-c', 'ulimit -v 6000000; exec "$0" "$@"', process.execPath, ...program];
    const { status, signal, stderr } = spawnSync('bash', limited, { encoding: 'utf8', env });
    if (status === 4) assert.match(stderr, /smaller --batch[^]*code {6}out-of-memory/);
    else assert.deepEqual([signal, /std::bad_alloc/.test(stderr)], ['SIGABRT', true], stderr); // TensorFlow's own end
    assert.equal((await readBundle(whole)).id, wholeId);
  },
);

test('sessions without any rare action train, and the warning says what will be missing', { skip }, async () => {
  const result = await train(inFolder('no-rare'));
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /warning: Neither JUMP nor DASH is ever held/);
});
