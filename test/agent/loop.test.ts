import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentLoop, type LoopOptions } from '../../src/agent/loop.js';
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { ReleaseReason } from '../../src/core/key-sink.js';
import type { TickObserver } from '../../src/core/tick-report.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { RecordingObserver, RecordingSink, ScriptedPolicy, ScriptedSource } from '../../testing/agent/loop-parts.js';

const JUMP = STUDY_ACTIONS.holding('JUMP');
const SHOOT = STUDY_ACTIONS.holding('SHOOT');

/** A loop of stand-ins at 10 Hz that ends after `ticks` reports. */
function makeLoop(
  ticks: number,
  script: {
    readonly held?: (call: number) => HeldActions;
    readonly frames?: (call: number) => 'fresh' | 'starved' | 'stale';
    readonly tookMs?: (call: number) => number;
  } & Partial<Omit<LoopOptions, 'clock' | 'source' | 'policy' | 'sink' | 'isOver'>> = {},
) {
  const clock = new FakeClock();
  const source = new ScriptedSource(clock, script.frames);
  const policy = new ScriptedPolicy(clock, script.held ?? (() => SHOOT));
  if (script.tookMs) policy.tookMs = script.tookMs;
  const sink = new RecordingSink(clock);
  const seen = new RecordingObserver();
  const releases: { reason: ReleaseReason; afterMs: number }[] = [];
  const troubles: string[] = [];
  const loop = new AgentLoop({
    clock,
    source,
    policy,
    sink,
    gates: script.gates ?? [],
    pictureGates: script.pictureGates ?? [],
    observers: [seen, ...(script.observers ?? [])],
    rateHz: script.rateHz ?? 10,
    budgetMs: script.budgetMs ?? 50,
    applyDelayTicks: script.applyDelayTicks ?? 1,
    leaseMs: 250,
    maxLateInRow: script.maxLateInRow ?? 3,
    signal: script.signal ?? new AbortController().signal,
    isOver: () => seen.reports.length >= ticks,
    onRelease: (reason, afterMs) => releases.push({ reason, afterMs }),
    onObserverTrouble: (trouble) => troubles.push(trouble.message),
  });
  return { clock, source, policy, sink, seen, releases, troubles, loop };
}

test('a decision of horizon 1 is applied at the next deadline', async () => {
  const { loop, sink } = makeLoop(3, { held: (call) => [JUMP, SHOOT, NONE_HELD][call] });
  await loop.run();
  assert.deepEqual(sink.calls, [
    { kind: 'apply', held: JUMP, atMs: 1100 },
    { kind: 'apply', held: SHOOT, atMs: 1200 },
    { kind: 'release', reason: 'end', atMs: 1203 },
  ]);
});

test('a decision applied at once goes out in its own tick and its latency ends there', async () => {
  const { loop, sink, seen } = makeLoop(1, { held: () => JUMP, applyDelayTicks: 0 });
  await loop.run();
  assert.deepEqual(sink.calls[0], { kind: 'apply', held: JUMP, atMs: 1003 });
  assert.equal(seen.reports[0].latencyMs, 3);
});

test('latency never counts the planned wait of the horizon', async () => {
  const { loop, seen } = makeLoop(2);
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => report.latencyMs),
    [3, 3],
  );
});

test('at 60 Hz with a stride of 6 a decision waits six ticks, one period of the model', async () => {
  const { loop, sink } = makeLoop(8, { rateHz: 60, applyDelayTicks: 6, held: (call) => (call === 0 ? JUMP : SHOOT) });
  await loop.run();
  const first = sink.calls[0];
  assert.deepEqual([first.kind, first.kind === 'apply' && first.held], ['apply', JUMP]);
  assert.ok(Math.abs(first.atMs - 1100) < 1e-6);
});

test('a missed tick is skipped and counted, never run in a burst', async () => {
  const { loop, seen } = makeLoop(3, { tookMs: (call) => (call === 0 ? 370 : 2) });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.tick, report.missedBefore, report.outcome]),
    [
      [0, 0, 'late'],
      [3, 2, 'late'], // due at 1300, begun at 1371: late, not missed
      [4, 0, 'acted'],
    ],
  );
});

test('a machine that oversleeps whole periods has missed their ticks', async () => {
  const { loop, clock, seen } = makeLoop(2);
  clock.overshootMs.push(0, 250);
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.tick, report.missedBefore, report.latenessMs]),
    [
      [0, 0, 0],
      [3, 2, 50],
    ],
  );
});

test('the decision of a late tick is not applied and the keys hold', async () => {
  const { loop, sink, seen } = makeLoop(3, {
    held: (call) => (call === 1 ? JUMP : SHOOT),
    tookMs: (call) => (call === 1 ? 60 : 2),
  });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.outcome, report.held]),
    [
      ['acted', NONE_HELD],
      ['late', SHOOT],
      ['acted', SHOOT],
    ],
  );
  assert.deepEqual(
    sink.calls.map((call) => (call.kind === 'apply' ? call.held : call.kind)),
    [SHOOT, 'renew', 'release'],
  );
});

test('lateness counts against the budget as latency does', async () => {
  const { loop, clock, seen } = makeLoop(2);
  clock.overshootMs.push(0, 48); // 48 late + 3 of work > 50
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => report.outcome),
    ['acted', 'late'],
  );
});

test('after too many late ticks in a row everything is released until a decision is on time again', async () => {
  const { loop, releases, seen } = makeLoop(8, {
    maxLateInRow: 2,
    tookMs: (call) => (call >= 1 && call <= 4 ? 60 : 2),
  });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.outcome, report.held]),
    [
      ['acted', NONE_HELD],
      ['late', SHOOT],
      ['late', SHOOT],
      ['late', NONE_HELD],
      ['late', NONE_HELD],
      ['acted', NONE_HELD],
      ['acted', SHOOT],
      ['acted', SHOOT],
    ],
  );
  assert.deepEqual(
    releases.map((release) => release.reason),
    ['late', 'end'],
  );
});

test('an agent without frames releases once the lease is over, and does not renew it', async () => {
  const { loop, sink, releases, seen } = makeLoop(6, { frames: (call) => (call >= 2 ? 'starved' : 'fresh') });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.outcome, report.held]),
    [
      ['acted', NONE_HELD],
      ['acted', SHOOT],
      ['starved', SHOOT], // the decision of tick 1 was made while it could see
      ['starved', SHOOT],
      ['starved', SHOOT],
      ['starved', NONE_HELD],
    ],
  );
  assert.equal(releases[0].reason, 'starved');
  assert.ok(releases[0].afterMs >= 250 && releases[0].afterMs < 350);
  assert.ok(!sink.calls.some((call) => call.kind === 'renew'));
});

test('a stale frame is never acted on', async () => {
  const { loop, policy, seen } = makeLoop(2, { frames: () => 'stale' });
  await loop.run();
  assert.equal(policy.calls, 0);
  assert.deepEqual(
    seen.reports.map((report) => report.outcome),
    ['starved', 'starved'],
  );
});

/** A gate that is closed in the ticks 2 and 3. */
function closedForTwo({ blind = false } = {}) {
  const gate = { name: 'focus', blind, open: true, closedBecause: () => (gate.open ? null : 'elsewhere') };
  const observer: TickObserver = { onTick: ({ tick }) => void (gate.open = tick < 1 || tick >= 3) };
  return { gates: [gate], observers: [observer] };
}

test('while a gate is closed each picture is seen and nothing is decided or pressed, and the window is kept', async () => {
  const { loop, policy, source, sink, seen } = makeLoop(6, closedForTwo());
  await loop.run();
  assert.deepEqual([policy.resets, policy.calls, policy.seen, source.calls], [1, 4, 2, 6]);
  assert.equal(policy.dropped, 2, 'its keys were released: it may not think that it holds them');
  const pressed = sink.calls.filter((call) => call.kind === 'apply').map((call) => call.atMs);
  assert.deepEqual(pressed, [1100, 1500], 'only with the gate open, and never a decision made before it closed');
  const gated = seen.reports.filter(({ outcome }) => outcome === 'gated');
  assert.ok(
    gated.every(({ decision, held, stageMs }) => decision === null && held === NONE_HELD && stageMs.encode === 1),
  );
});

test('keys are released before the picture of a gated tick is waited for', async () => {
  const { loop, sink, releases, source } = makeLoop(3, closedForTwo());
  source.grabMs = 40;
  await loop.run();
  const release = sink.calls.find((call) => call.kind === 'release');
  assert.equal(release?.atMs, 1200);
  assert.equal(releases[0].reason, 'gated');
});

test('pictures behind a blind gate are not seen, and the window starts empty', async () => {
  const { loop, policy, source } = makeLoop(6, closedForTwo({ blind: true }));
  await loop.run();
  assert.deepEqual([policy.resets, policy.calls, policy.seen, source.calls], [2, 4, 0, 4]);
});

test('a window that misses pictures for a lease behind a closed gate starts empty, one that misses less is kept', async () => {
  const gate = { name: 'focus', open: true, closedBecause: () => (gate.open ? null : 'elsewhere') };
  const closed: TickObserver = { onTick: ({ tick }) => void (gate.open = tick < 1 || tick >= 8) };
  const resetsWithout = async (missing: number) => {
    const { loop, policy } = makeLoop(11, {
      gates: [gate],
      observers: [closed],
      frames: (call) => (call >= 4 && call < 4 + missing ? 'stale' : 'fresh'),
    });
    await loop.run();
    return policy.resets;
  };
  assert.deepEqual([await resetsWithout(2), await resetsWithout(4)], [1, 2]);
});

test('a picture gate that closes behind another closed gate empties the window', async () => {
  let looked = 0;
  const black = {
    name: 'black',
    blind: true,
    see: () => void (looked += 1),
    closedBecause: () => (looked === 3 ? 'the picture is black' : null),
  };
  const { loop, policy, seen } = makeLoop(6, { ...closedForTwo(), pictureGates: [black] });
  await loop.run();
  assert.deepEqual([policy.resets, policy.seen], [2, 1]);
  assert.equal(seen.reports[2].gate, 'focus: elsewhere');
});

test('one missing picture after a gate opened does not empty the window that was filled behind it', async () => {
  const gate = { name: 'focus', open: true, closedBecause: () => (gate.open ? null : 'elsewhere') };
  const closed: TickObserver = { onTick: ({ tick }) => void (gate.open = tick < 1 || tick >= 6) };
  const { loop, policy } = makeLoop(10, {
    gates: [gate],
    observers: [closed],
    frames: (call) => (call === 7 ? 'starved' : 'fresh'),
  });
  await loop.run();
  assert.equal(policy.resets, 1);
});

test('a model that fails behind a closed gate ends the run with nothing held', async () => {
  const { loop, policy, sink } = makeLoop(6, closedForTwo());
  policy.see = () => Promise.reject(new Error('the model failed'));
  await assert.rejects(loop.run(), /the model failed/);
  assert.equal(sink.held, NONE_HELD);
});

test('a closed gate releases at once, and what was decided before it closed is gone', async () => {
  const focus = { name: 'focus', open: true, closedBecause: () => (focus.open ? null : 'elsewhere') };
  const toggler: TickObserver = {
    onTick: (report) => {
      if (report.tick === 1) focus.open = false;
      if (report.tick === 3) focus.open = true;
    },
  };
  const { loop, policy, releases, seen } = makeLoop(6, { gates: [focus], observers: [toggler] });
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.outcome, report.gate, report.held]),
    [
      ['acted', null, NONE_HELD],
      ['acted', null, SHOOT],
      ['gated', 'focus: elsewhere', NONE_HELD],
      ['gated', 'focus: elsewhere', NONE_HELD],
      ['acted', null, NONE_HELD], // what was on its way when the gate closed is gone
      ['acted', null, SHOOT],
    ],
  );
  assert.deepEqual(
    releases.map((release) => release.reason),
    ['gated', 'end'],
  );
  assert.equal(policy.resets, 1);
});

test('a policy that throws leaves no key held', async () => {
  const { loop, sink, releases } = makeLoop(9, {
    held: (call) => {
      if (call === 2) throw new Error('the model failed');
      return SHOOT;
    },
  });
  await assert.rejects(loop.run(), /the model failed/);
  assert.equal(sink.held, NONE_HELD);
  assert.deepEqual(
    releases.map((release) => release.reason),
    ['fault'],
  );
});

test('an aborted signal ends the run between two ticks with everything released', async () => {
  const controller = new AbortController();
  const stopper: TickObserver = { onTick: (report) => void (report.tick === 2 && controller.abort()) };
  const { loop, seen, releases } = makeLoop(99, { signal: controller.signal, observers: [stopper] });
  await loop.run();
  assert.equal(seen.reports.length, 3);
  assert.deepEqual(
    releases.map((release) => release.reason),
    ['signal'],
  );
});

test('an observer that never finishes delays no tick and gets no second report', async () => {
  let told = 0;
  const stuck: TickObserver = {
    onTick: () => {
      told += 1;
      return new Promise<void>(() => undefined);
    },
  };
  const { loop, seen } = makeLoop(5, { observers: [stuck] });
  await loop.run();
  assert.equal(told, 1);
  assert.ok(seen.reports.every((report) => report.latenessMs === 0));
});

test('an observer that throws is dropped, and the run continues', async () => {
  const broken: TickObserver = {
    onTick: () => {
      throw new Error('no space left');
    },
  };
  const { loop, seen, troubles } = makeLoop(3, { observers: [broken] });
  await loop.run();
  assert.equal(seen.reports.length, 3);
  assert.deepEqual(troubles, ['it failed: no space left']);
});

test('an observer that keeps blocking is dropped after three times', async () => {
  const parts = makeLoop(6, { observers: [{ onTick: () => parts.clock.advance(80) }] });
  await parts.loop.run();
  assert.equal(parts.troubles.length, 1);
  assert.match(parts.troubles[0], /blocked the loop 3 times in a row/);
});

test('a tick that begins later than the whole budget is late, not starved, whatever its source does about deadlines', async () => {
  const { loop, clock, source, sink, seen } = makeLoop(4);
  const grab = source.next;
  // as real adapters do: nothing is given after the deadline
  source.next = async (deadlineMs, signal) => {
    const frame = await grab(deadlineMs, signal);
    return clock.nowMs() <= deadlineMs ? frame : null;
  };
  clock.overshootMs.push(0, 0, 80);
  await loop.run();
  assert.deepEqual(
    seen.reports.map((report) => [report.outcome, report.held]),
    [
      ['acted', NONE_HELD],
      ['acted', SHOOT],
      ['late', SHOOT],
      ['acted', SHOOT],
    ],
  );
  assert.equal(sink.calls.filter((call) => call.kind === 'renew').length, 1);
});

test('a decision that would be applied at once is not, where the focus went away during the work', async () => {
  let asked = 0;
  const focus = { name: 'focus', closedBecause: () => ((asked += 1) === 2 ? 'elsewhere' : null) };
  const { loop, policy, sink, seen } = makeLoop(1, { gates: [focus], applyDelayTicks: 0 });
  await loop.run();
  assert.equal(seen.reports[0].outcome, 'gated');
  assert.equal(policy.dropped, 1);
  assert.ok(!sink.calls.some((call) => call.kind === 'apply'));
});
