/** What the run's side sends: to the page each tick as in the run folder, to viewers pictures, to the arming commands. */
import { STUDY_ACTIONS, STUDY_NAMES } from '../../src/core/study-actions.js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Arming } from '../../src/agent/arming.js';
import type { UnderstudyError } from '../../src/core/errors.js';
import type { Frame } from '../../src/core/frame.js';
import type { SeenGame } from '../../src/core/seen-game.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { LiveWatch, type WatchedModel } from '../../src/watch/live-watch.js';
import type { WatchTick } from '../../src/watch/messages.js';
import { until } from '../../testing/until.js';
import { watchStream } from '../../testing/watch/watch-client.js';
import { tickReport } from '../../testing/agent/tick-report.js';

const gray = new Uint8Array(128 * 72).fill(7);
const model = {
  manifest: { name: 'a model', preprocessing: STUDY_CONTRACT },
  thresholds: { JUMP: { press: 0.5, release: 0.45 } } as WatchedModel['thresholds'],
  gray: () => gray,
};

function frame(index: number): Frame {
  const pixels = new Uint8Array(4 * 640 * 360).fill(index);
  const times = { capturedAtMs: index * 100, capturedAtUnixMs: index * 100 };
  return { index, ...times, width: 640, height: 360, pixels, repeated: false, stale: false };
}

const RUN = { mode: 'window', name: 'r1', rateHz: 10, budgetMs: 50, actions: STUDY_NAMES };
const said: string[] = [];
const open = (control = false): Promise<LiveWatch> =>
  LiveWatch.open({ port: 0, control, say: (text) => void said.push(text) });

async function order(url: string, command: string): Promise<{ status: number; text: string }> {
  const { origin, searchParams } = new URL(url);
  const response = await fetch(`${origin}/control/${command}?token=${searchParams.get('token')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: '{}',
  });
  return { status: response.status, text: await response.text() };
}

test('ticks come with their place in the run, what a person holds, and the counts so far', async () => {
  await using watch = await open();
  watch.showModel(model);
  watch.watchHuman(() => STUDY_ACTIONS.holding('LEFT'));
  watch.begin(RUN);
  using viewer = await watchStream(watch.url);
  const probabilities = new Float32Array(STUDY_ACTIONS.count).fill(0.25);
  const decision = {
    held: STUDY_ACTIONS.holding('JUMP'),
    probabilities,
    ready: true,
    stageMs: { preprocess: 1, encode: 2, head: 3 },
  };
  // 1.97450049 ms is 1.975 in ticks.jsonl; rounded to 1.9745 on its way it would be shown as 1.974
  const stageMs = { capture: 1.97450049 };
  watch.onTick(tickReport(0, { decision, held: STUDY_ACTIONS.holding('SHOOT'), stageMs, latencyMs: 1.97450049 }), null);
  probabilities.fill(0.75); // the policy's own buffer, overwritten by its next decision
  watch.onTick(tickReport(3, { outcome: 'late', missedBefore: 2 }), null);
  watch.onTick(tickReport(0, { outcome: 'gated', gate: 'focus: not in front' }), null); // the next fight counts from 0
  const ticks = (): WatchTick[] => viewer.updates.flatMap((update) => update.ticks);
  await viewer.until(() => ticks().length === 3);
  assert.deepEqual(
    ticks().map(({ slot, human, held, decided }) => [slot, human, held, decided]),
    [
      [0, STUDY_ACTIONS.holding('LEFT'), STUDY_ACTIONS.holding('SHOOT'), STUDY_ACTIONS.holding('JUMP')],
      [3, STUDY_ACTIONS.holding('LEFT'), 0, null],
      [4, STUDY_ACTIONS.holding('LEFT'), 0, null],
    ],
  );
  assert.deepEqual(
    ticks()[0].probabilities,
    Array.from({ length: STUDY_ACTIONS.count }, () => 0.25),
  );
  assert.deepEqual([ticks()[0].stageMs, ticks()[0].latencyMs], [{ capture: 1.975 }, 1.975]);
  assert.deepEqual(ticks()[2].counts, { ticks: 3, missedTicks: 2, lateTicks: 1, starvedTicks: 0, gatedTicks: 1 });
  // the state goes to the page's thread by itself, after the ticks, and may come with a later update
  const stateNow = () => viewer.updates.findLast((update) => update.state)?.state;
  await viewer.until(() => (stateNow()?.gates.length ?? 0) > 0);
  const state = stateNow();
  assert.deepEqual([state?.run?.model, state?.thresholds], ['a model', model.thresholds]);
  assert.deepEqual(
    state?.gates.map(({ slot, gate }) => [slot, gate]),
    [[4, 'focus: not in front']],
  );
});

test('a run of other actions is shown under their names, the twelfth among them', async () => {
  const actions = Array.from({ length: 12 }, (_, i) => `act-${i}`);
  await using watch = await open();
  watch.begin({ ...RUN, actions });
  using viewer = await watchStream(watch.url);
  watch.onTick(tickReport(0, { held: 1 << 11 }), null);
  await viewer.until(() => viewer.updates.some((update) => update.ticks.length > 0));
  assert.deepEqual(viewer.updates.findLast((update) => update.state)?.state?.run?.actions, actions);
  assert.equal(viewer.updates.flatMap((update) => update.ticks)[0].held, 1 << 11);
});

test('what the game’s meters show comes with each tick, and how its fights ended once it changes', async () => {
  await using watch = await open();
  let seen: SeenGame = { outcomes: { won: 0, lost: 0, ended: 0 }, meters: {} };
  watch.begin({ ...RUN, seen: () => seen });
  using viewer = await watchStream(watch.url);
  watch.onTick(tickReport(0), null);
  seen = { outcomes: { won: 0, lost: 1, ended: 0 }, meters: { fuel: 0.123456, score: null } };
  watch.onTick(tickReport(1), null);
  const ticks = (): WatchTick[] => viewer.updates.flatMap((update) => update.ticks);
  await viewer.until(() => ticks().length === 2);
  assert.deepEqual(
    ticks().map(({ meters }) => meters),
    [{}, { fuel: 0.123, score: null }],
  );
  assert.equal(viewer.updates.findLast((update) => update.state)?.state?.outcomes?.lost, 1);
});

test('pictures are taken only while a viewer watches: the crop, scaled down, and the gray of the model', async () => {
  await using watch = await open();
  let grays = 0;
  watch.showModel({ ...model, gray: () => ((grays += 1), gray) });
  watch.begin(RUN);
  watch.onTick(tickReport(0), frame(1));
  assert.equal(grays, 0);
  using viewer = await watchStream(watch.url);
  await viewer.until(() => viewer.updates.length > 0);
  await until('a picture is wanted', () => {
    watch.onTick(tickReport(1), frame(200));
    return grays > 0;
  });
  await viewer.until(() => viewer.pictures.length > 0);
  const [picture] = viewer.pictures;
  assert.deepEqual(picture.header.colour, { width: 384, height: 216 });
  assert.ok(picture.colour.every((byte) => byte === 200));
  assert.deepEqual([...picture.gray], [...gray]);
});

test('other thresholds reach the page with the next tick', async () => {
  await using watch = await open();
  const retuned = { ...model };
  watch.showModel(retuned);
  watch.begin(RUN);
  using viewer = await watchStream(watch.url);
  await viewer.until(() => viewer.updates.length > 0);
  retuned.thresholds = { JUMP: { press: 0.8, release: 0.7 } };
  watch.onTick(tickReport(0), null);
  await viewer.until(() => viewer.updates.some(({ state }) => state?.thresholds.JUMP?.press === 0.8));
});

test('commands from the page reach the arming, and the answer says whether they changed anything', async () => {
  await using watch = await open(true);
  assert.equal((await order(watch.url, 'arm')).status, 409, 'no run yet');
  const arming = new Arming({ nowMs: () => 0 });
  watch.begin({ ...RUN, arming });
  const answers: unknown[] = [];
  for (const command of ['pause', 'pause', 'resume', 'panic', 'resume', 'arm']) {
    const { changed, arming: after } = JSON.parse((await order(watch.url, command)).text) as {
      changed: boolean;
      arming: { state: string; by: string };
    };
    answers.push([command, changed, after.state, after.by]);
  }
  assert.deepEqual(answers, [
    ['pause', true, 'paused', 'page'],
    ['pause', false, 'paused', 'page'],
    ['resume', true, 'armed', 'page'],
    ['panic', true, 'panicked', 'page'],
    ['resume', false, 'panicked', 'page'],
    ['arm', true, 'armed', 'page'],
  ]);
  using viewer = await watchStream(watch.url);
  await viewer.until(() => viewer.updates[0]?.state?.arming?.state === 'armed');
  arming.pause('control');
  await viewer.until(() => viewer.updates.at(-1)?.state?.arming?.state === 'paused');
});

test('the end is sent to each viewer, and takes at most its second', async () => {
  const watch = await open();
  watch.begin(RUN);
  using viewer = await watchStream(watch.url);
  await viewer.until(() => viewer.updates.length > 0);
  await watch[Symbol.asyncDispose]();
  await viewer.ended;
  assert.equal(viewer.updates.findLast(({ state }) => state)?.state?.ended, true);
  watch.onTick(tickReport(0), frame(0)); // an observer may be notified once more
});

test('a taken port is reported before anything plays, with its code', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(LiveWatch.open({ port, control: false, say: () => undefined }), (error: UnderstudyError) => {
    assert.deepEqual([error.code, error.exitCode], ['port-taken', 4]);
    return true;
  });
  other.close();
});

test('the printed address has the token, and the message says where commands are allowed', async () => {
  said.length = 0;
  await using watch = await open(true);
  assert.match(watch.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\da-f]{32}$/);
  assert.equal(said.length, 1);
  assert.ok(said[0].includes(watch.url));
  assert.match(said[0], /may arm, pause and stop/);
});
