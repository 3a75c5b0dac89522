/** Each gate with pictures, clocks and hands that the test makes; and the loop that asks them. */
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NONE_HELD } from '../../src/core/action-set.js';
import type { Frame } from '../../src/core/frame.js';
import { Arming } from '../../src/agent/arming.js';
import type { PictureGate } from '../../src/agent/gate.js';
import { BlackGate } from '../../src/agent/gates/black.js';
import { focusGate } from '../../src/agent/gates/focus.js';
import { FreshnessGate } from '../../src/agent/gates/freshness.js';
import { FrozenGate, frozenAfterMsFor } from '../../src/agent/gates/frozen.js';
import { StallGate } from '../../src/agent/gates/stall.js';
import { PictureView } from '../../src/agent/gates/picture-view.js';
import { StrangeGate } from '../../src/agent/gates/strange.js';
import { TakeoverGate } from '../../src/agent/gates/takeover.js';
import { AgentLoop } from '../../src/agent/loop.js';
import { PictureRecorder, readPictureRecord, statisticsOf } from '../../src/vision/picture-record.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { RecordingObserver, RecordingSink, ScriptedPolicy, ScriptedSource } from '../../testing/agent/loop-parts.js';

const WIDTH = 128;
const HEIGHT = 72;
let index = 0;

/** A picture whose left half has one gray level and whose right half another. */
function picture(left: number, right = left, capturedAtMs = index * 100): Frame {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i += 1) pixels.fill(i % WIDTH < WIDTH / 2 ? left : right, i * 4, i * 4 + 4);
  const at = { index: index++, capturedAtMs, capturedAtUnixMs: capturedAtMs };
  return { ...at, width: WIDTH, height: HEIGHT, pixels, repeated: false, stale: false };
}

const view = (): PictureView => new PictureView(STUDY_CONTRACT);

function closedAfter(gate: PictureGate, ...frames: readonly (Frame | null)[]): boolean {
  for (const frame of frames) gate.see(frame);
  return gate.closedBecause(null) !== null;
}

test('the focus gate is open exactly while the window has the focus', () => {
  const window = { focused: true, isKeyboardGrabbed: false, hasFocus: () => window.focused };
  const gate = focusGate(window);
  assert.equal(gate.closedBecause(null), null);
  window.focused = false;
  assert.match(gate.closedBecause(null) ?? '', /does not have it/);
  window.isKeyboardGrabbed = true;
  assert.match(gate.closedBecause(null) ?? '', /has grabbed the keyboard/);
});

test('the black gate closes at the first black picture and opens at the first lit one', () => {
  const gate = new BlackGate(view());
  assert.ok(!closedAfter(gate, picture(24)));
  assert.ok(closedAfter(gate, picture(0)));
  assert.ok(closedAfter(gate, null), 'no picture is no light');
  assert.ok(closedAfter(gate, picture(6)), 'a fade leaves a few levels');
  assert.ok(!closedAfter(gate, picture(0, 40)));
});

test('the frozen gate closes once the picture stood still longer than the game ever does', () => {
  const gate = new FrozenGate(view(), 500);
  const frames = [0, 1, 2, 3, 4, 5].map((i) => picture(50, 90, 1000 + i * 100));
  assert.ok(!closedAfter(gate, ...frames));
  assert.ok(closedAfter(gate, picture(50, 90, 1600)));
  assert.ok(!closedAfter(gate, picture(50, 91, 1700)));
});

test('stillness that the gate did not watch counts for nothing', () => {
  const gate = new FrozenGate(view(), 500);
  assert.ok(!closedAfter(gate, picture(50, 90, 1000), picture(50, 90, 9000)));
});

test('the stillness of a training is doubled, and at least a second', () => {
  assert.deepEqual([frozenAfterMsFor(0), frozenAfterMsFor(400), frozenAfterMsFor(3000)], [1000, 1000, 6000]);
});

test('the strange gate closes at the third picture in a row that is unlike the training, not at a flash', () => {
  const record = { frames: 100, mean: [60, 80], variance: [100, 400], longestStillMs: 0 } as const;
  const like = () => picture(60, 90); // mean 75, spread 15
  const gate = new StrangeGate(view(), record);
  assert.ok(!closedAfter(gate, like()));
  assert.ok(!closedAfter(gate, picture(255), picture(255), like()));
  assert.ok(closedAfter(gate, picture(200), picture(200), picture(200)));
  assert.match(gate.closedBecause() ?? '', /mean of the grays 200, expected 54 to 86/);
  assert.ok(!closedAfter(gate, like()));
  assert.ok(closedAfter(gate, ...Array.from({ length: 3 }, () => picture(0, 150))), 'the same mean, another spread');
});

test('the freshness gate closes when no fresh frame came for a lease', () => {
  const clock = new FakeClock();
  const gate = new FreshnessGate(clock, 250);
  clock.advance(250);
  assert.ok(!closedAfter(gate, null));
  clock.advance(1);
  assert.ok(closedAfter(gate, null));
  assert.ok(!closedAfter(gate, picture(50, 50, clock.nowMs())));
  assert.ok(closedAfter(gate, picture(50, 50, clock.nowMs() - 251)), 'a frame that was old when it came');
});

test('after a stall longer than the lease the agent starts with an empty window, after a shorter one it continues', () => {
  const gate = new StallGate(100, 250);
  const tick = (missedBefore: number, latenessMs = 0) => ({ tick: 9, deadlineMs: 900, latenessMs, missedBefore });
  assert.equal(gate.closedBecause(tick(0, 99)), null);
  assert.equal(gate.closedBecause(tick(1)), null);
  assert.match(gate.closedBecause(tick(3)) ?? '', /3 ticks were missed/);
  assert.equal(gate.closedBecause(null), null);
});

test('a modifier in a hand takes over by its name, and hands back after some time of quiet', () => {
  const clock = new FakeClock();
  const arming = new Arming({ nowMs: () => clock.nowMs() });
  const gate = new TakeoverGate({ arming, actions: STUDY_ACTIONS, nowMs: () => clock.nowMs(), resumeAfterMs: 500 });
  gate.modifiersHold(['Super_L']);
  assert.equal(arming.state, 'taken-over');
  clock.advance(5000);
  assert.match(gate.closedBecause() ?? '', /a person holds Super_L/);
  gate.modifiersHold([]);
  clock.advance(499);
  gate.closedBecause();
  assert.equal(arming.state, 'taken-over');
  clock.advance(1);
  gate.closedBecause();
  assert.equal(arming.state, 'armed');
});

test('a hand on a mapped key takes over, and hands back after some time of quiet', () => {
  const clock = new FakeClock();
  const arming = new Arming({ nowMs: () => clock.nowMs() });
  const gate = new TakeoverGate({ arming, actions: STUDY_ACTIONS, nowMs: () => clock.nowMs(), resumeAfterMs: 2000 });
  gate.handsHold(STUDY_ACTIONS.holding('JUMP'));
  assert.equal(arming.state, 'taken-over');
  assert.match(gate.closedBecause() ?? '', /holds JUMP/);
  clock.advance(60_000);
  assert.match(gate.closedBecause() ?? '', /holds JUMP/, 'a held key is not quiet');
  gate.handsHold(NONE_HELD);
  clock.advance(1999);
  gate.closedBecause();
  assert.equal(arming.state, 'taken-over');
  clock.advance(1);
  assert.equal(gate.closedBecause(), null);
  assert.equal(arming.state, 'armed');
});

test('a resume needs no quiet, but a key that is still in the hand takes over again', () => {
  const clock = new FakeClock();
  const arming = new Arming({ nowMs: () => clock.nowMs() });
  const gate = new TakeoverGate({ arming, actions: STUDY_ACTIONS, nowMs: () => clock.nowMs(), resumeAfterMs: 2000 });
  gate.handsHold(STUDY_ACTIONS.holding('JUMP'));
  gate.handsHold(NONE_HELD);
  arming.resume('key');
  assert.equal(gate.closedBecause(), null);
  assert.equal(arming.state, 'armed');
  gate.handsHold(STUDY_ACTIONS.holding('UP'));
  arming.resume('key');
  gate.closedBecause();
  assert.equal(arming.state, 'taken-over');
});

test('a person who comes while the agent is paused leaves it paused', () => {
  const arming = new Arming({ nowMs: () => 0 });
  const gate = new TakeoverGate({ arming, actions: STUDY_ACTIONS, nowMs: () => 0, resumeAfterMs: 0 });
  arming.pause('key');
  gate.handsHold(STUDY_ACTIONS.holding('UP'));
  gate.handsHold(NONE_HELD);
  gate.closedBecause();
  assert.equal(arming.state, 'paused');
});

test('a record is the extremes of its pictures and the longest stillness within one fight', () => {
  const recorder = new PictureRecorder(100, 4);
  const frames: [number[], number][] = [
    [[0, 0, 0, 0], 0],
    [[10, 10, 30, 30], 0],
    [[10, 10, 30, 30], 0],
    [[10, 10, 30, 30], 0],
    [[10, 10, 30, 30], 1],
    [[100, 100, 100, 100], 1],
  ];
  for (const [gray, fight] of frames) recorder.add(Uint8Array.from(gray), fight);
  const record = recorder.record();
  assert.deepEqual(record, { frames: 6, mean: [0, 100], variance: [0, 100], longestStillMs: 200 });
  assert.deepEqual(readPictureRecord({ pictures: record }), record);
  assert.deepEqual(statisticsOf(Uint8Array.from([10, 10, 30, 30])), { mean: 20, variance: 100, lit: 0.5 });
});

test('a bundle without a record, or with one that makes no sense, has none', () => {
  const good = { frames: 1, mean: [0, 1], variance: [0, 1], longestStillMs: 0 };
  for (const wrong of [undefined, null, 3, {}, { ...good, mean: [1, 0] }, { ...good, variance: [0, Number.NaN] }]) {
    assert.equal(readPictureRecord({ pictures: wrong }), null);
  }
  assert.equal(readPictureRecord({ pictures: { ...good, longestStillMs: -1 } }), null);
});

test('a closed picture gate releases everything, decides nothing, and starts with an empty window when it opens', async () => {
  const clock = new FakeClock();
  const sink = new RecordingSink(clock);
  const policy = new ScriptedPolicy(clock, () => STUDY_ACTIONS.holding('SHOOT'));
  const seen = new RecordingObserver();
  const releases: (string | null)[] = [];
  let looked = 0;
  const gate: PictureGate = {
    blind: true,
    name: 'black',
    see: () => (looked += 1),
    closedBecause: () => (looked >= 4 && looked <= 6 ? 'the picture is black' : null),
  };
  const loop = new AgentLoop({
    ...{ clock, policy, sink, gates: [], pictureGates: [gate], observers: [seen], rateHz: 10, budgetMs: 50 },
    ...{ source: new ScriptedSource(clock), applyDelayTicks: 1, leaseMs: 250, maxLateInRow: 3 },
    signal: new AbortController().signal,
    isOver: () => seen.reports.length >= 10,
    onRelease: (_reason, _afterMs, { gate: closed }) => releases.push(closed),
    onObserverTrouble: () => assert.fail('an observer misbehaved'),
  });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => report.outcome),
    [...Array<string>(3).fill('acted'), ...Array<string>(3).fill('gated'), ...Array<string>(4).fill('acted')],
  );
  assert.equal(policy.calls, 7);
  assert.equal(policy.resets, 2); // at the start, and when it opened
  assert.deepEqual(releases, ['black: the picture is black', null]);
  const pressedBlind = sink.calls.filter((call) => call.kind === 'apply' && call.atMs > 301 && call.atMs < 700);
  assert.deepEqual(pressedBlind, []);
});
