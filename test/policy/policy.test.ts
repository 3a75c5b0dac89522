import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ActionSet, NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { SystemClock, VirtualClock } from '../../src/core/clock.js';
import type { Frame } from '../../src/core/frame.js';
import { STUDY_ACTIONS, STUDY_NAMES } from '../../src/core/study-actions.js';
import { readBundle, descriptionOf, writeBundle, type Bundle } from '../../src/policy/bundle.js';
import { modelInfo, runImages, runLatents } from '../../src/policy/inspect.js';
import { readEncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import { headGraph, readHeadWeights } from '../../src/policy/onnx/head-graph.js';
import { openPolicy, type PolicyOptions } from '../../src/policy/model-policy.js';
import { strideFor } from '../../src/policy/rate.js';
import { grayToBgra } from '../../src/vision/gray-picture.js';
import { writeImage } from '../../src/vision/image-file.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { grayToImage } from '../../src/vision/preprocessor.js';
import { referenceLatent, referenceProbabilities } from '../../testing/models/reference-model.js';
import { FEW_ACTIONS, smallBundle, wanderingSquare } from '../../testing/models/small-bundle.js';
import { openFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

/** A gray picture as a game frame of the same size. */
function frameOf(gray: Uint8Array, index: number, capturedAtMs: number): Frame {
  const pixels = new Uint8Array(gray.length * 4);
  for (const [i, value] of gray.entries()) pixels.fill(value, i * 4, i * 4 + 4);
  const base = { index, capturedAtMs, capturedAtUnixMs: 0, repeated: false, stale: false };
  return { ...base, width: 128, height: 72, pixels };
}

const open = (bundle: string | Bundle, options: Partial<PolicyOptions> = {}) =>
  openPolicy({ bundle, rateHz: 10, clock: new VirtualClock(), ...options });

/** Everything a policy holds over a run of frames, 100 ms apart. */
async function playThrough(
  bundle: Bundle,
  grays: Iterable<Uint8Array>,
  options: Partial<PolicyOptions> = {},
): Promise<HeldActions[]> {
  await using policy = await open(bundle, options);
  const held: HeldActions[] = [];
  for (const gray of grays) held.push((await policy.decide(frameOf(gray, held.length, held.length * 100))).held);
  return held;
}

test('nothing is pressed until the window is full, and a reset or a gap empties it', async () => {
  using folder = openFolder('policy');
  const eager = Object.fromEntries(STUDY_NAMES.map((action) => [action, { press: 0.01, release: 0.005 }]));
  const bundle = await smallBundle(join(folder.path, 'model'));
  await using policy = await open(bundle, { thresholds: eager });
  const [gray] = wanderingSquare(1, 1);
  let nowMs = 0;
  const decide = (stepMs = 100) => policy.decide(frameOf(gray, 0, (nowMs += stepMs)));
  const fill = async (firstStepMs: number) => {
    for (let index = 0; index < 9; index += 1) {
      const decision = await decide(index === 0 ? firstStepMs : 100);
      assert.deepEqual([decision.ready, decision.held], [false, NONE_HELD]);
      assert.ok(decision.probabilities.every((value) => value === 0));
    }
    const full = await decide();
    assert.equal(full.ready, true);
    assert.notEqual(full.held, NONE_HELD);
  };
  await fill(100);
  assert.equal((await decide(500)).ready, true);
  await fill(501); // more than five periods: a new window
  policy.reset();
  await fill(100);
});

test('pictures that were only seen count like any other: the decision after them is the same to the last bit', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  const frames = [...wanderingSquare(14, 5)].map((gray, i) => frameOf(gray, i, i * 100));
  await using decides = await open(bundle);
  await using sees = await open(bundle);
  for (const [i, frame] of frames.entries()) {
    const decided = await decides.decide(frame);
    if (i < 13) {
      await sees.see(frame);
      assert.deepEqual(sees.gray(), decides.gray());
      continue;
    }
    const after = await sees.decide(frame);
    assert.deepEqual([after.ready, after.probabilities], [true, decided.probabilities]);
  }
});

test('an action without a key is never held, whatever the model answers, and its probability is still shown', async () => {
  using folder = openFolder('policy');
  const eager = Object.fromEntries(STUDY_NAMES.map((action) => [action, { press: 0.01, release: 0.005 }]));
  const bundle = await smallBundle(join(folder.path, 'model'));
  const heldWith = async (unmapped: readonly string[]) => {
    await using policy = await open(bundle, { thresholds: eager, unmapped });
    let held: string[] = [];
    for (const [index, gray] of [...wanderingSquare(10, 1)].entries()) {
      const decision = await policy.decide(frameOf(gray, index, index * 100));
      held = STUDY_ACTIONS.heldNames(decision.held);
      if (decision.ready) assert.ok(decision.probabilities[STUDY_ACTIONS.indexOf('DASH')] > 0.01);
    }
    policy.retune({ DASH: { press: 0.01, release: 0.005 } }); // no threshold maps it again
    const again = await policy.decide(frameOf([...wanderingSquare(1, 1)][0], 10, 1000));
    return [held.includes('DASH'), STUDY_ACTIONS.heldNames(again.held).includes('DASH')];
  };
  assert.deepEqual(await heldWith([]), [true, true]);
  assert.deepEqual(await heldWith(['DASH']), [false, false]);
});

test('what was released elsewhere is not held on by hysteresis', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  const frames = [...wanderingSquare(30, 5)].map((gray, i) => frameOf(gray, i, i * 100));
  const up = STUDY_ACTIONS.names.indexOf('UP');
  const probabilities: number[] = [];
  {
    await using policy = await open(bundle);
    for (const frame of frames) probabilities.push((await policy.decide(frame)).probabilities[up]);
  }
  const press = Math.max(...probabilities.slice(0, -2)); // pressed there, and held on from there by hysteresis alone
  const at = probabilities.indexOf(press);
  const holdsNext = async (dropped: boolean) => {
    await using policy = await open(bundle, { thresholds: { UP: { press, release: 1e-6 } } });
    for (const frame of frames.slice(0, at + 1)) await policy.decide(frame);
    if (dropped) policy.dropHeld();
    return STUDY_ACTIONS.heldNames((await policy.decide(frames[at + 1])).held).includes('UP');
  };
  assert.deepEqual([await holdsNext(false), await holdsNext(true)], [true, false]);
});

test('a decision is what plain loops compute from the last ten frames', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  const encoder = readEncoderWeights(bundle.encoder);
  const head = readHeadWeights(bundle.head);
  await using policy = await open(bundle);
  const latents: number[] = [];
  let probabilities = new Float32Array(0);
  for (const [index, gray] of [...wanderingSquare(11, 3)].entries()) {
    ({ probabilities } = (await policy.decide(frameOf(gray, index, index * 100))) as {
      probabilities: typeof probabilities;
    });
    assert.deepEqual(policy.gray(), gray);
    const image = new Float32Array(gray.length);
    grayToImage(gray, image);
    assert.deepEqual(policy.image(), image);
    if (index > 0) latents.push(...referenceLatent(encoder, image, 72, 128));
  }
  const expected = referenceProbabilities(head, Float32Array.from(latents), 10);
  for (let k = 0; k < STUDY_ACTIONS.count; k += 1) assert.ok(Math.abs(probabilities[k] - expected[k]) < 1e-5);
});

test('fewer outputs than seven are those of their own actions', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'), { actions: FEW_ACTIONS });
  const weights = readHeadWeights(bundle.head);
  weights.output.bias.data.set([20, -20]); // SHOOT surely, LEFT surely not
  const head = headGraph(weights, { windowLength: 10 });
  const sure = await writeBundle(join(folder.path, 'sure'), descriptionOf(bundle.manifest), { ...bundle, head });
  const own = await playThrough(sure, wanderingSquare(10, 1));
  assert.deepEqual(sure.actions.heldNames(own[9]), ['SHOOT']);
  assert.deepEqual(sure.actions.rules(), { opposing: [], rare: [], scored: ['SHOOT'] });
  const inTheGame = await playThrough(sure, wanderingSquare(10, 1), { actions: STUDY_ACTIONS });
  assert.deepEqual(STUDY_ACTIONS.heldNames(inTheGame[9]), ['SHOOT']);
  await assert.rejects(
    open(bundle, { thresholds: { JUMP: { press: 0.5, release: 0.4 } } }),
    hasCode('unknown-action', /JUMP.*does not know/),
  );
});

for (const count of [3, 12]) {
  test(`a bundle of ${count} actions of its own answers in their order, with its own rules`, async () => {
    using folder = openFolder('policy');
    const names = Array.from({ length: count }, (_, i) => `act-${i}`);
    const last = names[count - 1];
    const actions = new ActionSet({ names, opposing: [['act-0', last]], rare: [last], scored: [last] });
    const bundle = await smallBundle(join(folder.path, 'model'), { actions });
    assert.deepEqual(bundle.manifest.actions, names);
    const weights = readHeadWeights(bundle.head);
    weights.output.bias.data.fill(-20).set([20], count - 1);
    const head = headGraph(weights, { windowLength: 10 });
    await writeBundle(join(folder.path, 'sure'), descriptionOf(bundle.manifest), { ...bundle, head });
    const sure = await readBundle(join(folder.path, 'sure'));
    assert.deepEqual(sure.actions.rules(), actions.rules());
    const held = await playThrough(sure, wanderingSquare(10, 1));
    assert.equal(held[9], 1 << (count - 1));
    // a game may have more actions, in another order
    const game = new ActionSet({ names: [last, 'more', ...names.slice(0, -1)] });
    assert.deepEqual(await playThrough(sure, wanderingSquare(10, 1), { actions: game }), [
      ...Array<number>(9).fill(0),
      1,
    ]);
  });
}

test('a bundle of actions that the game does not have is refused, and both are named', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'), { actions: ['FIRE', 'DUCK'] });
  const game = new ActionSet({ names: ['DUCK', 'RUN'] });
  await assert.rejects(
    open(bundle, { actions: game }),
    hasCode('bundle-mismatch', /actions is \["FIRE","DUCK"\], expected \["DUCK","RUN"\]/),
  );
  await assert.rejects(open(bundle, { actions: STUDY_ACTIONS }), hasCode('bundle-mismatch', /actions/));
});

test('above the rate of the bundle the window keeps its stride, and the delay its horizon', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  await using policy = await open(bundle, { rateHz: 60, anyRate: true });
  assert.deepEqual([policy.stride, policy.applyDelayTicks], [6, 6]);
  const [gray] = wanderingSquare(1, 1);
  const readyAt: number[] = [];
  for (let index = 0; index < 60; index += 1) {
    if ((await policy.decide(frameOf(gray, index, (index * 1000) / 60))).ready) readyAt.push(index);
  }
  assert.equal(readyAt[0], 54);
  await using atOnce = await open(bundle, { apply: 'at-once' });
  assert.deepEqual([atOnce.stride, atOnce.applyDelayTicks], [1, 0]);
  await using nextTick = await open(bundle);
  assert.equal(nextTick.applyDelayTicks, 1);
});

test('a rate more than a quarter off is refused unless any rate will do', () => {
  for (const rateHz of [7.5, 10, 12.5]) assert.equal(strideFor(rateHz, 10, false), 1);
  for (const rateHz of [7.4, 12.6, 60]) {
    assert.throws(() => strideFor(rateHz, 10, false), hasCode('bad-rate', /trained at 10 Hz and takes 7.5 to 12.5/));
  }
  assert.equal(strideFor(2, 10, true), 1);
  assert.equal(strideFor(60, 10, true), 6);
  for (const rateHz of [0, -1, Number.NaN, Infinity]) {
    assert.throws(() => strideFor(rateHz, 10, true), hasCode('bad-rate', /Hz/));
  }
});

test('a crop other than that of the bundle is refused', async () => {
  using folder = openFolder('policy');
  const crop = { left: 0.1, top: 0, width: 0.5, height: 1 };
  const bundle = await smallBundle(join(folder.path, 'model'), { crop });
  await using same = await open(bundle, { crop });
  assert.deepEqual(same.manifest.preprocessing.crop, crop);
  await assert.rejects(
    open(bundle, { crop: STUDY_CONTRACT.crop }),
    hasCode('bundle-mismatch', /crop\.left is 0\.1, expected 0/),
  );
});

test('weights that answer NaN end the run with an error, never with a key', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  const weights = readHeadWeights(bundle.head);
  weights.output.bias.data[2] = Number.NaN;
  const out = join(folder.path, 'broken');
  const head = headGraph(weights, { windowLength: 10 });
  const broken = await writeBundle(out, descriptionOf(bundle.manifest), { ...bundle, head });
  await assert.rejects(playThrough(broken, wanderingSquare(10, 1)), hasCode('bundle-corrupt', /NaN for LEFT/));
  await assert.rejects(modelInfo(out), hasCode('bundle-corrupt', /black picture/));
});

test('an untrained model presses and releases every action but DOWN in a run that it has not seen', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'), { latent: 32, frames: wanderingSquare(400, 7) });
  const held = await playThrough(bundle, wanderingSquare(400, 8));
  for (const [index, action] of STUDY_NAMES.entries()) {
    const pressed = held.map((set) => (set >> index) & 1);
    const presses = pressed.filter((now, i) => i > 0 && now === 1 && pressed[i - 1] === 0).length;
    const releases = pressed.filter((now, i) => i > 0 && now === 0 && pressed[i - 1] === 1).length;
    if (action === 'DOWN') assert.equal(presses, 0);
    else assert.ok(presses >= 3 && releases >= 2, `${action}: ${presses} presses, ${releases} releases`);
  }
});

test('the same seed gives the same files, another seed others', async () => {
  using folder = openFolder('policy');
  const hashes = async (name: string, seed: number, head: 'gru' | 'lstm' = 'gru') => {
    const options = { seed, head, frames: wanderingSquare(30, 1) };
    const { manifest } = await smallBundle(join(folder.path, name), options);
    return [manifest.files.encoder.sha256, manifest.files.head.sha256, JSON.stringify(manifest.thresholds)];
  };
  const first = await hashes('a', 1);
  assert.deepEqual(await hashes('b', 1), first);
  const other = await hashes('c', 2);
  const lstm = await hashes('d', 1, 'lstm');
  for (const [index, hash] of first.entries()) assert.notEqual(other[index], hash);
  assert.equal(lstm[0], first[0]);
  assert.notEqual(lstm[1], first[1]);
});

test('a bundle in half precision plays', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'), { storage: 'float16', head: 'lstm' });
  assert.equal((await playThrough(bundle, wanderingSquare(12, 1))).length, 12);
});

test('model info checks a bundle by running it', async () => {
  using folder = openFolder('policy');
  const out = join(folder.path, 'model');
  await smallBundle(out);
  const info = await modelInfo(out);
  assert.equal(info.manifest.latentSize, 8);
  assert.equal(info.blackProbabilities.length, 7);
  assert.ok(info.checked.includes('hashes') && info.checked.includes('shapes'));
});

test('model run answers what live play computes, for pictures and for latents', async () => {
  using folder = openFolder('policy');
  const out = join(folder.path, 'model');
  await smallBundle(out);
  const bundle = await readBundle(out);
  const [gray] = wanderingSquare(1, 5);
  const picture = join(folder.path, 'f.png');
  await writeImage(picture, { width: 128, height: 72, pixels: grayToBgra(gray) });
  const [run] = await runImages(out, [picture]);
  assert.match(run.graySha256, /^[0-9a-f]{64}$/);
  const image = new Float32Array(gray.length);
  grayToImage(gray, image);
  const expected = referenceLatent(readEncoderWeights(bundle.encoder), image, 72, 128);
  for (const [d, value] of run.latent.entries()) assert.ok(Math.abs(value - expected[d]) < 1e-5);

  const windows = Float32Array.from({ length: 2 * 10 * 8 }, (_, i) => (i % 13) / 13);
  const file = join(folder.path, 'latents.f32');
  await writeFile(file, new Uint8Array(windows.buffer));
  const { probabilities } = await runLatents(out, file);
  for (const [row, got] of probabilities.entries()) {
    const wanted = referenceProbabilities(readHeadWeights(bundle.head), windows.subarray(row * 80, row * 80 + 80), 10);
    for (let k = 0; k < STUDY_ACTIONS.count; k += 1) assert.ok(Math.abs(got[k] - wanted[k]) < 1e-5);
  }
  assert.equal(probabilities.length, 2);
  await writeFile(file, new Uint8Array(321));
  await assert.rejects(runLatents(out, file), hasCode('file-unreadable', /321 bytes, expected a multiple of 320/));
  await assert.rejects(runLatents(out, join(folder.path, 'none')), hasCode('file-missing', /none/));
});

test('latents of another type, byte order or format are refused, with how to write them', async () => {
  using folder = openFolder('policy');
  const out = join(folder.path, 'model');
  await smallBundle(out);
  const file = join(folder.path, 'latents');
  const values = Array.from({ length: 2 * 10 * 8 }, (_, i) => ((i * 7) % 13) / 13 + 0.1);
  const bigEndian = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bigEndian.writeFloatBE(value, i * 4));
  const npyHead = Buffer.from('\x93NUMPY\x01\x00'.padEnd(320), 'latin1');
  const forms: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ['float64', new Uint8Array(Float64Array.from(values).buffer)],
    ['float32, big-endian', bigEndian],
    ['.npy', npyHead],
    ['.npz', Buffer.from('PK\x03\x04'.padEnd(320), 'latin1')],
  ];
  for (const [what, bytes] of forms) {
    await writeFile(file, bytes);
    await assert.rejects(runLatents(out, file), hasCode('file-unreadable', 'float32, little-endian', "'<f4'"), what);
  }
});

test('stages are timed on the clock that was given', async () => {
  using folder = openFolder('policy');
  const bundle = await smallBundle(join(folder.path, 'model'));
  const [gray] = wanderingSquare(1, 1);
  await using virtual = await open(bundle);
  assert.deepEqual((await virtual.decide(frameOf(gray, 0, 0))).stageMs, { preprocess: 0, encode: 0, head: 0 });
  await using real = await open(bundle, { clock: new SystemClock() });
  const { stageMs } = await real.decide(frameOf(gray, 0, 0));
  assert.ok(stageMs.preprocess > 0 && stageMs.encode > 0);
});
