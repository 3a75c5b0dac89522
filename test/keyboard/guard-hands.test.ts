/** One key held by agent and person, and the hot keys: what the guard does when a person comes to the keyboard. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { GuardStage, WATCHING } from '../../testing/agent/guard-stage.js';

const UP = 0;
const JUMP = 4;

test('a person who presses a mapped key gets the keyboard: the rest goes up at once, the key itself when the hand releases it', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP', 'SHOOT') });
  stage.nowMs += 7;
  stage.hand(JUMP, true);
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4', '+5', '-0', '-5']);
  assert.deepEqual(
    [stage.last('stopped')?.why, stage.last('stopped')?.key, stage.last('stopped')?.epoch],
    ['takeover', 'k4', 1],
  );
  assert.equal(stage.last('released')?.released, STUDY_ACTIONS.holding('UP', 'SHOOT'));
  stage.hand(JUMP, false);
  assert.deepEqual(stage.keyboard.edges.slice(5), ['-4']);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a press that is on its way when the agent releases the same key is seen first: the release waits for the hand', async () => {
  for (const letGo of [{ type: 'set', held: NONE_HELD }, { type: 'release' }] as const) {
    const stage = await GuardStage.open(WATCHING);
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
    stage.handOnItsWay(JUMP, true);
    stage.say(letGo);
    assert.deepEqual(stage.keyboard.edges, ['+0', '+4', '-0'], letGo.type);
    assert.equal(stage.last('stopped')?.why, 'takeover');
    stage.hand(JUMP, false);
    assert.deepEqual(stage.keyboard.edges.slice(3), ['-4'], letGo.type);
  }
});

test('a second press that is on its way when the first takes the keyboard over keeps its key too', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP', 'SHOOT') });
  stage.handOnItsWay(UP, true);
  stage.hand(JUMP, true);
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4', '+5', '-5']);
  stage.hand(UP, false);
  stage.hand(JUMP, false);
  assert.deepEqual(stage.keyboard.edges.slice(4), ['-0', '-4']);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a set sent before the guard stopped presses nothing; one sent by an agent that knows of the stop does', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.hand(UP, true);
  stage.hand(UP, false);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('DASH'), epoch: 0 });
  assert.deepEqual(stage.keyboard.edges, []);
  assert.equal(stage.last('done')?.held, NONE_HELD);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('DASH'), epoch: 1 });
  assert.deepEqual(stage.keyboard.edges, ['+6']);
});

test('a key that a program sends through XTEST does not count as a hand', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  stage.see(10 + JUMP, true, true);
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('SHOOT'));
  assert.equal(stage.last('stopped'), undefined);
});

test('a modifier in a hand stops the agent as a mapped key does, and the daemon is notified until it is free', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  stage.see(64, true, false);
  assert.equal(stage.keyboard.down, NONE_HELD, 'with Alt every key means something else');
  assert.deepEqual([stage.last('stopped')?.why, stage.last('stopped')?.key], ['takeover', 'Alt_L']);
  assert.deepEqual(stage.last('modifiers')?.keys, ['Alt_L']);
  stage.see(37, true, false);
  assert.deepEqual(stage.last('modifiers')?.keys, ['Control_L', 'Alt_L']);
  stage.see(64, false, false);
  stage.see(37, false, false);
  assert.deepEqual(stage.last('modifiers')?.keys, []);
});

test('a modifier of a program stops nothing, and one that was held before the guard came is found', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  stage.see(37, true, true);
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('SHOOT'));
  const late = await GuardStage.open(WATCHING, [37]);
  assert.deepEqual(late.last('modifiers')?.keys, ['Control_L']);
  late.inHands = []; // its keyboard was unplugged
  late.pass(1000);
  assert.deepEqual(late.last('modifiers')?.keys, []);
});

for (const [keycode, why, key] of [
  [96, 'panic', 'F12'],
  [74, 'paused', 'F8'],
] as const) {
  test(`the ${why} key stops the guard though the daemon says nothing, even when a program sends it`, async () => {
    const stage = await GuardStage.open(WATCHING);
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'SHOOT') });
    stage.nowMs += 100; // the daemon hangs
    stage.see(keycode, true, true);
    assert.equal(stage.keyboard.down, NONE_HELD);
    assert.deepEqual([stage.last('stopped')?.why, stage.last('stopped')?.key], [why, key]);
    assert.equal(stage.last('released')?.reason, why);
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP') }); // what the hanging daemon had queued
    assert.equal(stage.keyboard.down, NONE_HELD);
  });
}

test('the arm key is reported, and stops nothing', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP') });
  stage.see(75, true, false);
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('UP'));
  assert.equal(stage.last('arm-key')?.key, 'F9');
});

test('no release takes a key out of a hand: lease, pause, end of the daemon', async () => {
  for (const release of [
    (stage: GuardStage) => stage.pass(300),
    (stage: GuardStage) => stage.say({ type: 'release' }),
    (stage: GuardStage) => stage.guard.orphaned(),
  ]) {
    const stage = await GuardStage.open({ ...WATCHING, watch: { ...WATCHING.watch!, yieldToHands: false } });
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
    stage.hand(JUMP, true);
    release(stage);
    assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('JUMP'), 'the key was taken out of the hand');
    stage.hand(JUMP, false);
    assert.equal(stage.keyboard.down, NONE_HELD);
  }
});

test('an ending guard waits for the hand to release a key that it still has to release, but not without end', async () => {
  const stage = await GuardStage.open({ ...WATCHING, watch: { ...WATCHING.watch!, yieldToHands: false } });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('JUMP') });
  stage.hand(JUMP, true);
  stage.guard.orphaned();
  for (let i = 0; i < 100; i += 1) await stage.passAwake(10);
  assert.equal(stage.exitCode, null, 'it ended although it had a key to release');
  stage.hand(JUMP, false);
  await stage.passAwake(20);
  assert.equal(stage.keyboard.down, NONE_HELD);
  assert.equal(stage.exitCode, 0);
  assert.ok(stage.guard.isClean);

  const other = await GuardStage.open({ ...WATCHING, watch: { ...WATCHING.watch!, yieldToHands: false } });
  other.say({ type: 'set', held: STUDY_ACTIONS.holding('JUMP') });
  other.hand(JUMP, true);
  other.guard.interrupted(143);
  for (let i = 0; i < 220; i += 1) await other.passAwake(10);
  assert.equal(other.exitCode, 143);
  assert.equal(other.keyboard.down, STUDY_ACTIONS.holding('JUMP'), 'the key was taken out of the hand');
  assert.ok(!other.guard.isClean, 'the next start must find it noted');
});

test('a key that a person held before the guard came is known to be in a hand', async () => {
  const stage = await GuardStage.open(WATCHING, [10 + JUMP]);
  stage.keyboard.human = STUDY_ACTIONS.holding('JUMP');
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  assert.deepEqual(stage.keyboard.edges, ['+0']);
  stage.hand(JUMP, false);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4']);
});

test('a keyboard that is unplugged while it holds a key holds it no longer', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.hand(JUMP, true);
  stage.inHands = []; // no release was seen
  stage.pass(1000);
  assert.equal(stage.last('hands')?.hands, NONE_HELD);
});

test('two keyboards hold one key until both have released it', async () => {
  const stage = await GuardStage.open({ ...WATCHING, watch: { ...WATCHING.watch!, yieldToHands: false } });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('JUMP') });
  stage.see(10 + JUMP, true, false, 'left');
  stage.see(10 + JUMP, true, false, 'right');
  stage.say({ type: 'release' });
  stage.see(10 + JUMP, false, false, 'left');
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('JUMP'));
  stage.see(10 + JUMP, false, false, 'right');
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a display that is lost ends the guard, and what was held is reported', async () => {
  const stage = await GuardStage.open(WATCHING);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  stage.keyboard.failOn = () => true;
  stage.lose(
    new UnderstudyError({ kind: 'environment', code: 'x11-failed', message: 'The display broke.', next: 'Wait.' }),
  );
  assert.match(stage.last('failed')?.message ?? '', /The display broke\. \(held then: k0, k4\)/);
  await new Promise(setImmediate);
  assert.equal(stage.exitCode, 1);
});

test('a guard that cannot note its keys says so and presses all the same', async () => {
  const stage = new GuardStage();
  stage.unnoted = 'the disk is full';
  stage.guard.receive(WATCHING);
  await new Promise(setImmediate);
  assert.deepEqual(stage.last('ready')?.warnings, ['the disk is full']);
});

test('whatever a person and the daemon do, no key in a hand is released, and none of ours stays down', async () => {
  const step = fc.oneof(
    fc.record({ held: fc.integer({ min: 0, max: 127 }), late: fc.boolean() }),
    fc.record({ index: fc.integer({ min: 0, max: 6 }), down: fc.boolean() }),
    fc.record({ passMs: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ keycode: fc.constantFrom(96, 74, 75) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, yieldToHands) => {
      const stage = await GuardStage.open({ ...WATCHING, watch: { ...WATCHING.watch!, yieldToHands } });
      stage.keyboard.failOn = (index, down) => {
        assert.ok(down || (stage.keyboard.human & (1 << index)) === 0, `key ${index} was taken out of a hand`);
        return false;
      };
      for (const action of steps) {
        const epoch = stage.last('stopped')?.epoch ?? 0;
        if ('held' in action) stage.say({ type: 'set', held: action.held, epoch: action.late ? epoch - 1 : epoch });
        else if ('index' in action) stage.hand(action.index, action.down);
        else if ('keycode' in action) stage.see(action.keycode, true, false);
        else {
          stage.inHands = [...Array(7).keys()].filter((i) => stage.keyboard.human & (1 << i)).map((i) => 10 + i);
          stage.pass(action.passMs);
        }
      }
      for (let index = 0; index < 7; index += 1) stage.hand(index, false);
      stage.pass(250);
      assert.equal(stage.keyboard.down, NONE_HELD);
      assert.equal(stage.last('failed'), undefined);
    }),
    { numRuns: 300 },
  );
});
