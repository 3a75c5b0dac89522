import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { Frame } from '../../src/core/frame.js';
import type { TickReport } from '../../src/core/tick-report.js';
import { RunVideo } from '../../src/runs/video.js';
import { PICTURES_UNDER_WAY } from '../../src/session/picture-writer.js';
import { ScriptedPictureThread } from '../../testing/sessions/session-pictures.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { tickReport } from '../../testing/agent/tick-report.js';

const frameOf = (index: number, width = 8): Frame => ({
  ...{
    index,
    capturedAtMs: 0,
    capturedAtUnixMs: 0,
    width,
    height: 4,
    pixels: new Uint8Array(width * 4 * 4).fill(index),
  },
  ...{ repeated: false, stale: false },
});

const report = (missedBefore = 0): TickReport => tickReport(0, { missedBefore });

function open(folder: string) {
  const thread = new ScriptedPictureThread();
  const said: string[] = [];
  const options = { folder, mode: 'arena', model: 'models/some-model', rateHz: 10, applyDelayTicks: 1 };
  const actions = STUDY_ACTIONS;
  const video = new RunVideo({ ...options, actions, say: (text) => said.push(text), startThread: () => thread });
  return { thread, said, video };
}

test('every tick has its slot: those without a picture repeat the one before, those before the first are left out', async (t) => {
  const folder = temporaryFolder(t);
  const { thread, video, said } = open(folder);
  video.onTick(report(), null);
  video.onTick(report(2), frameOf(1)); // slot 3
  video.onTick(report(), frameOf(2));
  video.onTick(report(3), null);
  video.onTick(report(1), frameOf(3));
  await video[Symbol.asyncDispose]();
  const told = thread.requests.map((request) => (request.kind === 'repeat' ? request.times : request.kind));
  assert.deepEqual(told, ['picture', 'picture', 4, 1, 'picture', 'finish']);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'video.json'), 'utf8')), {
    ...{ version: 1, mode: 'arena', model: 'some-model', rateHz: 10, applyDelayTicks: 1, firstSlot: 3 },
  });
  assert.deepEqual(said, []);
});

test('a video that is behind repeats pictures, never waits, and says how many', async (t) => {
  const { thread, video, said } = open(temporaryFolder(t));
  const ticks = PICTURES_UNDER_WAY + 5; // the thread answers nothing
  for (let index = 0; index < ticks; index += 1) video.onTick(report(), frameOf(index));
  assert.equal(thread.requests.filter(({ kind }) => kind === 'picture').length, PICTURES_UNDER_WAY);
  await video[Symbol.asyncDispose]();
  const repeats = thread.requests.reduce((sum, request) => sum + (request.kind === 'repeat' ? request.times : 0), 0);
  assert.equal(repeats, 5);
  assert.match(said.join(), new RegExp(`^5 of ${ticks} pictures are not in the video`));
});

test('a window that changes its size ends the video, not the run', async (t) => {
  const { thread, video, said } = open(temporaryFolder(t));
  video.onTick(report(), frameOf(0));
  video.onTick(report(), frameOf(1, 16));
  video.onTick(report(), frameOf(2));
  await video[Symbol.asyncDispose]();
  assert.equal(thread.requests.filter(({ kind }) => kind === 'picture').length, 1);
  assert.deepEqual(said, ['the video ends at 0.2 s: the picture changed from 8x4 to 16x4']);
});

test('a disk that fails ends the video, not the run', async (t) => {
  const { thread, video, said } = open(temporaryFolder(t));
  video.onTick(report(), frameOf(0));
  thread.onReply({ kind: 'failed', message: 'no space left on device', code: 'ENOSPC' });
  video.onTick(report(), frameOf(1));
  await video[Symbol.asyncDispose]();
  assert.equal(said.length, 1);
  assert.match(said[0], /the video ends at 0\.1 s: .*no space left/);
});
