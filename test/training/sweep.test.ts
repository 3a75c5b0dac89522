import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import { readBundle } from '../../src/policy/bundle.js';
import { TRAIN, VALIDATION, type TrainingData } from '../../src/training/dataset.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { rowsSha256 } from '../../src/training/rows.js';
import { assertRankable, ranked, sweep, type SweepWatcher } from '../../src/training/sweep.js';
import {
  runTrial,
  trialFolder,
  trialId,
  type Trial,
  type TrialData,
  type TrialResult,
  type TrialSource,
} from '../../src/training/trial.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { MemoryRows } from '../../src/training/rows.js';
import { DOT_IMAGE, dotFights } from '../../testing/sessions/dot-fights.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const root = folderForTests('sweep');
const [height, width] = DOT_IMAGE;

let engine: Engine;
before(async () => {
  if (lacksEngine === false) engine = await loadEngine('tfjs-node', { deterministic: true });
});

function dots(fights = 6): TrialData {
  const data = dotFights(fights, 60);
  const framesSha256 = rowsSha256(data.frames);
  const fightIds = new Map(Array.from({ length: fights }, (_, fight) => [fight, `dots#${fight}`]));
  const { preprocessing } = SOURCE;
  const read = { source: SOURCE, preprocessing, fps: 10, fightIds, warnings: [] };
  return { ...read, data, framesSha256, sha256: `dots ${fights}` };
}

const SOURCE: TrialSource = {
  ...{ sessions: ['dots'], preprocessing: { ...STUDY_CONTRACT, height, width } },
  ...{ labelRule: 'at-frame', labelLeadMs: 0, lenient: false, keys: null },
  split: { by: 'fight', seed: 3 },
};

function trial(latentSize: number, kind: 'gru' | 'lstm', changes: Partial<Trial['autoencoder']> = {}): Trial {
  const common = { batchSize: 16, patience: null, seed: 3 };
  return {
    version: 1,
    source: SOURCE,
    dataSha256: 'dots 6',
    autoencoder: {
      ...common,
      ...{ kind: 'advanced', latentSize, channels: [4, 8], epochs: 14, learningRate: 3e-3, outputBias: 'mean-pixel' },
      ...changes,
    },
    head: {
      ...common,
      ...{ kind, units: [8, 8], dropout: 0.1, loss: { kind: 'bce' }, rareWeight: 1, weightSemantics: 'per-sample' },
      ...{ windowLength: 5, horizon: 1, acrossFights: false, epochs: 3, learningRate: 1e-2 },
    },
    threshold: null,
    storage: 'float32',
  };
}

/** Notes which steps ran for which trial. */
function watcher(): SweepWatcher & { readonly seen: string[]; readonly left: (number | null)[] } {
  const seen: string[] = [];
  const left: (number | null)[] = [];
  let now = '';
  return {
    ...{ seen, left },
    onTrial: ({ autoencoder, head }) => (now = `${autoencoder.latentSize} ${head.kind}`),
    onStep: (step) => void seen.push(`${now} ${step}`),
    onProgress: (_step, _progress, { secondsLeft }) => void left.push(secondsLeft),
    onResult: () => undefined,
    say: () => undefined,
  };
}

const skip = lacksEngine;
const GRID = [trial(12, 'lstm'), trial(12, 'gru'), trial(16, 'gru')];
const whole = join(root, 'whole');

test(
  'heads of one size share their encoder, trials are ranked on validation, the winner alone sees the test',
  { skip },
  async () => {
    const watch = watcher();
    const result = await sweep(engine, {
      trials: GRID,
      data: dots(),
      folder: whole,
      watch,
      record: { command: 'test' },
    });
    const trained = watch.seen.filter((step) => step.endsWith('autoencoder'));
    assert.deepEqual(trained, ['12 lstm autoencoder', '16 gru autoencoder']);
    const composites = result.trials.map(({ rankedComposite }) => rankedComposite ?? -1);
    assert.deepEqual(
      composites,
      [...composites].sort((a, b) => b - a),
    );
    assert.ok(composites[0] > 0.3, `composite ${composites[0]}`);
    assert.ok(result.test !== null && result.test.frames > 0);
    const best = await readBundle(result.best.folder);
    assert.equal(best.id, result.best.id);
    assert.deepEqual((best.manifest.training as { fights: { test: string[] } }).fights.test, ['dots#5']);
    assert.equal((best.manifest.metrics as { test: { frames: number } }).test.frames, result.test.frames);
    for (const { bundle } of result.trials) {
      const { manifest } = await readBundle(join(whole, bundle.folder));
      assert.equal((manifest.metrics as { test: unknown }).test, null, 'a trial never sees the test fights');
      const { fights, sessions } = manifest.training as { fights: Record<string, string[]>; sessions: string[] };
      assert.deepEqual(sessions, ['dots']);
      assert.deepEqual(
        [fights['train'].length, fights['validation'].length, fights['test']],
        [4, 1, ['dots#5']],
        'its record names the fights, so that a score can refuse them',
      );
    }
    const table = JSON.parse(readFileSync(join(whole, 'sweep.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(table).sort(), ['best', 'command', 'engine', 'failed', 'ranking', 'test', 'trials']);
    assert.ok(watch.left.some((seconds) => seconds !== null && seconds > 0));
    assert.equal(watch.left.at(-1)! < 60, true);
    const files = readdirSync(join(whole, 'encoders'), { recursive: true, encoding: 'utf8' });
    assert.equal(files.filter((name) => name.endsWith('autoencoder.keras')).length, 2);
    assert.ok(!files.some((name) => name.endsWith('.checkpoint')), 'what the encoder needed to resume is gone');
  },
);

test('a sweep that is done trains nothing again and gives the same answer', { skip }, async () => {
  const before = JSON.parse(readFileSync(join(whole, 'sweep.json'), 'utf8')) as { trials: TrialResult[] };
  const watch = watcher();
  const result = await sweep(engine, { trials: GRID, data: dots(), folder: whole, watch });
  assert.deepEqual(watch.seen, []);
  assert.deepEqual(JSON.parse(JSON.stringify(result.trials)), before.trials);
});

test(
  'a sweep that is stopped in a head continues from its last whole epoch, to the same weights',
  { skip },
  async () => {
    const folder = join(root, 'broken');
    const stop = new AbortController();
    const stopping: SweepWatcher = {
      ...watcher(),
      onProgress: (step, { epoch }) => {
        if (step === 'head' && epoch === 2) stop.abort(new Error('stopped'));
      },
    };
    const options = { trials: GRID, data: dots(), folder };
    await assert.rejects(sweep(engine, { ...options, watch: stopping, signal: stop.signal }), /stopped/);
    assert.ok(existsSync(join(folder, trialFolder(GRID[0]), 'head.checkpoint')));
    const watch = watcher();
    const resumed = await sweep(engine, { ...options, watch });
    assert.ok(!watch.seen.includes('12 lstm autoencoder'), 'the encoder is not trained again');
    const unbroken = JSON.parse(readFileSync(join(whole, 'sweep.json'), 'utf8')) as { trials: TrialResult[] };
    assert.deepEqual(
      resumed.trials.map(({ bundle }) => bundle.id),
      unbroken.trials.map(({ bundle }) => bundle.id),
    );
  },
);

test(
  'a trial is identified by its description: through JSON it is the same one, of other data it is refused',
  { skip },
  async () => {
    const [, second] = GRID;
    const { head, ...rest } = JSON.parse(JSON.stringify(second)) as Trial;
    const reordered = { head, ...rest };
    assert.equal(trialId(reordered), trialId(second));
    assert.notEqual(trialId({ ...second, threshold: 0.5 }), trialId(second));
    const done = statSync(join(whole, trialFolder(second), 'result.json')).mtimeMs;
    const result = await runTrial(engine, reordered, dots(), { folder: whole });
    assert.equal(result.id, trialId(second));
    assert.equal(statSync(join(whole, trialFolder(second), 'result.json')).mtimeMs, done, 'not done again');
    await assert.rejects(runTrial(engine, { ...second, dataSha256: 'others' }, dots(), { folder: whole }), {
      code: 'dataset-invalid',
      message: /not those that trial/,
    });
  },
);

test(
  'a result that is damaged counts for nothing: the trial is finished again from its checkpoint',
  { skip },
  async () => {
    const [first] = GRID;
    const path = join(whole, trialFolder(first), 'result.json');
    const before = JSON.parse(readFileSync(path, 'utf8')) as TrialResult;
    writeFileSync(path, '{"trial":');
    const result = await runTrial(engine, first, dots(), { folder: whole });
    assert.deepEqual(result.validation, before.validation);
  },
);

test('a trial that diverges is reported and left out; the others continue', { skip }, async () => {
  const stuck = trial(8, 'gru', { learningRate: 0, epochs: 1 });
  const folder = join(root, 'one-fails');
  const twin = { ...stuck, head: { ...stuck.head, kind: 'lstm' as const } };
  const watch = watcher();
  const result = await sweep(engine, { trials: [stuck, twin, trial(16, 'gru')], data: dots(), folder, watch });
  assert.deepEqual(
    result.failed.map(({ latent, head, code }) => [latent, head, code]),
    [
      [8, 'gru', 'training-diverged'],
      [8, 'lstm', 'training-diverged'],
    ],
  );
  assert.deepEqual(watch.seen.slice(0, 2), ['8 gru autoencoder', '16 gru autoencoder'], 'not tried again for its twin');
  assert.equal(result.best.latent, 16);
  await assert.rejects(sweep(engine, { trials: [stuck], data: dots(), folder: join(root, 'all-fail') }), {
    code: 'training-diverged',
  });
});

test('data that no trial could learn from is refused before anything is trained', () => {
  const refused = (changes: Partial<TrainingData>, message: RegExp): void =>
    assert.throws(() => assertRankable({ ...dotFights(6, 60), ...changes }, GRID[0]), {
      code: 'dataset-invalid',
      message,
    });
  const { frames, labels, partOf } = dotFights(6, 60);
  refused(
    { frames: new MemoryRows(new Uint8Array(frames.count * frames.rowBytes).fill(9), frames.rowBytes) },
    /same picture/,
  );
  refused({ labels: LabelMatrix.fromHeld(labels.actions, new Uint8Array(labels.count).fill(1)) }, /never changes/);
  refused({ partOf: partOf.map((part) => (part === VALIDATION ? TRAIN : part)) }, /validation fights/);
  assert.throws(() => assertRankable(dotFights(6, 4), GRID[0]), { message: /No window of 5 frames/ });
});

test('equal composites are ranked by the weighted F1, then by the validation loss', () => {
  const f1s = (f1: number) => ({ JUMP: f1, SHOOT: f1, DASH: f1 });
  const results = [
    scored('c', f1s(0.5), 0.6, 2),
    scored('d', f1s(0.4), 1, 0),
    scored('b', f1s(0.5), 0.6, 1),
    scored('a', f1s(0.5), 0.7, 9),
  ];
  assert.deepEqual(order(results, 20), ['a', 'b', 'c', 'd']);
});

test('an action that is held in fewer validation frames than the floor ranks no trial, unless it is asked to', () => {
  const support = { JUMP: 60, SHOOT: 300, DASH: 4 };
  const lucky = scored('lucky', { JUMP: 0.5, SHOOT: 0.9, DASH: 1 }, 0.8, 1, support);
  const better = scored('better', { JUMP: 0.7, SHOOT: 0.9, DASH: 0 }, 0.8, 1, support);
  assert.deepEqual(order([lucky, better], 20), ['better', 'lucky']);
  assert.deepEqual(order([lucky, better], 4), ['lucky', 'better']);
  assert.deepEqual(order([better, lucky], 0), ['lucky', 'better']);
  assert.equal(ranked([better], 20)[0].rankedComposite, (0.7 + 0.9) / 2);
  assert.equal(ranked([better], 1000)[0].rankedComposite, null, 'nothing is left to rank by');
  const weighted = scored('weighted', { JUMP: 0, SHOOT: 0, DASH: 0 }, 0.9, 1, support);
  assert.deepEqual(order([better, weighted], 1000), ['weighted', 'better']);
});

type ByComposite = Readonly<Record<'JUMP' | 'SHOOT' | 'DASH', number>>;

/** A result with these F1s of the composite's actions. */
function scored(
  id: string,
  f1s: ByComposite,
  weightedF1: number,
  validationLoss: number,
  support: ByComposite = { JUMP: 100, SHOOT: 100, DASH: 100 },
): TrialResult {
  const perAction = Object.fromEntries(
    STUDY_NAMES.map((action) => {
      const counts = action in f1s;
      return [action, { f1: counts ? f1s[action as 'JUMP'] : 0, support: counts ? support[action as 'JUMP'] : 0 }];
    }),
  );
  return { id, validation: { perAction, weighted: { f1: weightedF1 } }, fit: { validationLoss } } as never;
}

const order = (results: readonly TrialResult[], floor: number): string[] => ranked(results, floor).map(({ id }) => id);
