/** The guard's decisions under a clock that the test moves, with keys that exist in memory only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { KeyGuard } from '../../src/keyboard/guard/key-guard.js';
import { encodeMessage, messageReader, type Hello, type ToGuard } from '../../src/keyboard/guard/protocol.js';
import { GuardStage, HELLO, helloOf } from '../../testing/agent/guard-stage.js';

test('releases go out before presses, and only edges go out', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'DOWN', 'DASH') });
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4', '-4', '+1', '+6']);
  assert.equal(stage.last('done')?.edges, 5);
});

test('held keys expire a lease after the last message, and a renewal is a message', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  stage.pass(200);
  stage.say({ type: 'renew' });
  stage.pass(249);
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('SHOOT'));
  stage.pass(1);
  assert.equal(stage.keyboard.down, NONE_HELD);
  assert.deepEqual(
    [stage.last('released')?.reason, stage.last('released')?.afterMs, stage.last('released')?.released],
    ['lease', 250, STUDY_ACTIONS.holding('SHOOT')],
  );
});

test('a renewal after the lease ended presses nothing; a new set does', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  stage.pass(300);
  stage.say({ type: 'renew' });
  assert.equal(stage.keyboard.down, NONE_HELD);
  assert.equal(stage.last('done')?.held, NONE_HELD);
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('SHOOT') });
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('SHOOT'));
  stage.pass(250);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a renewal that presses what a bound had kept up starts a lease for it', async () => {
  const maxPressesPerSecond = HELLO.keys.map(() => 1);
  const stage = await GuardStage.open({ ...HELLO, limits: { ...HELLO.limits, maxPressesPerSecond } });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('DASH') });
  stage.say({ type: 'set', held: NONE_HELD });
  stage.pass(HELLO.leaseMs); // no lease is watched any more
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('DASH') }); // one press a second: refused for now
  assert.equal(stage.keyboard.down, NONE_HELD);
  for (let i = 0; i < 10; i += 1) {
    stage.pass(100);
    stage.say({ type: 'renew' });
  }
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('DASH'));
  stage.pass(HELLO.leaseMs);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a set that was stuck in the pipe longer than the lease may release but not press', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'DOWN') });
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'DASH'), atMs: stage.nowMs - 251 });
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('UP'));
  stage.pass(250);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a key that a person holds is left in the hand, and pressed once it is free', async () => {
  const stage = await GuardStage.open();
  stage.keyboard.human = STUDY_ACTIONS.holding('JUMP');
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP') });
  assert.deepEqual(stage.keyboard.edges, ['+0']);
  stage.keyboard.human = NONE_HELD;
  stage.say({ type: 'renew' });
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4']);
  stage.keyboard.human = NONE_HELD;
  stage.say({ type: 'release' });
  assert.deepEqual(stage.keyboard.edges, ['+0', '+4', '-0', '-4']);
});

test('a key that was never pressed for us is never released by us', async () => {
  const stage = await GuardStage.open();
  stage.keyboard.human = STUDY_ACTIONS.holding('JUMP');
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('JUMP') });
  stage.say({ type: 'set', held: NONE_HELD });
  assert.deepEqual(stage.keyboard.edges, []);
});

for (const [how, act, reason, exitCode] of [
  ['the daemon is gone', (guard: KeyGuard) => guard.orphaned(), 'orphaned', 0],
  ['a signal comes', (guard: KeyGuard) => guard.interrupted(143), 'signal', 143],
  ['something fails', (guard: KeyGuard) => guard.fail(new Error('broken')), 'fault', 1],
] as const) {
  test(`the guard releases and ends when ${how}`, async () => {
    const stage = await GuardStage.open();
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('LEFT', 'SHOOT') });
    stage.pass(40);
    act(stage.guard);
    assert.equal(stage.keyboard.down, NONE_HELD);
    assert.deepEqual([stage.last('released')?.reason, stage.last('released')?.afterMs], [reason, 40]);
    await new Promise(setImmediate);
    assert.equal(stage.exitCode, exitCode);
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('LEFT') });
    assert.equal(stage.keyboard.down, NONE_HELD, 'pressed after its end');
  });
}

test('a key that cannot be pressed ends the guard with the others released and its reason reported', async () => {
  const stage = await GuardStage.open();
  stage.keyboard.failOn = (index, down) => down && index === 4;
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP', 'DASH') });
  assert.equal(stage.keyboard.down, NONE_HELD);
  assert.match(stage.last('failed')?.message ?? '', /key 4 failed/);
  await new Promise(setImmediate);
  assert.equal(stage.exitCode, 1);
});

test('a key that cannot be released does not keep the others down', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP', 'JUMP', 'DASH') });
  stage.keyboard.failOn = (index) => index === 0;
  stage.guard.orphaned();
  assert.equal(stage.keyboard.down, STUDY_ACTIONS.holding('UP'));
});

test('goodbye releases, reports the last count and ends', async () => {
  const stage = await GuardStage.open();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP') });
  stage.say({ type: 'bye' });
  await new Promise(setImmediate);
  assert.deepEqual(stage.last('gone'), { type: 'gone', edges: 2, down: NONE_HELD });
  assert.equal(stage.exitCode, 0);
});

test('what an earlier guard left down is released ahead of the first press', async () => {
  const stage = new GuardStage();
  stage.keyboard.down = STUDY_ACTIONS.holding('LEFT');
  stage.guard.receive(HELLO);
  await new Promise(setImmediate);
  assert.deepEqual(stage.keyboard.edges, ['-2']);
  assert.equal(stage.last('ready')?.edges, 1);
});

test('a hello that it cannot keep is refused: version, lease, number of keys', async () => {
  for (const wrong of [{ version: 1 }, { leaseMs: 249 }, { leaseMs: Number.NaN }, { keys: HELLO.keys.slice(1) }]) {
    const stage = await GuardStage.open({ ...HELLO, ...wrong });
    assert.equal(stage.last('ready'), undefined);
    assert.equal(stage.last('failed')?.type, 'failed');
    await new Promise(setImmediate);
    assert.equal(stage.exitCode, 1);
  }
});

test('a held set of other keys, or a time that is not a number, ends the guard with everything released', async () => {
  for (const wrong of [{ held: 128 }, { held: -1 }, { held: 0.5 }, { held: 1, atMs: Number.NaN }]) {
    const stage = await GuardStage.open();
    stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP') });
    stage.say({ type: 'set', ...wrong });
    assert.equal(stage.keyboard.down, NONE_HELD);
    assert.equal(stage.last('failed')?.type, 'failed');
  }
});

test('a set before hello ends the guard', () => {
  const stage = new GuardStage();
  stage.say({ type: 'set', held: STUDY_ACTIONS.holding('UP') });
  assert.equal(stage.last('failed')?.type, 'failed');
  assert.deepEqual(stage.keyboard.edges, []);
});

test('whatever messages come in whatever order and pace, nothing is down a lease after the last one', async () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('set' as const), held: fc.integer({ min: 0, max: 127 }) }),
    fc.record({ type: fc.constantFrom('renew' as const, 'release' as const) }),
    fc.record({ human: fc.integer({ min: 0, max: 127 }) }),
    fc.record({ passMs: fc.integer({ min: 0, max: 400 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const stage = await GuardStage.open();
      for (const action of steps) {
        if ('human' in action) stage.keyboard.human = action.human & ~stage.keyboard.down;
        else if ('passMs' in action) stage.pass(action.passMs);
        else stage.say(action);
      }
      stage.pass(250);
      assert.equal(stage.keyboard.down, NONE_HELD);
      const presses = stage.keyboard.edges.filter((edge) => edge.startsWith('+')).length;
      assert.equal(stage.keyboard.edges.length, 2 * presses);
    }),
    { numRuns: 300 },
  );
});

test('messages are whole however the pipe cuts them', () => {
  const messages: ToGuard[] = [HELLO, { type: 'set', seq: 1, atMs: 2.5, held: 3, epoch: 0 }, { type: 'bye', seq: 2 }];
  const text = Buffer.from(messages.map(encodeMessage).join(''));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
      const read: ToGuard[] = [];
      const reader = messageReader<ToGuard>((message) => read.push(message));
      const borders = [0, ...cuts.sort((a, b) => a - b), text.length];
      for (let i = 1; i < borders.length; i += 1) reader(text.subarray(borders[i - 1], borders[i]));
      assert.deepEqual(read, messages);
    }),
  );
});

test('a line that is not a message, or never ends, is refused', () => {
  const reader = () => messageReader<ToGuard>(() => undefined);
  assert.throws(() => reader()(Buffer.from('not json\n')), { code: 'guard-failed' });
  assert.throws(() => reader()(Buffer.from('null\n')), { code: 'guard-failed' });
  assert.throws(() => reader()(Buffer.from('x'.repeat(20_000))), { code: 'guard-failed' });
});

test('the twelfth key goes down and up, and a held set of a thirteenth ends the guard', async () => {
  const stage = await GuardStage.open(helloOf(12));
  stage.say({ type: 'set', held: 1 << 11 });
  stage.say({ type: 'set', held: NONE_HELD });
  assert.deepEqual(stage.keyboard.edges, ['+11', '-11']);
  stage.say({ type: 'set', held: 2 ** 12 - 1 });
  stage.say({ type: 'set', held: 1 << 12 });
  assert.match(stage.last('failed')?.message ?? '', /the held set 4096/);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('thirty keys are the most, and bounds must be on as many keys as there are', async () => {
  const most = await GuardStage.open(helloOf(30));
  most.say({ type: 'set', held: 2 ** 30 - 1 });
  assert.equal(most.keyboard.edges.at(-1), '+29');
  most.say({ type: 'bye' });
  assert.equal(most.keyboard.down, NONE_HELD);
  const odd: [Hello, RegExp][] = [
    [helloOf(31), /31 keys/],
    [{ ...helloOf(3), keys: [] }, /0 keys/],
    [{ ...helloOf(3), limits: helloOf(7).limits }, /bounds on 7/],
    [{ ...helloOf(3), limits: { ...helloOf(3).limits, forbidden: [8] } }, /forbidden set 8/],
  ];
  for (const [hello, told] of odd) {
    const stage = await GuardStage.open(hello);
    assert.match(stage.last('failed')?.message ?? '', told);
  }
});
