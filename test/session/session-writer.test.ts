import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import type { UnderstudyError } from '../../src/core/errors.js';
import { checkSession } from '../../src/session/check.js';
import { PICTURES_UNDER_WAY } from '../../src/session/picture-writer.js';
import { filesAt } from '../../src/session/session-files.js';
import type { SessionWriterOptions } from '../../src/session/session-writer.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { ScriptedPictureThread } from '../../testing/sessions/session-pictures.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const SIZE = { width: 8, height: 4 };
const PIXELS = new Uint8Array(8 * 4 * 4);
const START_UNIX_MS = 1_700_000_000_000;

async function setUp(t: TestContext, options: Partial<SessionWriterOptions> = {}) {
  const files = filesAt(join(temporaryFolder(t), 'run'));
  const clock = new VirtualClock();
  const thread = new ScriptedPictureThread();
  const wall = { ms: START_UNIX_MS };
  const writer = await SessionWriter.create({
    files,
    rateHz: 10,
    ...SIZE,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
    wallMs: () => wall.ms + clock.nowMs(),
    startThread: () => thread,
    ...options,
  });
  const offerAt = async (atMs: number) => {
    await clock.sleepUntil(atMs);
    return writer.offer({ ...SIZE, pixels: PIXELS, capturedAtMs: atMs });
  };
  const lines = (path: string): Record<string, unknown>[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { files, clock, thread, wall, writer, offerAt, lines };
}

test('frames keep their scheduled time, and say when they were grabbed and which repeat', async (t) => {
  const { files, thread, writer, offerAt, lines } = await setUp(t);
  for (const atMs of [0, 104, 410]) {
    await offerAt(atMs);
    thread.answer();
  }
  await writer.finish('stopped');
  const start = START_UNIX_MS / 1000;
  assert.deepEqual(lines(files.frames), [
    { t: start, captured: start },
    { t: start + 0.1, captured: start + 0.104 },
    { t: start + 0.2, captured: start + 0.104, duplicate: true },
    { t: start + 0.3, captured: start + 0.104, duplicate: true },
    { t: start + 0.4, captured: start + 0.41 },
  ]);
  assert.deepEqual(
    thread.requests.map((request) => request.kind),
    ['picture', 'picture', 'repeat', 'picture', 'finish'],
  );
});

test('a stalled encoder delays neither frames nor keys, holds few pictures, and its lost slots are repeats', async (t) => {
  const { files, thread, writer, offerAt, lines } = await setUp(t);
  const answers: string[] = [];
  for (let k = 0; k < 50; k += 1) {
    answers.push(await offerAt(k * 100));
    if (k === 30) writer.keyDown('f', 3010);
  }
  assert.equal(answers.filter((answer) => answer === 'written').length, PICTURES_UNDER_WAY);
  assert.equal(thread.requests.filter((request) => request.kind === 'picture').length, PICTURES_UNDER_WAY);
  assert.ok(thread.requests.length <= 3 * PICTURES_UNDER_WAY, 'repeats behind a stall are counted, not queued');
  thread.answer();
  assert.equal(await offerAt(5000), 'written', 'once the encoder is back, pictures are taken again');
  thread.answer();
  await writer.finish('stopped');
  const slots = thread.requests.reduce(
    (sum, r) => sum + (r.kind === 'picture' ? 1 : r.kind === 'repeat' ? r.times : 0),
    0,
  );
  const frames = lines(files.frames);
  assert.equal(frames.length, 51);
  assert.equal(slots, frames.length, 'the video has one frame for each line');
  assert.equal(frames.filter((line) => line['duplicate'] === true).length, 51 - PICTURES_UNDER_WAY - 1);
  assert.ok(
    lines(files.events).some((line) => line['event'] === 'keydown' && line['t'] === START_UNIX_MS / 1000 + 3.01),
  );
});

test('keys: no auto-repeat, none outside the map, their origin, and those still down at the end', async (t) => {
  const { files, thread, writer, offerAt, lines } = await setUp(t);
  await offerAt(0);
  thread.answer();
  writer.keyDown('Key.up', 0, { initial: true });
  writer.keyDown('f', 10);
  writer.keyDown('f', 40);
  writer.keyDown('x', 41);
  writer.keyUp('x', 42);
  writer.keyUp('f', 50);
  writer.keyUp('f', 60);
  writer.keyDown({ action: 'JUMP' }, 70, { synthetic: true });
  await offerAt(100);
  await writer.finish('stopped');
  const t0 = START_UNIX_MS / 1000;
  assert.deepEqual(
    lines(files.events).filter((line) => String(line['event']).startsWith('key')),
    [
      { event: 'keydown', key: 'Key.up', t: t0, initial: true },
      { event: 'keydown', key: 'f', t: t0 + 0.01 },
      { event: 'keyup', key: 'f', t: t0 + 0.05 },
      { event: 'keydown', key: 'Key.space', t: t0 + 0.07, synthetic: true },
      { event: 'keyup', key: 'Key.up', t: t0 + 0.1, final: true },
      { event: 'keyup', key: 'Key.space', t: t0 + 0.1, synthetic: true, final: true },
    ],
  );
  const session = await readSession(files);
  assert.deepEqual(
    session.events.map((event) => event.synthetic),
    [false, false, false, true, false, true],
  );
  assert.equal(session.header?.rateHz, 10);
  assert.equal(session.finished, true);
});

test('a fight that is open at the end is closed, and a marker that makes no sense is not written', async (t) => {
  const { files, writer, offerAt } = await setUp(t);
  await offerAt(0);
  writer.marker('fight_end', 5);
  writer.marker('fight_start', 10);
  writer.marker('fight_start', 20);
  await offerAt(500);
  await writer.finish('stopped');
  const session = await readSession(files);
  assert.deepEqual(session.fights, [{ start: START_UNIX_MS / 1000 + 0.01, end: START_UNIX_MS / 1000 + 0.5 }]);
  assert.deepEqual(session.notices, []);
});

test('a wall clock that is set while recording moves no time of the log, and check says where it was', async (t) => {
  const { files, wall, writer, offerAt } = await setUp(t);
  for (let k = 0; k < 10; k += 1) {
    await offerAt(k * 100);
    if (k === 5) wall.ms -= 3_600_000;
    writer.tick();
  }
  writer.keyDown('f', 800);
  await writer.finish('stopped');
  const session = await readSession(files);
  assert.equal(session.events[0].t, START_UNIX_MS / 1000 + 0.8);
  const check = await checkSession(session);
  const step = check.problems.find((problem) => problem.code === 'clock-step');
  assert.equal(step?.atSeconds, 0.5);
  assert.match(step.message, /-3600\.000 s/);
});

test('a stalled capture does not stop the filling of slots, so that the log is never far behind', async (t) => {
  const { files, clock, writer, offerAt } = await setUp(t);
  await offerAt(0);
  await clock.sleepUntil(3000);
  writer.grabFailed();
  writer.tick();
  assert.equal(writer.status.frames, 25);
  assert.equal(writer.status.duplicates, 24);
  await writer.finish('stopped');
  const check = await checkSession(await readSession(files));
  assert.deepEqual([check.frames, check.duplicates], [31, 30]);
  assert.ok(check.problems.some((problem) => problem.code === 'gap' && problem.atSeconds === 0.1));
});

test('a picture of another size, a thread that dies and a failed write each stop the recording with their code', async (t) => {
  const told: UnderstudyError[] = [];
  const sized = await setUp(t, { onFailure: (error) => told.push(error) });
  assert.equal(sized.writer.offer({ width: 9, height: 4, pixels: PIXELS, capturedAtMs: 0 }), 'dropped');
  await sized.writer.finish('stopped');
  const died = await setUp(t, { onFailure: (error) => told.push(error) });
  died.thread.onGone(new Error('killed'));
  assert.equal(await died.offerAt(0), 'dropped');
  await died.writer.finish('stopped');
  const full = await setUp(t, { onFailure: (error) => told.push(error) });
  full.thread.onReply({ kind: 'failed', message: 'no space left', code: 'ENOSPC' });
  await full.writer.finish('stopped');
  assert.deepEqual(
    told.map((error) => error.code),
    ['capture-failed', 'write-failed', 'write-failed'],
  );
  assert.match(told[2].next, /Free space/);
});

test('a session is never overwritten', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'run.mp4'), 'a video');
  await assert.rejects(setUp(t, { files: filesAt(join(folder, 'run')) }), hasCode('bad-option', 'run.mp4'));
});
