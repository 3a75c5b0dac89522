/** The parts of a run on a game: following fights, the keys of a restart, its steps, players without a model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gate } from '../../src/agent/gate.js';
import { NONE_HELD } from '../../src/core/action-set.js';
import { actionSetOf } from '../../src/core/study-actions.js';
import type { Frame } from '../../src/core/frame.js';
import type { GameFile } from '../../src/games/game-file.js';
import type { GameState } from '../../src/games/game-state.js';
import { unlimited } from '../../src/keyboard/guard/limits.js';
import { FightTracker } from '../../src/runs/game/fight-tracker.js';
import { parsePlayers } from '../../src/agent/scripted-players.js';
import { restart } from '../../src/runs/game/restart.js';
import { limitsOf, withTaps } from '../../src/runs/game/taps.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { RecordingSink } from '../../testing/agent/loop-parts.js';
import { PaperDesktop } from '../../testing/desktop/paper-desktop.js';

const ACTIONS = actionSetOf(['JUMP', 'DUCK']);
const KEYS = { actions: ACTIONS, keysyms: { JUMP: 'space', DUCK: 'Down' } };

const CUES: GameFile['cues'] = {
  fighting: {
    picture: 'hud.png',
    region: { left: 0, top: 0, width: 1, height: 1 },
    atLeast: 0.8,
    contrast: 'any',
    of: null,
  },
};

function frameAt(capturedAtMs: number): Frame {
  const size = { width: 1, height: 1, pixels: new Uint8Array(4) };
  return { index: 0, capturedAtMs, capturedAtUnixMs: 0, ...size, repeated: false, stale: false };
}

test('an ended fight keeps its own meters though the next one begins in the same picture', () => {
  const states: GameState[] = [
    { ...quiet(true, { score: 5 }), edges: [{ edge: 'began', atMs: 100 }] },
    { ...quiet(true, { score: 70 }) },
    {
      ...quiet(true, { score: null }),
      meters: { now: 3 },
      endedMeters: { score: 70 },
      edges: [
        { edge: 'ended', atMs: 250, beganAtMs: 100, outcome: 'lost', disputed: false },
        { edge: 'began', atMs: 300 },
      ],
    },
  ];
  const edges: string[] = [];
  let next = 0;
  const tracker = new FightTracker({ look: () => states[next++], finish: () => states[0] }, CUES, ({ edge }) =>
    edges.push(edge),
  );
  for (const atMs of [100, 200, 200, 300]) tracker.look(frameAt(atMs)); // the same picture is not looked at twice
  assert.deepEqual(tracker.take(), {
    ...{ beganAtMs: 100, endedAtMs: 250, outcome: 'lost', meters: { score: 70 } },
    isWhole: false, // it was there in the first picture
  });
  assert.equal(tracker.take(), null);
  assert.deepEqual(
    tracker.seen,
    { outcomes: { won: 0, lost: 1, ended: 0 }, meters: { now: 3 } },
    'of the last picture',
  );
  assert.deepEqual(edges, ['began', 'ended', 'began']);
});

function quiet(fighting: boolean, fightMeters: Record<string, number | null>): GameState {
  return { fighting, outcome: null, edges: [], scores: { fighting: 0.9 }, meters: {}, fightMeters, endedMeters: {} };
}

test('the keys of a restart come after the actions; one that an action has already is not added', () => {
  using layout = new PaperDesktop().openLayout();
  const { keys, taps } = withTaps(KEYS, ['F8', 'space', 'F8', 'Up'], layout);
  assert.deepEqual(keys.actions.names, ['JUMP', 'DUCK', 'tap-1', 'tap-2']);
  assert.deepEqual(
    [...taps],
    [
      ['F8', 4],
      ['space', 1],
      ['Up', 8],
    ],
  );
  assert.deepEqual(limitsOf({ ...unlimited(2), maxHoldMs: [50, null] }, keys).maxHoldMs, [50, null, null, null]);
  assert.equal(withTaps(KEYS, ['space'], layout).keys, KEYS);
  assert.throws(() => withTaps(KEYS, ['F13'], layout), { code: 'unknown-key', message: /a tap of the restart/ });
  const many = Array.from({ length: 30 }, (_, index) => `a${index}`);
  const full = { actions: actionSetOf(many), keysyms: Object.fromEntries(many.map((name) => [name, 'none'])) };
  assert.throws(() => withTaps({ ...full, keysyms: { ...full.keysyms, a0: 'Up' } }, ['space'], layout), {
    code: 'game-file-invalid',
    message: /30 actions, and its restart taps 1 keys besides/,
  });
});

test('a restart taps and waits in sequence, waits for closed gates, and leaves the last wait to its caller', async () => {
  const clock = new FakeClock();
  const sink = new RecordingSink(clock);
  const gate: Gate = { name: 'focus', closedBecause: () => (clock.nowMs() < 2400 ? 'elsewhere' : null) };
  const said: string[] = [];
  const left = await restart([{ waitMs: 1000 }, { tap: 'Return' }, { until: 'fighting', withinMs: 7000 }], {
    ...{ sink, gates: [gate], clock, signal: new AbortController().signal, taps: new Map([['Return', 4]]) },
    say: (text) => said.push(text),
    untilFighting: () => assert.fail('the last wait is the caller’s'),
  });
  assert.equal(left, 7000);
  const calls = sink.calls.map((call) => [call.kind, Math.round(call.atMs)]);
  assert.deepEqual(calls, [
    ['apply', 2400],
    ['release', 2500],
  ]);
  assert.deepEqual(said, ['the restart waits: focus: elsewhere']);
});

test('a wait for a fight in the middle of a restart is missed in time, and an aborted restart presses nothing', async () => {
  const clock = new FakeClock();
  const sink = new RecordingSink(clock);
  const parts = { sink, gates: [], clock, taps: new Map([['Return', 4]]), say: () => undefined };
  const steps = [{ until: 'fighting', withinMs: 10 }, { tap: 'Return' }] as const;
  const going = new AbortController().signal;
  assert.equal(
    await restart(steps, { ...parts, signal: going, untilFighting: () => Promise.resolve(false) }),
    'missed',
  );
  const untilFighting = () => Promise.resolve(true);
  assert.equal(await restart(steps, { ...parts, signal: AbortSignal.abort(), untilFighting }), null);
  assert.deepEqual(sink.calls, []);
});

test('random keys are the same for the same seed, change after 100 to 500 ms, and use every action', () => {
  const draw = (seed: number): number[] => {
    const [player] = parsePlayers('random', ACTIONS, 20);
    player.begin(seed);
    return Array.from({ length: 200 }, () => player.decide());
  };
  assert.deepEqual(draw(4), draw(4));
  assert.notDeepEqual(draw(4), draw(5));
  assert.equal(new Set(draw(4)).size, 4);
  for (const bit of [1, 2]) {
    const runs = draw(4)
      .map((held) => ((held & bit) === 0 ? '0' : '1'))
      .join('')
      .match(/0+|1+/g)!;
    for (const run of runs.slice(1, -1)) assert.ok(run.length >= 2 && run.length <= 10, run);
  }
});

test('players hold what they are named for, in any case', () => {
  const players = parsePlayers('idle, hold:jump+DUCK', ACTIONS, 10);
  assert.deepEqual(
    players.map((player) => [player.name, player.decide()]),
    [
      ['idle', NONE_HELD],
      ['hold:JUMP+DUCK', 3],
    ],
  );
});
