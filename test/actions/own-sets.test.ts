import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { compareDocuments } from '../../src/evaluation/compare.js';
import { given } from '../../src/core/given.js';
import { evaluateSessions, type SessionsRequest } from '../../src/evaluation/evaluate-sessions.js';
import { evaluateModels, type EvaluationDocument } from '../../src/evaluation/evaluate-models.js';
import { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import { overlaySession } from '../../src/evaluation/overlay/overlay.js';
import { SyncCanvas } from '../../src/evaluation/overlay/sync-canvas.js';
import { predictFights } from '../../src/evaluation/predict.js';
import { reportJson } from '../../src/evaluation/report/document.js';
import { writeReport } from '../../src/evaluation/report/write-report.js';
import { splitOf } from '../../src/evaluation/split.js';
import { descriptionOf, readBundle, type Bundle } from '../../src/policy/bundle.js';
import { importSession } from '../../src/session/import.js';
import { describeSession } from '../../src/session/info.js';
import { infoTable } from '../../src/session/report.js';
import { readDataset } from '../../src/session/dataset.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession } from '../../src/session/session.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { autoencoderNetwork, LATENT_LAYER } from '../../src/training/architectures.js';
import { loadEngine } from '../../src/training/engine.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import type { KerasModel } from '../../src/training/keras/read.js';
import { upTo } from '../../src/training/network.js';
import { dataFromSessions } from '../../src/training/session-data.js';
import { tuneModel } from '../../src/training/tune-model.js';
import { train } from '../../src/training/train.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { assertDocumentFits } from '../../testing/pictures/document-schema.js';
import { lampStates } from '../../testing/pictures/overlay-pixels.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { COLUMN_CONTRACT, heldAction, recordColumnSession, STAY } from '../../testing/sessions/column-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

/** A kart: few actions, two of them opposed, only one scored. */
const THREE = new ActionSet({
  names: ['SteerLeft', 'SteerRight', 'Honk'],
  opposing: [['SteerLeft', 'SteerRight']],
  rare: ['Honk'],
  scored: ['Honk'],
});

/** More actions than a byte has bits, one of them with the longest name that there may be. */
const TWELVE = new ActionSet({
  names: ['Gear1', 'Gear2', 'Gear3', 'Gear4', 'Clutch', 'Horn', 'Wipers', 'Lights', 'Winch', 'Door', 'Tilt'].concat(
    'ReleaseTheOtherHandbrake',
  ),
});

const FIGHTS = 6;
const NEVER = new AbortController().signal;
const folder = folderForTests('own-sets');

const gameOf = (title: string): string => `The game of ${title}`;

/** An encoder knows no actions: it needs no training here. */
function untrainedEncoder(): KerasModel {
  const { width, height } = COLUMN_CONTRACT;
  const network = autoencoderNetwork({ kind: 'advanced', latentSize: 8, channels: [2], image: [height, width] });
  return upTo(network, initialWeights(network, 1), LATENT_LAYER);
}

/** The smallest training that there is. */
async function trainOn(session: string, name: string): Promise<Bundle> {
  const workFolder = join(folder, `${name}.work`);
  const preprocessing = COLUMN_CONTRACT;
  const { data, fps } = await dataFromSessions([session], {
    ...{ pictures: preprocessing, workFolder },
    split: { by: 'fight', seed: 1 },
  });
  const common = { batchSize: 16, learningRate: 0.01, patience: null, seed: 1 };
  const result = await train(await loadEngine('cpu'), {
    ...{ data, fps, preprocessing, workFolder, name, out: join(folder, name) },
    autoencoder: { ...common, kind: 'advanced', latentSize: 8, channels: [2], epochs: 1, outputBias: 'mean-pixel' },
    encoder: { model: untrainedEncoder(), record: { kind: 'untrained' } },
    head: {
      ...common,
      ...{ kind: 'gru', units: [8], dropout: 0, loss: { kind: 'bce' }, rareWeight: 6, weightSemantics: 'per-sample' },
      ...{ windowLength: 3, horizon: 1, acrossFights: false, epochs: 2 },
    },
  });
  return result.bundle;
}

for (const [title, actions] of [
  ['three', THREE],
  ['twelve', TWELVE],
] as const) {
  describe(`a game with ${title} actions of its own`, () => {
    let session: string;
    let bundle: Bundle;
    let document: EvaluationDocument;

    before(async () => {
      session = await recordColumnSession(folder, actions, { fights: FIGHTS, name: title, game: gameOf(title) });
      bundle = await trainOn(session, `${title}-model`);
      const dataset = await readDataset([session]);
      const predictions = await predictFights({ bundle, dataset });
      const models = [{ bundle, predictions, split: splitOf(bundle.manifest, dataset) }];
      document = evaluateModels({ dataset, models, onlyHeldOut: false, evidenceFloor: 5, timelines: 2 });
    });

    test('is recorded and read back with its names, its rules and its labels', async () => {
      const read = await readSession(session);
      assert.deepEqual(read.actions.names, actions.names);
      assert.deepEqual(read.actions.rules(), actions.rules());
      const labels = labelFrames(read);
      for (let frame = 0; frame < labels.count; frame += 1) {
        assert.equal(labels.held(frame), 1 << heldAction(frame, actions), `frame ${frame}`);
      }
      const statistics = sessionStatistics([read]);
      assert.deepEqual(Object.keys(statistics.actions), actions.names);
      for (const action of actions.names) assert.equal(statistics.actions[action].frames, FIGHTS * STAY);
    });

    test('is trained: the bundle has an output for each action, in the order of the session', async () => {
      const written = await readBundle(bundle.folder);
      assert.deepEqual(written.manifest.actions, actions.names);
      assert.deepEqual(written.actions.rules(), actions.rules());
      assert.deepEqual(Object.keys(written.manifest.thresholds), actions.names);
    });

    test('is known by its name: in the session, in the bundle, and in what is made of either', async () => {
      const game = gameOf(title);
      const info = await describeSession(await readSession(session));
      assert.equal(info.game, game);
      assert.match(infoTable(info), new RegExp(`^Game: ${game}$`, 'm'));
      assert.equal((await readBundle(bundle.folder)).manifest.game, game);
      assert.equal(descriptionOf(bundle.manifest).game, game, 'as quantize and tune write it again');
      const { files } = await importSession({ from: session, to: join(folder, `${title}-imported`) });
      assert.equal((await readSession(files)).header?.game, game);
    });

    test('is replayed: each answer has a probability for every action, and opposing ones are never held together', async () => {
      const dataset = await readDataset([session]);
      const { rows, held, probabilities } = await predictFights({ bundle, dataset });
      const { windowLength, horizon } = bundle.manifest;
      assert.equal(rows.length, FIGHTS * (STAY * actions.count - (windowLength - 1) - horizon));
      assert.deepEqual([held.count, probabilities.count], [rows.length, rows.length]);
      assert.ok(probabilities.values.every((probability) => probability > 0 && probability < 1));
      for (const [one, other] of actions.opposing) {
        for (let row = 0; row < held.count; row += 1) assert.equal(held.at(row, one) & held.at(row, other), 0);
      }
    });

    test('is scored: by its own names, with the composite of its own scored actions', () => {
      assert.deepEqual(Object.keys(document.perAction), actions.names);
      const f1s = actions.scored.map((index) => document.perAction[actions.names[index]].f1);
      const mean = f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length;
      assert.ok(Math.abs(document.composite - mean) < 1e-12);
      assert.deepEqual(
        document.models[0].evidence.rankedBy,
        actions.scored.map((index) => actions.names[index]),
      );
      const last = actions.names[actions.count - 1];
      assert.ok(document.perAction[last].support > 0 && `${last}.f1` in document.intervals);
      assert.equal(document.baselines.alwaysShoot.onsetF1, 0);
      const { paired, changes } = compareDocuments(asJson(document), asJson(document));
      assert.ok(paired && changes.some(({ name }) => name === `${last}.f1`));
      assert.ok(changes.every(({ difference }) => difference === 0 || difference === null));
    });

    test('is reported: a row for each action, and a document that fits its schema', async () => {
      const parts = { evaluation: document, sweep: null, latency: null, decisionDelay: null, reconstructions: null };
      const out = join(folder, `${title}-report`);
      await writeReport({ parts, folder: out, withFigures: false, madeBy: 'test' });
      assertDocumentFits(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
      assertDocumentFits(asJson(reportJson(parts)));
      const page = readFileSync(join(out, 'index.html'), 'utf8');
      for (const action of actions.names) assert.ok(page.includes(`>${action}<`), action);
      assert.match(page, new RegExp(`always ${actions.names.join('|always ')}`));
      assert.doesNotMatch(page, /SHOOT|DASH/);
    });

    test('is drawn: in the pixels of the overlay every lamp is right at every frame, the last one too', async () => {
      const out = join(folder, `${title}-overlay.mp4`);
      const settings = { models: [bundle.folder], out, labels: 'at-frame', lenient: false, anyRate: false } as const;
      const report = await overlaySession(session, { ...settings, signal: NEVER, say: () => undefined });
      assert.equal(report?.frames, FIGHTS * STAY * actions.count);
      const { width, height } = COLUMN_CONTRACT;
      const layout = new OverlayLayout({ width: width * 20, height: height * 20 }, 1, actions);
      assert.deepEqual([report?.width, report?.height], [layout.width, layout.height]);
      for await (const image of readVideo(out)) {
        const held = heldAction(image.index, actions);
        const expected = actions.names.map((_, action) => (action === held ? 'on' : 'off'));
        assert.deepEqual(lampStates(image, layout, 0), expected, `frame ${image.index}`);
      }
    });

    test('is drawn beside its log: the panel has a lamp for each action', async () => {
      const read = await readSession(session);
      const size = { width: COLUMN_CONTRACT.width, height: COLUMN_CONTRACT.height };
      const logged = { labels: labelFrames(read), fights: fightOfFrames(read), times: read.frames.times };
      const canvas = await SyncCanvas.open(size, logged);
      const picture = { ...size, pixels: new Uint8Array(size.width * size.height * 4) };
      const lowest = canvas.panel.lamp(actions.count - 1);
      assert.ok(lowest.top + lowest.height <= canvas.image.height);
      for (const frame of [0, STAY * (actions.count - 1), STAY * actions.count]) {
        canvas.draw(frame, picture);
        const lit = actions.names.map((_, action) => {
          const { left, top, width, height } = canvas.panel.lamp(action);
          const at = ((top + height / 2) * canvas.image.width + left + width / 2) * 4;
          return canvas.image.pixels[at + 1] > 127;
        });
        assert.deepEqual(
          lit.flatMap((isLit, action) => (isLit ? [action] : [])),
          [heldAction(frame, actions)],
        );
      }
    });
  });
}

test('thirty actions are drawn with a lamp each; none lies over another or outside the picture', () => {
  const names = Array.from({ length: 30 }, (_, index) => `Action${index + 1}`);
  const layout = new OverlayLayout({ width: 640, height: 360 }, 2, new ActionSet({ names }));
  for (let action = 0; action < 30; action += 1) {
    const { top, height } = layout.lamp(2, action);
    assert.ok(top + height <= layout.panel.height && layout.cell(2, action).height > height);
    assert.ok(layout.timeline.top + layout.rowTop(action) + layout.rowHeight <= layout.height);
  }
});

test('sessions of different games are not joined, and a bundle of one is not asked about another', async () => {
  const three = await recordColumnSession(folder, THREE, { fights: 2, name: 'kart' });
  const study = await recordBlockSession(folder, { fights: 2 }, 'study');
  const bothNames = [THREE.names.join(', '), STUDY_ACTIONS.names.join(', ')];
  await assert.rejects(readDataset([study, three]), hasCode('dataset-invalid', 'kart', 'study', ...bothNames));
  const kart = await smallBundle(join(folder, 'kart-model'), { actions: THREE });
  const dataset = await readDataset([study]);
  await assert.rejects(predictFights({ bundle: kart, dataset }), hasCode('bundle-mismatch', ...THREE.names));
});

test('sessions of two games with the same actions are not joined, both games named; one without a name joins any', async () => {
  const record = (name: string, game?: string): Promise<string> =>
    recordColumnSession(folder, THREE, { fights: 2, name, ...given({ game }) });
  const [rally, derby, older] = [await record('r', 'Rally'), await record('d', 'Derby'), await record('older')];
  await assert.rejects(readDataset([older, rally, derby]), hasCode('dataset-invalid', "'Rally'", "'Derby'"));
  assert.equal((await readDataset([older, rally])).game, 'Rally');
  assert.equal((await readDataset([older])).game, null);
});

test('a bundle is scored and tuned on sessions of its own game, and on those of another only where that is meant', async () => {
  const session = await recordColumnSession(folder, THREE, {
    ...{ fights: 2, name: 'derby', game: 'Derby', contract: STUDY_CONTRACT },
  });
  const rally = await smallBundle(join(folder, 'rally-model'), { actions: THREE });
  nameGame(rally.folder, 'Rally');
  const request: Omit<SessionsRequest, 'anyGame'> = {
    ...{ sessions: [session], models: [rally.folder], reading: {}, thresholds: {} },
    labels: 'at-frame',
    ...{ openModel: null, onlyHeldOut: false, allowTrain: false, evidenceFloor: 1, timelines: 0 },
    ...{ sweep: null, run: null, delays: null, reconstruct: null, signal: NEVER, onNotices: () => undefined },
  };
  const named = hasCode('bundle-mismatch', '"Rally"', '"Derby"', '--any-game');
  await assert.rejects(evaluateSessions({ ...request, anyGame: false }), named);
  assert.ok((await evaluateSessions({ ...request, anyGame: true })).evaluation);
  const tune = { bundle: rally.folder, out: join(folder, 'tuned'), sessions: [session], reading: {}, signal: NEVER };
  const tuning = tuneModel({ ...tune, onProgress: () => undefined, say: () => undefined });
  await assert.rejects(tuning, hasCode('bundle-mismatch', '"Rally"', '"Derby"'));
  nameGame(rally.folder, 'Derby');
  assert.ok((await evaluateSessions({ ...request, anyGame: false })).evaluation);
});

/** Names the game of a bundle, as `train` does. */
function nameGame(bundle: string, game: string): void {
  const path = join(bundle, 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), game }));
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
