import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import { VirtualClock } from '../../src/core/clock.js';
import { readDataset } from '../../src/session/dataset.js';
import { pairHolds } from '../../src/session/holds.js';
import { describeSession } from '../../src/session/info.js';
import { KeyRecorder } from '../../src/session/key-recorder.js';
import { labelFrames } from '../../src/session/labels.js';
import { repairSession } from '../../src/session/repair.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { onlyCorrections, playedByFrames } from '../../src/session/takeovers.js';
import { makeWindows } from '../../src/session/samples.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { framesHolding, writeLogs } from '../../testing/sessions/session-folder.js';
import {
  fightEnd,
  fightStart,
  frameLines,
  press,
  release,
  type LogLine,
} from '../../testing/sessions/session-lines.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const by = (source: string, line: LogLine): LogLine => ({ ...(line as object), source });
const control = (source: string, t: number): LogLine => ({ event: 'control', source, t });

/** 60 frames from 1000.0 to 1005.9; the agent holds UP, a person jumps from 1003.0 to 1003.5, quiet until 1004.5. */
const LINES: readonly LogLine[] = [
  control('agent', 999.9),
  fightStart(1000),
  by('agent', press('Key.up', 1000.05)),
  by('human', press('Key.space', 1002.95)),
  by('agent', release('Key.up', 1002.96)),
  control('human', 1002.97),
  by('human', release('Key.space', 1003.45)),
  control('agent', 1004.45),
  by('agent', press('Key.up', 1004.55)),
  by('agent', release('Key.up', 1005.15)),
  control('nobody', 1005.25),
  fightEnd(1005.85),
];

const written = (t: TestContext, lines: readonly LogLine[]) =>
  writeLogs(temporaryFolder(t), 'a', frameLines(60), lines);

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('the loader gives back who held what, and who played each frame; the quiet before the agent takes back belongs to neither', async (t) => {
  const session = await readSession(written(t, LINES));
  assert.deepEqual(session.notices, []);
  const labels = (who?: 'agent' | 'human'): LabelMatrix => labelFrames(session, 'at-frame', 0, who);
  assert.deepEqual(framesHolding(labels('agent'), 'UP'), [...range(1, 30), ...range(46, 52)]);
  assert.deepEqual(framesHolding(labels('human'), 'UP'), []);
  assert.deepEqual(framesHolding(labels('human'), 'JUMP'), range(30, 35));
  assert.deepEqual(framesHolding(labels('agent'), 'JUMP'), []);
  assert.deepEqual(framesHolding(labels(), 'UP'), framesHolding(labels('agent'), 'UP'));
  const played = playedByFrames(session)!;
  const expected = [...range(0, 30).fill(1), ...range(30, 35).fill(2), ...range(35, 45).fill(0)];
  assert.deepEqual([...played], [...expected, ...range(45, 53).fill(1), ...range(53, 60).fill(0)]);
  assert.deepEqual((await describeSession(session)).playedBy, { nobody: 17, agent: 38, human: 5 });
});

test('what is learned from are the frames that a person played: each window aims at one of them, and every one is aimed at', async (t) => {
  const dataset = await readDataset([written(t, LINES)]);
  const { frameOf, fights, labels } = dataset;
  const { target, count } = makeWindows(fights, labels);
  assert.equal(count, 5);
  assert.deepEqual(
    [...target].map((place) => frameOf[place]),
    range(30, 35),
  );
  assert.deepEqual(framesHolding(labels, 'UP'), [], "the agent's keys are not labels");
});

test('what is given back by an order is whole: that nothing was pressed at its end is a decision of the person too', async (t) => {
  const ordered = [...LINES];
  ordered[7] = { ...(LINES[7] as object), givenBack: true }; // the agent, from 1004.45
  const session = await readSession(written(t, ordered));
  assert.deepEqual([...playedByFrames(session)!].slice(30, 45), range(30, 45).fill(2));
  assert.deepEqual(framesHolding(labelFrames(session, 'at-frame', 0, 'human'), 'JUMP'), range(30, 35));
  const { labels } = await readDataset([session.files.base]);
  assert.equal(labels.count, 25, 'ten frames for the first window, and fifteen to learn from');
});

test('a takeover that lasts to the end of the log is whole, and a recording without one has nothing to learn from', async (t) => {
  const open = await readSession(written(t, [...LINES.slice(0, 6), fightEnd(1005.85)]));
  assert.deepEqual([...playedByFrames(open)!].lastIndexOf(2), 59);
  const alone = written(t, [...LINES.slice(0, 3), fightEnd(1005.85)]);
  await assert.rejects(readDataset([alone]), { code: 'session-invalid', message: /was played by a person/ });
});

test("a person's own recording does not say who played, and loads as it always did", async (t) => {
  const plain = [fightStart(1000), press('f', 1000.1), release('f', 1000.3), fightEnd(1001)];
  const session = await readSession(written(t, plain));
  assert.equal(playedByFrames(session), null);
  assert.equal(onlyCorrections(session), session);
  assert.equal((await describeSession(session)).playedBy, null);
  assert.ok(session.events.every(({ source }) => source === null));
});

test('one key in two hands is two holds, and what goes up is said for each of them', async (t) => {
  const files = filesAt(`${temporaryFolder(t)}/two`);
  const clock = new VirtualClock();
  const size = { width: 64, height: 36 };
  const writer = await SessionWriter.create({
    ...{ files, rateHz: 10, ...size, source: 'test', contract: STUDY_CONTRACT, clock, video: false, background: true },
  });
  const keys = new KeyRecorder({ writer, hotKeys: null, recordPlayedBy: true, onStop: () => undefined });
  keys.focusGained(0, [{ key: 'Key.up', synthetic: true }]);
  writer.control('agent', 0);
  writer.control('agent', 10);
  const f = (down: boolean, atMs: number, synthetic: boolean): void => keys.key({ key: 'f', down, atMs, synthetic });
  f(true, 20, true);
  f(true, 30, false);
  f(false, 40, true);
  keys.key({ key: '1', down: true, atMs: 45, synthetic: false }); // not a hot key here, and not a key of the game
  keys.focusLost(60);
  keys.focusGained(70, []);
  f(true, 80, true);
  f(true, 90, false);
  for (let slot = 0; slot < 3; slot += 1) {
    await clock.sleepUntil(slot * 100);
    await writer.room();
    writer.offer({ ...size, pixels: new Uint8Array(64 * 36 * 4), capturedAtMs: slot * 100 });
  }
  await writer.finish('stopped');
  const session = await readSession(files);
  assert.deepEqual(
    session.events.map(({ key, down, source, synthetic }) => `${source}${synthetic ? '*' : ''} ${key} ${down}`),
    [
      ...['agent* Key.up true', 'agent* f true', 'human f true', 'agent* f false'],
      ...['agent* Key.up false', 'human f false', 'agent* f true', 'human f true', 'agent* f false', 'human f false'],
    ],
  );
  const { holds, unpaired } = pairHolds(session);
  assert.deepEqual([holds.length, unpaired.length], [5, 0]);
  assert.deepEqual(
    session.control.map(({ source }) => source),
    ['agent'],
  );
});

test('a recording that was cut off with a key in each hand is repaired for each of them', async (t) => {
  const header = {
    ...{ event: 'session', version: 1, rateHz: 10, actions: STUDY_NAMES, keys: { f: 'SHOOT' } },
    ...{ width: 64, height: 36, source: 'test', t: 1000 },
  };
  const open = [control('agent', 1000), by('agent', press('f', 1001)), by('human', press('f', 1002))];
  const name = written(t, [header, ...open]);
  assert.equal((await repairSession(name, 0)).actions.length, 3);
  const lines = readFileSync(`${name}_events.jsonl`, 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.slice(4, 6).map((line) => (JSON.parse(line) as { source: string }).source),
    ['agent', 'human'],
  );
  assert.deepEqual(pairHolds(await readSession(name)).unpaired, []);
});
