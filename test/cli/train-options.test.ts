import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainRequest, type TrainVerbOptions } from '../../src/cli/options/train.js';
import { askedSettings } from '../../src/training/asked-settings.js';
import { sizeBetween } from '../../src/cli/options/values.js';
import { autoencoderNetwork } from '../../src/training/architectures.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli } from '../../testing/cli/cli.js';
import { WHOLE_WINDOW } from '../../src/vision/preprocessing-contract.js';
import { UnderstudyError } from '../../src/core/errors.js';

const NOTHING: TrainVerbOptions = {
  ...{ out: 'x', preset: 'understudy', latent: 512, head: 'gru', labelRule: 'at-frame', labelLeadMs: 0, horizon: 1 },
  ...{ split: 'fight', validation: 0.15, test: 0.15, storage: 'float32', engine: 'tfjs-node', lenient: false },
};

test('encoder and head are trained together unless the study, its autoencoder or a given encoder is asked for', () => {
  const methodOf = (changes: Partial<TrainVerbOptions>): string =>
    askedSettings({ ...NOTHING, ...changes }).together === null ? 'autoencoder' : 'together';
  assert.equal(methodOf({}), 'together');
  assert.equal(methodOf({ method: 'together' }), 'together');
  const others: readonly Partial<TrainVerbOptions>[] = [
    { preset: 'study' },
    { method: 'autoencoder' },
    { autoencoder: 'baseline' },
    { autoencoderEpochs: 3 },
    { windows: 'study' },
    { encoder: 'models/mine' },
  ];
  for (const changes of others) assert.equal(methodOf(changes), 'autoencoder', JSON.stringify(changes));
});

test('options of the other method are refused, with what to leave out', () => {
  const refused = (changes: Partial<TrainVerbOptions>): void =>
    assert.throws(
      () => askedSettings({ ...NOTHING, method: 'together', ...changes }),
      (error) => error instanceof UnderstudyError && error.code === 'bad-option' && /out/.test(error.next ?? ''),
    );
  refused({ autoencoderEpochs: 3 });
  refused({ autoencoder: 'baseline' });
  refused({ windows: 'study' });
  refused({ preset: 'study' });
});

test('epochs, filters, step size and samples a step reach the method that is used', () => {
  const given = { epochs: 7, channels: [4, 8], learningRate: 0.01, batch: 64 };
  const { together } = askedSettings({ ...NOTHING, ...given });
  assert.ok(together);
  assert.deepEqual([together.epochs, together.channels, together.learningRate], [7, [4, 8], 0.01]);
  assert.equal(together.batchSize * together.chunkLength, 64, 'samples are windows, which come in chunks');
});

test('an effort multiplies the epochs of every method, and --epochs says them exactly', () => {
  const epochsOf = (changes: Partial<TrainVerbOptions>) => {
    const { together, autoencoder, head } = askedSettings({ ...NOTHING, ...changes });
    return [together?.epochs ?? null, autoencoder.epochs, head.epochs];
  };
  assert.deepEqual(epochsOf({}), epochsOf({ effort: 'usual' }));
  assert.deepEqual(epochsOf({ effort: 'quick' }), [12, 4, 8]);
  assert.deepEqual(epochsOf({ effort: 'long', method: 'autoencoder' }), [null, 16, 40]);
  assert.equal(epochsOf({ effort: 'long', epochs: 7 })[0], 7);
});

test('how the bundle acts is chosen, and is by thresholds of 0.5 with the settings of the study', () => {
  assert.deepEqual([askedSettings(NOTHING).act, askedSettings(NOTHING).threshold], ['choose', undefined]);
  const study = askedSettings({ ...NOTHING, preset: 'study' });
  assert.deepEqual([study.act, study.threshold], ['threshold', 0.5]);
  assert.equal(askedSettings({ ...NOTHING, act: 'sample' }).act, 'sample');
});

test('the crop of a game file and a size are asked for; left out, both are as recorded; an encoder has its own', () => {
  const picturesOf = (changes: Partial<TrainVerbOptions>) => trainRequest(['a'], { ...NOTHING, ...changes }).pictures;
  assert.deepEqual(picturesOf({}), { crop: null, size: null });
  const picture = { width: 160, height: 90 };
  assert.deepEqual(picturesOf({ game: 'xjump', picture }), { crop: WHOLE_WINDOW, size: picture });
  const { crop } = picturesOf({ game: 'research/xjump/game/game.json' });
  assert.deepEqual(crop, { left: 0.0293, top: 0.2198, width: 0.9377, height: 0.6919 });
  const refused = (changes: Partial<TrainVerbOptions>): void =>
    assert.throws(() => picturesOf({ encoder: 'models/mine', ...changes }), { code: 'bad-option' });
  refused({ picture });
  refused({ game: 'xjump' });
});

test('what judging by play cannot do is refused before anything is trained', async () => {
  const refused = async (...words: string[]): Promise<void> =>
    assertError(await runCli(['train', 'nothing', '--out', 'x', ...words]), 2, 'bad-option', /--judge-by/);
  await refused('--judge-fights', '2');
  await refused('--allow-launch');
  await refused('--judge-by', 'xjump', '--threshold', '0.4');
  await refused('--judge-by', 'xjump', '--validation', '0');
  await refused('--judge-by', 'xjump', '--preset', 'study');
});

test('an autoencoder takes no picture that its pools do not divide, and says which it would', () => {
  const image = (height: number, width: number) =>
    autoencoderNetwork({ kind: 'advanced', latentSize: 8, image: [height, width] });
  assert.deepEqual(image(88, 160).inputShape, [88, 160, 1]);
  assert.throws(() => image(90, 160), { code: 'bad-option', message: /multiples of 8.*160x90/, next: /160x88/ });
});

test('a size that cannot be read, is too small or too large is refused with the bounds', () => {
  const parse = sizeBetween('--picture', { width: 32, height: 32 }, { width: 320, height: 240 });
  assert.deepEqual(parse('192x108'), { width: 192, height: 108 });
  for (const text of ['192', '192x', 'x108', '31x108', '192x241', '192x108x3', '1e2x100', '-192x108'])
    assert.throws(() => parse(text), { code: 'bad-option', message: /from 32x32 to 320x240/ }, text);
});
