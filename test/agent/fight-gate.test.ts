/** The gate that keeps the agent out of menus, in the real loop: what is pressed, and which pictures the policy gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FightGate, type SeenFight } from '../../src/agent/gates/fight.js';
import { AgentLoop } from '../../src/agent/loop.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { RecordingObserver, RecordingSink, ScriptedPolicy, ScriptedSource } from '../../testing/agent/loop-parts.js';

const JUMP = STUDY_ACTIONS.holding('JUMP');

/** A letter for each picture: m a menu, f a fight that is not certain yet, F one that is on, x one whose cue is hidden. */
async function play(pictures: string, hasCue = true) {
  const clock = new FakeClock();
  const policy = new ScriptedPolicy(clock, () => JUMP);
  const sink = new RecordingSink(clock);
  const seen = new RecordingObserver();
  let looked = 0;
  const look = (): SeenFight => {
    const picture = pictures[looked];
    looked += 1;
    return { fighting: hasCue ? 'Fx'.includes(picture) : null, isPlay: 'fF'.includes(picture) };
  };
  const log: string[] = [];
  const loop = new AgentLoop({
    ...{ clock, policy, sink, gates: [], pictureGates: [new FightGate(look, hasCue)], observers: [seen] },
    ...{ source: new ScriptedSource(clock), applyDelayTicks: 0, leaseMs: 250, maxLateInRow: 3, rateHz: 10 },
    budgetMs: 50,
    signal: new AbortController().signal,
    isOver: () => seen.reports.length >= pictures.length,
    onRelease: (reason, _afterMs, { gate }) => log.push(`${reason} ${gate}`),
    onObserverTrouble: ({ message }) => assert.fail(message),
  });
  await loop.run();
  const held = seen.reports.map((report) => (report.held === JUMP ? '+' : '-')).join('');
  return { held, log, policy, gates: [...new Set(seen.reports.map(({ gate }) => gate))] };
}

test('nothing is pressed in a menu, and what is held is released when the fight is over', async () => {
  const { held, log, gates } = await play('mmfFFFmmfFF');
  assert.equal(held, '---+++---++');
  assert.deepEqual(log, ['gated fight: no fight is on', 'end null']);
  assert.deepEqual(gates, ['fight: no fight is on', null]);
});

test('the window begins with the first picture of each fight: menus are not in it, and pictures before it is certain are', async () => {
  const { policy } = await play('mmffFFmfF');
  assert.equal(policy.seen, 3, 'the pictures f of both fights');
  assert.equal(policy.calls, 3, 'the pictures F');
  assert.equal(policy.resets, 2, 'once for each fight');
});

test('a cue that is hidden for a moment ends nothing while the fight is on', async () => {
  const { held, policy } = await play('fFxxFF');
  assert.equal(held, '-+++++');
  assert.equal(policy.resets, 1);
});

test('a game without a cue is always played', async () => {
  assert.equal((await play('mmm', false)).held, '+++');
});
