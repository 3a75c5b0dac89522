import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { scoreInArena } from '../../src/evaluation/arena/score.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../../src/policy/bundle.js';
import { PRACTICE_DEFAULTS } from '../../src/practice/defaults.js';
import { practise, type PracticeReport, type PracticeWatcher } from '../../src/practice/practise.js';
import type { PracticeRequest } from '../../src/practice/request.js';
import { readHeadWeights } from '../../src/policy/onnx/head-graph.js';
import type { WeightSpec } from '../../src/training/network.js';
import { floatCount, readStateFile } from '../../src/training/state-file.js';
import { hasCode } from '../../testing/error-code.js';
import { FEW_ACTIONS, smallBundle } from '../../testing/models/small-bundle.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('practise');
const inFolder = (name: string): string => join(folder, name);
const nothing = (): void => undefined;
const quiet: PracticeWatcher = { say: nothing, onFights: nothing, onUpdate: nothing, onCheck: nothing };
const { signal } = new AbortController();

/** A small untrained bundle whose record says that it was trained. */
async function smallTrained(name: string, change: Readonly<Record<string, unknown>> = {}): Promise<Bundle> {
  const { manifest, encoder, head, folder: at } = await smallBundle(inFolder(name));
  return writeBundle(at, { ...descriptionOf(manifest), training: { kind: 'trained' }, ...change }, { encoder, head });
}

let bundle: Bundle;
before(async () => {
  bundle = await smallTrained('small');
});

function requestOf(name: string, change: Partial<PracticeRequest> = {}): PracticeRequest {
  return {
    ...{ bundle: bundle.folder, out: inFolder(name), work: inFolder(`${name}.work`) },
    settings: {
      ...PRACTICE_DEFAULTS,
      ...{ game: { kind: 'arena', levels: ['hard'] }, rewards: {} },
      ...{ fights: 2, burnIn: 1, checkEvery: 2, checkFights: 5 },
    },
    ...{ decisions: 250, compareFights: 5, threads: 1, command: 'a test', resume: false },
    ...{ engine: lacksEngine === false ? 'tfjs-node' : 'cpu', deterministic: lacksEngine === false },
    ...change,
  };
}

/** All weights and moments, the best agent's first. */
function storedIn({ work }: PracticeRequest) {
  const path = join(work, 'practice.checkpoint');
  const countOf = (part: unknown): number => floatCount((part as { weights: WeightSpec[] }).weights);
  return readStateFile(path, ({ head, critic }) => 4 * countOf(head) + 3 * countOf(critic))!;
}

/** Without what the clock says. */
const updatesOf = ({ updates }: Pick<PracticeReport, 'updates'>) =>
  updates.map((update) => ({ ...update, playSeconds: 0, learnSeconds: 0 }));

test('an unbroken practice and one that was stopped twice end with the same weights, and the bundle tells of it', async () => {
  const whole = requestOf('whole');
  const report = (await practise(whole, quiet, signal))!;
  assert.ok(report.updates.length >= 2 && report.decisions >= 250, `${report.updates.length} updates`);
  assert.deepEqual(
    report.checks.map(({ update }) => update),
    [
      ...new Set([
        ...report.updates.filter(({ update }) => update % 2 === 0).map(({ update }) => update),
        report.updates.length,
        0,
      ]),
    ].sort((one, other) => one - other),
  );

  const broken = requestOf('broken');
  for (const event of ['onFights', 'onUpdate'] as const) {
    const stop = new AbortController();
    const stopping = { ...quiet, [event]: (what: unknown) => (what === 'check' ? undefined : stop.abort()) };
    const resume = event === 'onUpdate';
    assert.equal(await practise({ ...broken, resume }, stopping, stop.signal), null);
  }
  assert.equal((storedIn(broken).header['updates'] as unknown[]).length, 1);
  const resumed = (await practise({ ...broken, resume: true }, quiet, signal))!;
  assert.deepEqual(updatesOf(resumed), updatesOf(report));
  assert.deepEqual(storedIn(broken).floats, storedIn(whole).floats);
  assert.deepEqual(resumed.compared, report.compared);

  // an untrained agent wins nothing, before and after: nothing is better
  assert.deepEqual([report.kept, report.best, existsSync(whole.out)], [false, bundle.folder, false]);
  const best = await readBundle(join(whole.work, 'best'));
  const practised = best.manifest.training['practised'] as Record<string, unknown>;
  assert.deepEqual(practised['seeds'], {
    practised: [600_000, 2 * report.updates.length],
    checked: [4_000_000, 5],
    compared: [5_000_000, 5],
  });
  assert.deepEqual([report.bestUpdate, best.manifest.metrics], [0, {}]);
  assert.deepEqual(
    [report.compared.before, report.compared.after].map(({ update, decisions }) => [update, decisions]),
    [
      [0, 0],
      [0, 0],
    ],
  );
  assert.deepEqual(practised['from'], { id: bundle.id, name: 'small' });
  assert.equal((practised['settings'] as { rewards: { damage: number } }).rewards.damage, -0.5);

  const score = (seed: number, allowTrain?: boolean, level: 'normal' | 'hard' = 'hard') =>
    scoreInArena({ bundle: best, fights: 1, seed, level, withPlayers: false, ...(allowTrain && { allowTrain }) });
  await assert.rejects(score(600_001), hasCode('training-fights', '600000', '--allow-train', '--seed'));
  await assert.rejects(score(4_000_004), hasCode('training-fights'));
  assert.ok(await score(600_001, true));
  assert.ok(await score(600_001, false, 'normal')); // fights of another level are other fights
  assert.ok(await score(4_000_005));
  await assert.rejects(score(5_000_000), hasCode('training-fights'));
  // the same agent is not compared again: that would be a second chance
  const again = (await practise({ ...whole, resume: true }, quiet, signal))!;
  assert.deepEqual(again.compared, report.compared);
  // a comparison in more fights is one, and is made in others
  assert.ok(await practise({ ...whole, compareFights: 6, resume: true }, quiet, signal));
  const looked = (await readBundle(join(whole.work, 'best'))).manifest.training['practised'] as { seeds: object };
  assert.deepEqual(looked.seeds, { ...(practised['seeds'] as object), compared: [5_010_000, 6] });
});

test('a bundle that is practised again still tells of its first practice', async () => {
  const first = requestOf('first', { decisions: 1 });
  assert.ok(await practise(first, quiet, signal));
  const normal = { kind: 'arena', levels: ['normal', 'brutal'] } as const;
  const bundle = join(first.work, 'best');
  const second = requestOf('second', { bundle, decisions: 1 });
  assert.ok(await practise({ ...second, settings: { ...second.settings, game: normal } }, quiet, signal));
  const twice = await readBundle(join(second.work, 'best'));
  for (const level of ['normal', 'brutal', 'hard'] as const) {
    const score = scoreInArena({ bundle: twice, fights: 1, seed: 600_000, level, withPlayers: false });
    await assert.rejects(score, hasCode('training-fights', level));
  }
});

test('another bundle, other options and a damaged checkpoint are not continued, and leave what was there', async () => {
  const request = requestOf('other', { decisions: 1 });
  assert.ok(await practise(request, quiet, signal));
  const file = join(request.work, 'practice.checkpoint');
  const kept = readFileSync(file);
  const other = { ...request, resume: true, settings: { ...request.settings, seed: 2 } };
  await assert.rejects(practise(other, quiet, signal), hasCode('checkpoint-mismatch', 'other options', '--resume'));
  assert.ok(kept.equals(readFileSync(file)));
  writeFileSync(file, kept.subarray(0, kept.length - 4));
  await assert.rejects(practise({ ...request, resume: true }, quiet, signal), hasCode('checkpoint-mismatch', 'bytes'));
  writeFileSync(file, kept);
  const longer = (await practise({ ...request, resume: true, decisions: 800 }, quiet, signal))!;
  assert.ok(longer.updates.length > 1); // more decisions are no other options
});

test('practice that has gone too far stops, says why, and keeps the best', async () => {
  const request = requestOf('far', { decisions: 100_000 });
  const { learner } = PRACTICE_DEFAULTS;
  const settings = { ...request.settings, learner: { ...learner, learningRate: 1, klWeight: 0, mostMove: 1e9 } };
  const said: string[] = [];
  const report = (await practise({ ...request, settings }, { ...quiet, say: (text) => said.push(text) }, signal))!;
  assert.match(report.stopped!, /^update \d+: (.* nats a decision away|nothing is tried any more|a loss or a weight)/);
  assert.ok(said.some((text) => text.startsWith('practice stops: ')));
  assert.ok(report.updates.length < 20 && report.bestUpdate <= report.updates.length);
  assert.equal((await readBundle(join(request.work, 'best'))).manifest.name, 'small');
  const again = (await practise({ ...request, settings, resume: true }, quiet, signal))!;
  assert.deepEqual([again.stopped, again.updates.length], [report.stopped, report.updates.length]);
});

test('practice ends before it reaches the seeds of scores, and what lies in its work folder is not its bundle', async () => {
  const request = requestOf('seeds', { decisions: 100_000 });
  const settings = { ...request.settings, firstSeed: 999_996 };
  const report = (await practise({ ...request, settings }, quiet, signal))!;
  assert.equal(report.updates.length, 2);
  assert.match(report.stopped!, /seeds below 1000000 are used up/);
  const again = { ...requestOf('again'), bundle: join(request.work, 'best'), work: request.work };
  await assert.rejects(practise(again, quiet, signal), hasCode('bad-option', 'lies in the work folder'));
});

test('a fresh head begins with random weights, and rewards are those that were asked for', async () => {
  const request = requestOf('fresh', { decisions: 1 });
  const settings = { ...request.settings, freshHead: true, rewards: { hits: 0, damage: 0, lost: -7 } };
  const report = (await practise({ ...request, settings }, quiet, signal))!;
  const [update] = report.updates;
  assert.equal(update.meanReturn, (-7 * (update.fights - update.won)) / update.fights);
  assert.deepEqual(report.compared.before.values.length, 5);
  const given = (await practise(requestOf('given', { decisions: 1 }), quiet, signal))!;
  assert.deepEqual(report.compared.before, given.compared.before); // the bundle's own head, not the random one
  const kernel = readHeadWeights(bundle.head).layers[0].kernel.data;
  assert.notDeepEqual(storedIn(request).floats.subarray(0, kernel.length), kernel);
});

test('a bundle that draws its keys practises by the probabilities that it plays by', async () => {
  const drawing = await smallTrained('drawing', { act: 'sample' });
  const request = requestOf('drawn', { bundle: drawing.folder, decisions: 1 });
  const report = (await practise(request, quiet, signal))!;
  // with thresholds of one half an untrained agent holds nothing; drawn it shoots
  assert.ok(report.compared.before.events['hits'] > 0);
  assert.equal((await readBundle(join(request.work, 'best'))).manifest.act, 'sample');
});

test('what cannot be practised is refused before anything is written', async () => {
  const refused = async (change: Partial<PracticeRequest>, ...says: Parameters<typeof hasCode>): Promise<void> => {
    const request = requestOf('refused', change);
    await assert.rejects(practise(request, quiet, signal), hasCode(...says));
    assert.equal(existsSync(request.work), false);
  };
  const { settings } = requestOf('refused');
  await refused({ settings: { ...settings, rewards: { score: 1 } } }, 'bad-option', "'score'", 'hits, damage, won');
  const unrewarded = { hits: 0, damage: 0, won: 0, lost: 0, timeout: 0 };
  await refused({ settings: { ...settings, rewards: unrewarded } }, 'bad-option', 'Every reward is 0');
  await refused({ settings: { ...settings, fights: 1 } }, 'bad-option', '--fights 2');
  await refused({ out: bundle.folder }, 'bad-option', 'itself');
  await refused({ out: inFolder('refused.work') }, 'bad-option', 'work folder', '--work');
  await refused({ bundle: inFolder('absent') }, 'bundle-missing');
  const untrained = await smallBundle(inFolder('untrained'));
  await refused({ bundle: untrained.folder }, 'bad-option', 'was not trained by this program');
  const few = await smallBundle(inFolder('few'), { actions: FEW_ACTIONS });
  const { manifest, encoder, head } = few;
  await writeBundle(few.folder, { ...descriptionOf(manifest), training: { kind: 'trained' } }, { encoder, head });
  await refused({ bundle: few.folder }, 'bundle-mismatch', 'SHOOT, LEFT');
});
