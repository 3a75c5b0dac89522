import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import { UnderstudyError } from '../../src/core/errors.js';
import type { Frame, FrameSource } from '../../src/core/frame.js';
import { checkSession } from '../../src/session/check.js';
import { Recorder } from '../../src/session/recorder.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { ScriptedPictureThread } from '../../testing/sessions/session-pictures.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const SIZE = { width: 8, height: 4 };

/** How long a grab takes, ms, or how else it ends; `same`: at once, and the picture equals the last one. */
type GrabScript = number | 'fail' | 'stale' | 'same';

/** Grabs that take as long as the script says, fail, or do something else on the way. */
class ScriptedSource implements FrameSource {
  grabs = 0;
  readonly #clock: VirtualClock;
  readonly #script: (grab: number) => GrabScript;

  constructor(clock: VirtualClock, script: (grab: number) => GrabScript) {
    this.#clock = clock;
    this.#script = script;
  }

  async next(): Promise<Frame | null> {
    const capturedAtMs = this.#clock.nowMs();
    const index = this.grabs;
    this.grabs += 1;
    const outcome = this.#script(index);
    if (outcome === 'fail') return null;
    if (typeof outcome === 'number') await this.#clock.sleepUntil(capturedAtMs + outcome);
    const pixels = new Uint8Array(SIZE.width * SIZE.height * 4);
    const stale = outcome === 'stale';
    return { index, capturedAtMs, capturedAtUnixMs: 0, ...SIZE, pixels, repeated: outcome === 'same', stale };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function setUp(t: TestContext, script: (grab: number, recorder: Recorder) => GrabScript) {
  const files = filesAt(join(temporaryFolder(t), 'run'));
  const clock = new VirtualClock();
  const thread = new ScriptedPictureThread();
  const writer = await SessionWriter.create({
    files,
    rateHz: 10,
    ...SIZE,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
    wallMs: () => 1_700_000_000_000 + clock.nowMs(),
    startThread: () => thread,
  });
  const source: ScriptedSource = new ScriptedSource(clock, (grab) => script(grab, recorder));
  const recorder: Recorder = new Recorder({ source, writer, clock, rateHz: 10, onStatus: () => thread.answer() });
  return { files, clock, writer, source, recorder, thread };
}

const held = (name: string) => ({ key: name, synthetic: false });
const key = (name: string, down: boolean, atMs: number) => ({ key: name, down, atMs, synthetic: false });

test('frames = duration x rate, with slow and failed grabs as repeats that are marked', async (t) => {
  const { files, recorder } = await setUp(t, (grab, self) => {
    if (grab === 40) self.stop();
    return grab === 7 ? 'fail' : grab === 9 ? 'stale' : grab === 20 ? 730 : 4;
  });
  const result = await recorder.run();
  const { frames } = await readSession(files);
  const seconds = frames.times[frames.count - 1] - frames.times[0];
  assert.equal(frames.count, Math.round(seconds * 10) + 1);
  assert.deepEqual([result.reason, result.failedGrabs, result.duplicates], ['stopped', 2, 8]);
  assert.equal(result.frames, frames.count);
  for (let k = 1; k < frames.count; k += 1) {
    assert.equal(frames.duplicate[k] === 1, frames.captured[k] === frames.captured[k - 1], `frame ${k}`);
  }
});

test('a still game repeats its picture, says so, and does not count as a gap', async (t) => {
  const { files, recorder } = await setUp(t, (grab, self) => {
    if (grab === 29) self.stop();
    if (grab === 20) return 'stale';
    return grab >= 5 && grab <= 21 ? 'same' : 1;
  });
  const result = await recorder.run();
  const session = await readSession(files);
  const marked = [...session.frames.duplicate.keys()].filter((k) => session.frames.duplicate[k] === 1);
  // slot 20 repeats the one before; grab 21 equals the stale picture, which was not recorded
  assert.deepEqual(marked, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  assert.equal(result.duplicates, marked.length);
  assert.ok(session.frames.captured[6] > session.frames.captured[5], 'a picture was grabbed each time');
  assert.equal(session.frames.captured[20], session.frames.captured[19]);
  const gaps = (await checkSession(session)).problems.filter(({ code }) => code === 'gap');
  assert.deepEqual(gaps, []);
});

test('a button does what its hot key does, and says whether it changed anything', async (t) => {
  const changed: boolean[] = [];
  const { files, recorder } = await setUp(t, (grab, self) => {
    const order = (name: 'stop' | 'fightStart' | 'fightEnd'): void =>
      void changed.push(self.keys.order(name, grab * 100));
    if (grab === 1) order('fightEnd');
    if (grab === 2) order('fightStart');
    if (grab === 3) order('fightStart');
    if (grab === 4) self.keys.focusGained(400, []);
    if (grab === 5) self.keys.key(key('9', true, 500));
    if (grab === 6) self.keys.key(key('8', true, 600));
    if (grab === 7) order('fightEnd');
    if (grab === 9) order('stop');
    return 1;
  });
  assert.equal((await recorder.run()).reason, 'stopped');
  assert.deepEqual(changed, [false, true, false, true, true]);
  assert.equal(recorder.keys.lastKey, '8');
  assert.equal((await readSession(files)).fights.length, 2);
});

test('hot keys that a program sends steer as well, and are not recorded either', async (t) => {
  const { files, recorder } = await setUp(t, (grab, self) => {
    const press = (name: string) => self.keys.key({ ...key(name, true, grab * 100), synthetic: true });
    if (grab === 1) self.keys.focusGained(100, []);
    if (grab === 2) press('8');
    if (grab === 4) press('f');
    if (grab === 6) press('9');
    if (grab === 8) press('1');
    return 1;
  });
  assert.equal((await recorder.run()).reason, 'stopped');
  const session = await readSession(files);
  assert.equal(session.fights.length, 1);
  assert.deepEqual(new Set(session.events.map((event) => `${event.key} ${event.synthetic}`)), new Set(['f true']));
});

test('hot keys steer and are never recorded, and nothing is recorded without the focus', async (t) => {
  const { files, recorder } = await setUp(t, (grab, self) => {
    const atMs = grab * 100;
    if (grab === 1) self.keys.key(key('f', true, atMs)); // another window has the focus
    if (grab === 2) self.keys.focusGained(atMs, [held('Key.up'), held('8')]);
    if (grab === 3) self.keys.key(key('8', true, atMs));
    if (grab === 4) self.keys.key(key('8', true, atMs)); // the keyboard repeats it
    if (grab === 5) self.keys.key(key('f', true, atMs));
    if (grab === 6) self.keys.focusLost(atMs);
    if (grab === 7) self.keys.key(key('d', true, atMs));
    if (grab === 8) self.keys.focusGained(atMs, []);
    if (grab === 9) self.keys.key(key('9', true, atMs));
    if (grab === 11) self.keys.key(key('1', true, atMs));
    return 1;
  });
  const result = await recorder.run();
  assert.equal(result.reason, 'stopped');
  const session = await readSession(files);
  const at = (t: number): number => Math.round((t - 1_700_000_000) * 10);
  assert.deepEqual(
    session.events.map((event) => [event.key, event.down, at(event.t)]),
    [
      ['Key.up', true, 2],
      ['f', true, 5],
      ['Key.up', false, 6],
      ['f', false, 6],
    ],
  );
  assert.deepEqual(
    session.fights.map(({ start, end }) => [at(start), at(end)]),
    [[3, 9]],
  );
  assert.deepEqual(session.notices, []);
});

test('a window that closes ends the recording with what was recorded, and says so', async (t) => {
  const { files, recorder } = await setUp(t, (grab) => {
    if (grab < 5) return 1;
    throw new UnderstudyError({ kind: 'environment', code: 'window-closed', message: 'It closed.', next: 'Open it.' });
  });
  const result = await recorder.run();
  assert.deepEqual([result.reason, result.error?.code], ['source-ended', 'window-closed']);
  const session = await readSession(files);
  assert.deepEqual([session.frames.count, session.endReason], [6, 'source-ended']);
});

test('a disk that is full stops the recording and keeps what was written', async (t) => {
  const { files, recorder, thread } = await setUp(t, (grab) => {
    if (grab === 5) thread.onReply({ kind: 'failed', message: 'no space left on device', code: 'ENOSPC' });
    return 1;
  });
  const result = await recorder.run();
  assert.deepEqual([result.reason, result.error?.code], ['failed', 'write-failed']);
  assert.ok((await readSession(files)).frames.count >= 5);
});
