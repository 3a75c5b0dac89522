/** The live page of a recording: what its buttons do, what it refuses, and what viewers see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badOption } from '../../src/core/errors.js';
import type { Frame } from '../../src/core/frame.js';
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import type { RecordingFigures, WatchRecording } from '../../src/watch/messages.js';
import { RecordingWatch, type RecordingButton } from '../../src/watch/recording-watch.js';
import { watchStream, type WatchClient } from '../../testing/watch/watch-client.js';

const HOT_KEYS = { stop: '1', fightStart: '8', fightEnd: '9' };
const NOTHING: RecordingFigures = {
  ...{ seconds: 0, frames: 0, duplicates: 0, failedGrabs: 0, fights: 0 },
  ...{ inFight: false, focused: true, lastKey: null, held: 0, seen: null },
};
const BEGUN = { name: 'train', rateHz: 10, actions: STUDY_NAMES, contract: STUDY_CONTRACT };

let url = '';
const open = (): Promise<RecordingWatch> =>
  RecordingWatch.open({ port: 0, hotKeys: HOT_KEYS, say: (text) => (url = /watch at (\S+)/.exec(text)![1]) });

async function press(command: string, { token = true, origin = true, name = '' } = {}) {
  const page = new URL(url);
  const response = await fetch(
    `${page.origin}/control/${command}?name=${name}&token=${token ? page.searchParams.get('token') : 'wrong'}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: origin ? page.origin : 'http://example.org' },
      body: '{}',
    },
  );
  return { status: response.status, text: await response.text() };
}

const shown = (viewer: WatchClient): WatchRecording | null =>
  viewer.updates.findLast(({ state }) => state)?.state?.recording ?? null;

test('recording waits for a usable name from the page, and nothing else starts it', async () => {
  await using watch = await open();
  using viewer = await watchStream(url);
  const checked: string[] = [];
  const check = (name: string): void => {
    checked.push(name);
    if (name.includes('/')) throw badOption('The name has a slash.', 'Leave it out.');
  };
  const started = watch.started('proposed', check, new AbortController().signal);
  await viewer.until(() => shown(viewer)?.phase === 'waiting');
  assert.equal(shown(viewer)?.session, 'proposed');
  assert.equal((await press('start', { token: false, name: 'x' })).status, 403);
  assert.equal((await press('start', { origin: false, name: 'x' })).status, 403);
  assert.deepEqual((await press('fight-start')).status, 409, 'there is no recording yet');
  assert.deepEqual(await press('start', { name: 'a/b' }), { status: 409, text: 'The name has a slash.\n' });
  assert.equal((await press('start', { name: 'level%201' })).status, 200);
  assert.equal(await started, 'level 1');
  assert.deepEqual(checked, ['a/b', 'level 1'], 'what was refused before did not reach it');
});

test('a signal ends the wait for a name', async () => {
  await using watch = await open();
  const ending = new AbortController();
  const started = watch.started('proposed', () => undefined, ending.signal);
  ending.abort(new Error('the user left'));
  await assert.rejects(started, /the user left/);
  await assert.rejects(
    watch.started('again', () => undefined, ending.signal),
    /the user left/,
  );
});

test('buttons reach the recording, and the answer says whether they changed anything', async () => {
  await using watch = await open();
  const pressed: RecordingButton[] = [];
  watch.begin({ ...BEGUN, onOrder: (button) => pressed.push(button) !== 2 });
  const changed: unknown[] = [];
  for (const command of ['fight-start', 'fight-start', 'fight-end', 'stop', 'start']) {
    const { text } = await press(command, { name: 'x' });
    changed.push((JSON.parse(text) as { changed: boolean }).changed);
  }
  assert.deepEqual(pressed, ['fight-start', 'fight-start', 'fight-end', 'stop']);
  assert.deepEqual(changed, [true, false, true, true, false]);
  assert.equal((await press('panic')).status, 409, 'a command for an agent');
});

test('viewers see what is recorded, what is held, and the picture as a model would get it', async () => {
  const watch = await open();
  watch.begin({ ...BEGUN, onOrder: () => true });
  using viewer = await watchStream(url);
  const pixels = new Uint8Array(4 * 640 * 360).map((_, place) => (place * 7) % 256);
  const frame: Frame = {
    ...{ index: 0, capturedAtMs: 0, capturedAtUnixMs: 0, width: 640, height: 360, pixels },
    ...{ repeated: false, stale: false },
  };
  await viewer.until(() => viewer.updates.length > 0);
  watch.slot({ ...NOTHING, frames: 1, fights: 1, inFight: true, lastKey: 'f', held: 0b100 }, frame);
  await viewer.until(() => viewer.pictures.length > 0 && shown(viewer)?.figures?.inFight === true);
  assert.deepEqual([shown(viewer)?.session, shown(viewer)?.figures?.lastKey], ['train', 'f']);
  assert.equal(viewer.updates.flatMap(({ ticks }) => ticks).at(-1)?.human, 0b100);
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  preprocessor.process(frame);
  assert.deepEqual([...viewer.pictures[0].gray], [...preprocessor.gray]);
  watch.slot({ ...NOTHING, frames: 2, focused: false }, null);
  await viewer.until(() => shown(viewer)?.figures?.focused === false);
  await watch[Symbol.asyncDispose]();
  await viewer.ended;
  assert.equal(viewer.updates.findLast(({ state }) => state)?.state?.ended, true);
});
