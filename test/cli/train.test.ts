import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBundle } from '../../src/policy/bundle.js';
import { progressText } from '../../src/runs/train-progress.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { runCli, startCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('train-verb');
const inFolder = (name: string): string => join(folder, name);

let session: string;
before(async () => {
  session = await recordBlockSession(folder);
});

/** Plain JavaScript trains it too, where the engine is not set up, but takes a minute. */
const ENGINE = lacksEngine === false ? ['--engine', 'tfjs-node', '--deterministic'] : ['--engine', 'cpu'];
const TINY = [
  ...[...ENGINE, '--latent', '8', '--channels', '4', '--units', '4', '--batch', '4'],
  ...['--learning-rate', '0.01', '--autoencoder-epochs', '6', '--epochs', '3'],
];
const train = (...args: string[]): Promise<CliResult> =>
  runCli(['train', ...args], { env: withoutDisplay(), cwd: folder });

interface Answer {
  folder: string;
  id: string;
  frames: number;
  fights: number;
  warnings: string[];
  autoencoder: { epochs: number; loss: number; meanFrameLoss: number } | null;
  head: { epochs: number };
  learned: { verdict: string; text: string; perAction: Record<string, object> } | null;
}

test('one command leads from a session to a bundle that plays', async () => {
  const out = inFolder('mine');
  const result = await train(session, '--out', out, ...TINY, '--json');
  assert.equal(result.code, 0, result.stderr);
  const answer = result.json() as Answer;
  assert.deepEqual([answer.frames, answer.fights, answer.head.epochs], [72, 3, 3]);
  assert.ok(answer.autoencoder!.loss < 0.9 * answer.autoencoder!.meanFrameLoss);
  assert.match(result.stderr, /warning: 3 fights and 0 minutes: record at least 24 fights/);
  assert.match(result.stderr, /warning: RIGHT is pressed \d+ times, fewer than 50/);
  assert.match(result.stderr, /epoch 6 of 6: loss/);
  assert.deepEqual(Object.keys(answer.learned!.perAction['SHOOT']), [
    ...['support', 'f1', 'always', 'majority', 'copyLast', 'kappa'],
  ]);
  assert.equal(answer.learned!.verdict, 'little', 'three epochs on two fights');
  assert.match(result.stderr, /action +frames +F1 +always held +majority +copy last +kappa/);
  assert.match(result.stderr, new RegExp(`On test fights.*${answer.learned!.text.slice(0, 20)}`, 's'));

  const { manifest, id } = await readBundle(out);
  assert.equal(answer.id, id);
  assert.deepEqual([manifest.latentSize, manifest.windowLength, manifest.horizon, manifest.fps], [8, 10, 1, 10]);
  const record = manifest.training as { command: string; preset: string; data: { frames: number } };
  assert.match(record.command, /^understudy train /);
  assert.deepEqual([record.preset, record.data.frames], ['understudy', 72]);
  const history = JSON.parse(readFileSync(`${out}.work/history.json`, 'utf8')) as Record<string, unknown[]>;
  assert.deepEqual([history.autoencoder.length, history.head.length], [6, 3]);
  const work = readdirSync(`${out}.work`);
  for (const name of ['training-curves', 'kept']) {
    assert.ok(work.includes(`${name}.svg`) && work.includes(`${name}.png`), name);
  }
  assert.deepEqual(readdirSync(`${out}.work/tensorboard`).sort(), ['autoencoder', 'head']);

  const played = await runCli(
    ['play', '--model', out, '--seconds', '1', '--view', 'none', '--json', '--runs', inFolder('runs')],
    { env: withoutDisplay() },
  );
  assert.equal(played.code, 0, played.stderr);
  assert.ok((played.json() as { ticks: number }).ticks > 0);
});

test('a report shows how it was trained and what its autoencoder keeps, by third of the fight and action', async () => {
  const [out, report] = [inFolder('mine'), inFolder('report')];
  const evaluate = (work: string): Promise<CliResult> =>
    runCli(
      [
        'evaluate',
        session,
        '--model',
        out,
        '--allow-train',
        '--work',
        work,
        '--out',
        report,
        '--timelines',
        '0',
        '--json',
      ],
      { env: withoutDisplay(), cwd: folder },
    );
  const result = await evaluate(`${out}.work`);
  assert.equal(result.code, 0, result.stderr);
  const { models, reconstructions } = result.json() as {
    models: { trainingCurves: { model: string; epochs: { loss: number }[] }[] }[];
    reconstructions: { pairs: { part: string; action: string; frame: number; meanSquaredError: number }[] };
  };
  const history = JSON.parse(readFileSync(`${out}.work/history.json`, 'utf8')) as Record<string, { loss: number }[]>;
  assert.deepEqual(
    models[0].trainingCurves.map(({ model, epochs }) => [model, epochs.map(({ loss }) => loss)]),
    [
      ['autoencoder', history.autoencoder.map(({ loss }) => loss)],
      ['gru head', history.head.map(({ loss }) => loss)],
    ],
  );
  const { pairs } = reconstructions;
  const thirds = ['first third', 'middle third', 'last third'];
  assert.deepEqual([...new Set(pairs.map(({ part }) => part))], thirds, 'in this order');
  assert.deepEqual([...new Set(pairs.map(({ action }) => action))].sort(), ['LEFT', 'RIGHT']);
  // a fight has 24 frames: each picture is from its own third
  assert.ok(
    pairs.every(({ part, frame }) => Math.floor((frame % 24) / 8) === thirds.indexOf(part)),
    JSON.stringify(pairs),
  );
  assert.ok(pairs.every(({ meanSquaredError }) => meanSquaredError > 0 && meanSquaredError < 0.2));
  const page = readFileSync(join(report, 'index.html'), 'utf8');
  for (const id of ['training-curves-1', 'reconstructions']) assert.ok(page.includes(`id="${id}"`), id);
  assertError(await evaluate(inFolder('nowhere')), 3, 'checkpoint-mismatch', /no checkpoint of an autoencoder/);
});

test('an encoder that was trained on the keys has no decoder: its report shows what a linear map reads back', async () => {
  const out = inFolder('on-keys');
  const small = [
    ...ENGINE,
    '--latent',
    '8',
    '--channels',
    '4',
    '--units',
    '4',
    '--epochs',
    '1',
    '--method',
    'together',
  ];
  const trained = await train(session, '--out', out, ...small, '--json');
  assert.equal(trained.code, 0, trained.stderr);
  const shown = await runCli(
    [
      ...['evaluate', session, '--model', out, '--allow-train', '--work', `${out}.work`],
      ...['--out', inFolder('on-keys-report'), '--timelines', '0', '--json'],
    ],
    { env: withoutDisplay(), cwd: folder },
  );
  assert.equal(shown.code, 0, shown.stderr);
  const { reconstructions } = shown.json() as {
    reconstructions: { source: string; pairs: { meanSquaredError: number }[] };
  };
  assert.match(reconstructions.source, /a linear map, since an encoder that was trained on the keys/);
  assert.equal(reconstructions.pairs.length, 6, 'two actions in three thirds');
  const errors = reconstructions.pairs.map(({ meanSquaredError }) => meanSquaredError);
  // there are two pictures, which eight numbers tell apart: only another frame's would differ
  assert.ok(
    errors.every((error) => error < 1e-4),
    errors.join(),
  );
});

test('Ctrl-C keeps what was learned, and --resume ends where an unbroken training ends', async () => {
  const whole = await train(session, '--out', inFolder('unbroken'), ...TINY, '--json');
  assert.equal(whole.code, 0, whole.stderr);
  const out = inFolder('broken');
  const running = startCli(['train', session, '--out', out, ...TINY], { env: withoutDisplay(), cwd: folder });
  await running.untilSaid('epoch 3 of 6');
  running.child.kill('SIGINT');
  const stopped = await running.result;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /--resume continues from the last whole epoch/);
  assert.ok(!existsSync(out), 'no half bundle');
  const resumed = await train(session, '--out', out, ...TINY, '--resume', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.doesNotMatch(resumed.stderr, /epoch 1 of 6/);
  assert.equal((resumed.json() as Answer).id, (whole.json() as Answer).id, 'the same weights and thresholds');
});

test('a training is not resumed with other options', async () => {
  const out = inFolder('mine');
  const other = [...TINY, '--learning-rate', '0.02'];
  assertError(await train(session, '--out', out, ...other, '--resume'), 3, 'checkpoint-mismatch', /other options/);
});

test('a trained encoder is taken as it is, and only the head is trained', async () => {
  const out = inFolder('second-head');
  const result = await train(session, '--out', out, ...TINY, '--encoder', inFolder('mine'), '--seed', '5', '--json');
  assert.equal(result.code, 0, result.stderr);
  assert.equal((result.json() as Answer).autoencoder, null);
  assert.doesNotMatch(result.stderr, /^autoencoder$/m);
  const [first, second] = [await readBundle(inFolder('mine')), await readBundle(out)];
  assert.deepEqual(second.encoder, first.encoder);
  assert.notDeepEqual(second.head, first.head);
  const { givenEncoder } = second.manifest.training as { givenEncoder: { id: string; autoencoder: { loss: number } } };
  assert.equal(givenEncoder.id, first.id);
  assert.ok(givenEncoder.autoencoder.loss > 0, 'how the encoder came about is still known');
});

test('thresholds are tuned alone, and the weights stay', async () => {
  const out = inFolder('tuned');
  const result = await runCli(['model', 'tune', inFolder('mine'), session, '--out', out, '--json']);
  assert.equal(result.code, 0, result.stderr);
  const [before, after] = [await readBundle(inFolder('mine')), await readBundle(out)];
  assert.deepEqual(after.encoder, before.encoder);
  assert.deepEqual(after.head, before.head);
  const answer = result.json() as { windows: number; thresholds: { after: unknown } };
  assert.equal(answer.windows, 3 * (24 - 10));
  assert.deepEqual(answer.thresholds.after, after.manifest.thresholds);
  assert.ok(after.manifest.thresholds.DOWN.press > 0.9, 'never held, so out of reach');
});

test('a bundle exported as Keras archives is the same when it is imported', async () => {
  const archives = inFolder('archives');
  const exported = await runCli(['model', 'export', inFolder('mine'), '--keras', archives, '--json']);
  assert.equal(exported.code, 0, exported.stderr);
  const { encoder, head } = exported.json() as { encoder: string; head: string };
  const out = inFolder('back');
  const imported = await runCli(['model', 'import', encoder, '--head', head, '--out', out, '--thresholds', 'JUMP=0.4']);
  assert.equal(imported.code, 0, imported.stderr);
  const [before, after] = [await readBundle(inFolder('mine')), await readBundle(out)];
  assert.deepEqual(after.encoder, before.encoder);
  assert.deepEqual(after.head, before.head);
  assert.equal(after.manifest.thresholds.JUMP.press, 0.4);
  assert.equal(after.manifest.thresholds.DASH.press, 0.5);
});

test('without the engine training says what to run, and makes nothing', async () => {
  const env = { ...withoutDisplay(), XDG_CACHE_HOME: inFolder('empty-cache') };
  const out = inFolder('no-engine');
  const result = await runCli(['train', session, '--out', out], { env, cwd: folder });
  // a download of the npm package itself is an engine too, in no cache
  if (result.stderr.includes('on TensorFlow 2')) return;
  assertError(result, 4, 'engine-missing', /`understudy setup training`/);
  assert.ok(!existsSync(`${out}.work`));
});

test('wrong input to train is refused by name', async () => {
  const out = inFolder('refused');
  const refused = async (code: string, exitCode: number, says: RegExp, ...args: string[]): Promise<void> =>
    assertError(await train(...args, '--out', out, ...TINY), exitCode, code, says);
  await refused('bad-option', 2, /--gamma and --alpha/, session, '--gamma', '2');
  await refused('bad-option', 2, /--latent/, session, '--latent', '0');
  await refused('bad-option', 2, /leave nothing to train on/, session, '--validation', '0.6', '--test', '0.5');
  await refused('file-missing', 3, /nowhere/, inFolder('nowhere'));
  await refused('bundle-missing', 3, /no-bundle/, session, '--encoder', inFolder('no-bundle'));
  const one = await recordBlockSession(folder, { fights: 1 }, 'one-fight');
  await refused('session-invalid', 3, /1 fight\(s\) cannot be divided/, one);
  const faster = await recordBlockSession(folder, { rateHz: 20 }, 'faster');
  await refused('session-invalid', 3, /20/, session, faster);
  assert.ok(!existsSync(out));
});

test('a folder that is not a bundle is not overwritten', async () => {
  const out = inFolder('diary');
  mkdirSync(out);
  writeFileSync(join(out, 'diary.txt'), 'dear diary');
  assertError(await train(session, '--out', out, ...TINY), 2, 'bad-option', /is not a bundle/);
  assert.ok(existsSync(join(out, 'diary.txt')));
});

test('a file that is not an archive is refused, and so is an archive without its head', async () => {
  const archive = inFolder('broken.keras');
  writeFileSync(archive, 'no zip');
  const out = inFolder('imported');
  const refused = await runCli(['model', 'import', archive, '--head', archive, '--out', out]);
  assertError(refused, 3, 'model-unreadable', /broken\.keras/);
  const named = await runCli(['model', 'import', archive, '--head', archive, '--out', out, '--actions', 'FLY']);
  assertError(named, 2, 'unknown-action', /FLY/);
  assert.ok(!existsSync(out));
});

test('the progress line says epoch, loss, rate and time left', () => {
  const progress = {
    epoch: 2,
    epochs: 4,
    step: 5,
    steps: 10,
    loss: 0.04123,
    samplesPerSecond: 652.4,
    secondsLeft: 130,
  };
  const bar = `[${'#'.repeat(9)}${'-'.repeat(15)}]`;
  assert.equal(progressText('head', progress), `${bar} epoch 2 of 4, loss 0.04123, 652 a second, 2:10 left at most`);
});
