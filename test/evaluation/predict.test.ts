/** Models on recorded fights: the policy that plays, the split beside its scores, and malformed input. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { VirtualClock } from '../../src/core/clock.js';
import { predictFights } from '../../src/evaluation/predict.js';
import { refuseTrainingFights, splitOf } from '../../src/evaluation/split.js';
import { descriptionOf, readBundle, writeBundle } from '../../src/policy/bundle.js';
import { headGraph, readHeadWeights } from '../../src/policy/onnx/head-graph.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { readDataset } from '../../src/session/dataset.js';
import { fightIds } from '../../src/session/fight-ids.js';
import { SessionFrameSource } from '../../src/session/frame-source.js';
import { evaluateOn, FIGHTS, recordFights, recordTraining } from '../../testing/sessions/scored-fights.js';
import { FEW_ACTIONS, smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('predict');
const model = join(folder, 'model');
let session = '';
before(async () => {
  session = await recordFights(folder);
  await smallBundle(model);
});

const failsWith = (code: string, says: RegExp) => (error: unknown) => {
  const { code: got, message } = error as { code: string; message: string };
  assert.equal(got, code, message);
  assert.match(message, says);
  return true;
};

test('the predictions are what the playing policy decides on the same frames', async () => {
  const dataset = await readDataset([session]);
  const bundle = await readBundle(model);
  const { rows, held, probabilities } = await predictFights({ bundle, dataset });
  // the session played again, from its first frame to its last
  const clock = new VirtualClock();
  await using policy = await openPolicy({ bundle, rateHz: 10, clock });
  await using source = await SessionFrameSource.open(dataset.sessions[0], bundle.manifest.preprocessing, clock);
  const decided = new Map<number, { held: string[]; probabilities: number[] }>();
  for (let row = 0; row < dataset.fights.length; row += 1) {
    const frame = await source.next(clock.nowMs() + 1000, new AbortController().signal);
    if (row > 0 && dataset.fights[row] !== dataset.fights[row - 1]) policy.reset();
    const decision = await policy.decide(frame!);
    const target = row + bundle.manifest.horizon;
    if (!decision.ready || dataset.fights[target] !== dataset.fights[row]) continue;
    decided.set(target, { held: STUDY_ACTIONS.heldNames(decision.held), probabilities: [...decision.probabilities] });
  }
  assert.deepEqual([...rows], [...decided.keys()]);
  for (const [place, row] of rows.entries()) {
    const names = STUDY_ACTIONS.heldNames(held.held(place));
    const expected = decided.get(row)!;
    assert.deepEqual([names, [...probabilities.row(place)]], [expected.held, expected.probabilities]);
  }
  // 30 frames a fight, of which the first 10 fill the window
  assert.equal(rows.length, FIGHTS * 20);
});

test('a model with fewer actions in another order is scored by their names', async () => {
  await smallBundle(join(folder, 'few'), { actions: FEW_ACTIONS });
  const bundle = await readBundle(join(folder, 'few'));
  const dataset = await readDataset([session]);
  const { probabilities } = await predictFights({ bundle, dataset });
  const unknown = STUDY_ACTIONS.names.filter((action) => !FEW_ACTIONS.includes(action));
  for (const action of unknown) {
    const column = probabilities.column(STUDY_ACTIONS.indexOf(action));
    assert.ok(column.every((probability) => probability === 0));
  }
  assert.ok(probabilities.column(STUDY_ACTIONS.indexOf('LEFT')).some((p) => p > 0));
  const document = await evaluateOn(session, [bundle]);
  assert.deepEqual(document.models[0].contract.actions, FEW_ACTIONS);
  assert.equal(document.perAction.RIGHT.recall, 0);
});

test('a model that answers NaN is refused, and no score is made of it', async () => {
  const bundle = await readBundle(model);
  const weights = readHeadWeights(bundle.head);
  weights.output.bias.data[STUDY_ACTIONS.indexOf('JUMP')] = Number.NaN;
  const head = headGraph(weights, { windowLength: 10 });
  const broken = await writeBundle(join(folder, 'nan'), descriptionOf(bundle.manifest), { ...bundle, head });
  await assert.rejects(
    predictFights({ bundle: broken, dataset: await readDataset([session]) }),
    failsWith('bundle-corrupt', /NaN for JUMP/),
  );
});

test('fights of one action alone have scores for it, and none for the others', async () => {
  const { perAction, models, intervals, baselines } = await evaluateOn(session, [await readBundle(model)]);
  assert.ok(perAction.LEFT.support > 0);
  assert.equal(perAction.JUMP.support, 0);
  assert.equal(perAction.JUMP.kappa === null || perAction.JUMP.kappa <= 0, true);
  assert.equal(intervals['JUMP.f1'], null);
  assert.ok(models[0].evidence.thin.includes('JUMP'));
  assert.equal(models[0].evidence.rankedComposite, null, 'no action of the composite was ever held');
  assert.equal(models[0].curves.JUMP.best, null);
  assert.equal(baselines.alwaysShoot.onsetF1, 0);
});

test('fights that a model was trained on are refused by what was pressed in them, whatever their session is called', async () => {
  const dataset = await readDataset([session]);
  const ids = [...fightIds(dataset).values()];
  assert.equal(ids.length, FIGHTS);
  const trained = join(folder, 'trained');
  await smallBundle(trained);
  const fights = { train: ids.slice(0, 2), validation: ids.slice(2, 3), test: ids.slice(3, 4) };
  recordTraining(trained, { sessions: ['elsewhere'], fights });
  const bundle = await readBundle(trained);
  const split = splitOf(bundle.manifest, dataset);
  // fights of the block session repeat each other, so several have one id
  assert.equal(split.knownBy, 'fights');
  assert.ok(split.scored.train >= 2, JSON.stringify(split.scored));
  assert.throws(
    () => refuseTrainingFights(bundle.manifest, split),
    failsWith('training-fights', /trained was trained on/),
  );
});

test('a record without fights refuses sessions of the same name, and says that it knows no more', async () => {
  const byName = join(folder, 'by-name');
  await smallBundle(byName);
  recordTraining(byName, { sessions: ['blocks'] });
  const { manifest } = await readBundle(byName);
  const dataset = await readDataset([session]);
  const split = splitOf(manifest, dataset);
  assert.equal(split.knownBy, 'names');
  assert.throws(() => refuseTrainingFights(manifest, split), failsWith('training-fights', /same names/));
  recordTraining(byName, { sessions: ['another'] });
  const other = splitOf((await readBundle(byName)).manifest, dataset);
  assert.equal(other.scored.unknown, FIGHTS);
  refuseTrainingFights(manifest, other);
  assert.match(other.text, /which fights, its record does not say/);
});
