/** Who may stop the agent, who may start it again, and that a stop between two ticks is never missed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arming, type ArmingState } from '../../src/agent/arming.js';

function armingAt(options: { armed?: boolean } = {}) {
  const clock = { ms: 0 };
  const errors: string[] = [];
  const arming = new Arming({ nowMs: () => clock.ms, onListenerError: (m) => errors.push(m), ...options });
  return { arming, clock, errors };
}

/** Brings a machine into a state. */
function inState(state: ArmingState): Arming {
  const { arming } = armingAt();
  if (state === 'disarmed') arming.disarm('told to');
  if (state === 'paused') arming.pause();
  if (state === 'taken-over') arming.takeOver('a hand');
  if (state === 'panicked') arming.panic('F12');
  assert.equal(arming.state, state);
  return arming;
}

test('each command leads from each state where the table says', () => {
  const table: Record<ArmingState, readonly ArmingState[]> = {
    // after: arm, disarm, pause, resume, takeOver, handBack, panic
    armed: ['armed', 'disarmed', 'paused', 'armed', 'taken-over', 'armed', 'panicked'],
    disarmed: ['armed', 'disarmed', 'disarmed', 'disarmed', 'disarmed', 'disarmed', 'panicked'],
    paused: ['armed', 'disarmed', 'paused', 'armed', 'paused', 'paused', 'panicked'],
    'taken-over': ['armed', 'disarmed', 'paused', 'armed', 'taken-over', 'armed', 'panicked'],
    panicked: ['armed', 'panicked', 'panicked', 'panicked', 'panicked', 'panicked', 'panicked'],
  };
  const orders: readonly ((arming: Arming) => boolean)[] = [
    (arming) => arming.arm(),
    (arming) => arming.disarm('again'),
    (arming) => arming.pause(),
    (arming) => arming.resume(),
    (arming) => arming.takeOver('a hand'),
    (arming) => arming.handBack(),
    (arming) => arming.panic('F12'),
  ];
  for (const [from, expected] of Object.entries(table) as [ArmingState, ArmingState[]][]) {
    for (const [index, order] of orders.entries()) {
      const arming = inState(from);
      const changed = order(arming);
      assert.equal(arming.state, expected[index], `order ${index} from ${from}`);
      assert.equal(changed, expected[index] !== from, `whether order ${index} from ${from} changed anything`);
    }
  }
});

test('an agent that was started disarmed says so until it is armed', () => {
  const { arming, clock } = armingAt({ armed: false });
  const gate = arming.gate();
  assert.match(gate.closedBecause(null) ?? '', /disarmed, it was started disarmed/);
  clock.ms = 40;
  assert.equal(arming.arm('page'), true);
  assert.deepEqual(arming.status, { state: 'armed', reason: null, by: 'page', sinceMs: 40 });
  assert.equal(gate.closedBecause(null), null);
});

test('a stop that was over before the next tick still closes the gate once', () => {
  const { arming } = armingAt();
  const gate = arming.gate();
  assert.equal(gate.closedBecause(null), null);
  arming.pause('key');
  arming.resume('key');
  assert.match(gate.closedBecause(null) ?? '', /^paused, /);
  assert.equal(gate.closedBecause(null), null);
});

test('a listener that throws keeps no other from being notified, and is reported', () => {
  const { arming, errors } = armingAt();
  const heard: string[] = [];
  arming.onChange(() => {
    throw new Error('deaf');
  });
  const end = arming.onChange((status, before) => heard.push(`${before.state} -> ${status.state}`));
  arming.pause();
  end();
  arming.arm();
  assert.deepEqual(heard, ['armed -> paused']);
  assert.deepEqual(errors, ['deaf', 'deaf']);
});
