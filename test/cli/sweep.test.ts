import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBundle } from '../../src/policy/bundle.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { runCli, startCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('sweep-verb');
const inFolder = (name: string): string => join(folder, name);

let session: string;
before(async () => {
  session = await recordBlockSession(folder);
});

const skip = lacksEngine;
const TINY = [
  ...['--engine', 'tfjs-node', '--deterministic', '--latents', '8,6', '--heads', 'gru,lstm', '--channels', '4'],
  ...['--units', '4', '--batch', '4', '--learning-rate', '0.01', '--autoencoder-epochs', '6', '--epochs', '3'],
];
const sweep = (...args: string[]): Promise<CliResult> =>
  runCli(['sweep', ...args], { env: withoutDisplay(), cwd: folder });

interface Answer {
  folder: string;
  trials: { id: string; latent: number; head: string; validation: { composite: number; perAction: unknown } }[];
  best: { latent: number; head: string; folder: string; id: string };
  test: { composite: number; frames: number } | null;
}

test('a grid in one command: a ranked table, the winner as a bundle, and nothing twice', { skip }, async () => {
  const out = inFolder('grid');
  const first = await sweep(session, '--out', out, ...TINY, '--json');
  assert.equal(first.code, 0, first.stderr);
  const answer = first.json() as Answer;
  assert.deepEqual(answer.trials.map(({ latent, head }) => `${latent} ${head}`).sort(), [
    '6 gru',
    '6 lstm',
    '8 gru',
    '8 lstm',
  ]);
  assert.equal(typeof answer.trials[0].validation.composite, 'number');
  assert.ok(answer.test!.frames > 0);
  assert.equal((await readBundle(join(out, 'best'))).id, answer.best.id);
  assert.match(first.stderr, /trial 4 of 4: latent 6, LSTM/);
  assert.match(first.stderr, /epoch 6 of 6: loss .*; all trials: .* left at most/);
  assert.match(
    first.stderr,
    /JUMP, SHOOT, DASH: held in fewer than 20 of them and left out/,
    'the blocks press none of them',
  );
  assert.match(first.stderr, /DOWN.*\n/);
  const table = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as Answer;
  assert.deepEqual(table.best, answer.best);
  const trial = join(out, 'trials', answer.trials[3].id, 'bundle');
  const scoring = await runCli(['evaluate', session, '--model', trial], { env: withoutDisplay(), cwd: folder });
  assertError(scoring, 3, 'training-fights', /was trained on \d+ of these/);
  const drawn = await runCli(['evaluate', '--sweep', join(out, 'sweep.json'), '--out', inFolder('report'), '--json']);
  assert.equal(drawn.code, 0, drawn.stderr);
  const { training } = (drawn.json() as { sweep: { training: { curves: { model: string }[] }[] } }).sweep;
  assert.equal(training.length, 3, 'the best three');
  for (const { curves } of training) assert.equal(curves[0].model, 'autoencoder', 'the shared one');
  const again = await sweep(session, '--out', out, ...TINY);
  assert.equal(again.code, 0, again.stderr);
  assert.doesNotMatch(again.stderr, /epoch/);
  assert.match(again.stdout, /rank +latent +head +composite/);
  assert.match(again.stdout, /N\/A/, 'DOWN is never held: its F1 is not defined');
});

test('Ctrl-C keeps what was learned, and the same command continues to the same winner', { skip }, async () => {
  const out = inFolder('broken');
  const running = startCli(['sweep', session, '--out', out, ...TINY], { env: withoutDisplay(), cwd: folder });
  await running.untilSaid('trial 2 of 4');
  running.child.kill('SIGINT');
  const stopped = await running.result;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /the same command continues/);
  const resumed = await sweep(session, '--out', out, ...TINY, '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.doesNotMatch(resumed.stderr, /trial 1 of 4: latent 8, GRU\n {2}autoencoder/);
  const ids = (answer: unknown): string[] => (answer as Answer).trials.map(({ id }) => id);
  const whole = JSON.parse(readFileSync(join(inFolder('grid'), 'sweep.json'), 'utf8')) as Answer;
  assert.deepEqual(ids(resumed.json()), ids(whole));
  assert.equal((resumed.json() as Answer).best.id, whole.best.id);
});

test('wrong input to sweep is refused by name, before anything is trained', async () => {
  const out = inFolder('refused');
  const refused = async (code: string, exitCode: number, says: RegExp, ...args: string[]): Promise<void> =>
    assertError(await sweep(...args, '--out', out), exitCode, code, says);
  await refused('bad-option', 2, /--latents 0/, session, '--latents', '128,0');
  await refused('bad-option', 2, /--heads 'rnn'/, session, '--heads', 'gru,rnn');
  await refused('bad-option', 2, /nothing to rank/, session, '--validation', '0');
  await refused('bad-option', 2, /--gamma and --alpha/, session, '--gamma', '2');
  const many = Array.from({ length: 200 }, (_, i) => i + 1).join(',');
  await refused('bad-option', 2, /400 trials; at most 256/, session, '--latents', many);
  assert.ok(!existsSync(out), 'nothing was made');
});

test('a folder that cannot be made is named, and what is there is kept', { skip }, async () => {
  const file = inFolder('a-file');
  writeFileSync(file, 'dear diary');
  assertError(await sweep(session, '--out', file, ...TINY), 4, 'write-failed', /a-file/);
  assert.equal(readFileSync(file, 'utf8'), 'dear diary');
});

test('recordings that nothing can be learned from are refused by name', { skip }, async () => {
  const refused = async (code: string, says: RegExp, name: string): Promise<void> =>
    assertError(await sweep(name, '--out', inFolder('refused'), ...TINY), 3, code, says);
  await refused('file-missing', /nowhere/, inFolder('nowhere'));
  await refused(
    'session-invalid',
    /2 fight\(s\) cannot be divided/,
    await recordBlockSession(folder, { fights: 2 }, 'two'),
  );
  // as long as the time for which the block stays: one picture, one key
  const still = await recordBlockSession(folder, { fights: 3, length: 8 }, 'short');
  await refused('dataset-invalid', /No window of 10 frames/, still);
});
