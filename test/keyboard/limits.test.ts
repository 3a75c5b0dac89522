/** Bounds on held keys: how long, how often and what never together, as the guard keeps them and as options give them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ActionSet, NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS, type StudyAction } from '../../src/core/study-actions.js';
import { defaultLimits, readKeyLimits } from '../../src/keyboard/key-limits.js';
import { GuardStage, HELLO, helloOf } from '../../testing/agent/guard-stage.js';

const JUMP = 4;
const holding = (...actions: readonly StudyAction[]) => STUDY_ACTIONS.holding(...actions);
const read = (texts: Parameters<typeof readKeyLimits>[0]) => readKeyLimits(texts, STUDY_ACTIONS);
const limitsOf = (texts: Parameters<typeof readKeyLimits>[0]) => ({ ...HELLO, limits: read(texts) });

test('opposing keys are never down together: the one that is down stays', async () => {
  const stage = await GuardStage.open({ ...HELLO, limits: defaultLimits(STUDY_ACTIONS) });
  stage.say({ type: 'set', held: holding('LEFT') });
  stage.say({ type: 'set', held: holding('LEFT', 'RIGHT', 'SHOOT') });
  assert.equal(stage.keyboard.down, holding('LEFT', 'SHOOT'));
  assert.deepEqual(stage.last('refused'), { type: 'refused', reason: 'forbidden', keys: holding('RIGHT') });
  stage.say({ type: 'set', held: holding('RIGHT', 'SHOOT') });
  assert.equal(stage.keyboard.down, holding('RIGHT', 'SHOOT'));
});

test('a combination that a game forbids never goes down whole', async () => {
  const stage = await GuardStage.open(limitsOf({ forbid: [['DOWN', 'JUMP', 'DASH']] }));
  stage.say({ type: 'set', held: holding('DOWN', 'JUMP') });
  stage.say({ type: 'set', held: holding('DOWN', 'JUMP', 'DASH') });
  assert.equal(stage.keyboard.down, holding('DOWN', 'JUMP'));
});

test('a key held for too long goes up in time, is reported once, and goes down again after the agent has stopped asking for it', async () => {
  const stage = await GuardStage.open(limitsOf({ maxHoldMs: 'JUMP=400' }));
  for (let i = 0; i < 8; i += 1) {
    stage.say({ type: 'set', held: holding('JUMP', 'SHOOT') });
    stage.pass(100);
  }
  assert.deepEqual(stage.keyboard.edges, ['+4', '+5', '-4']);
  assert.equal(stage.said.filter((message) => message.type === 'refused').length, 1);
  assert.equal(stage.last('done')?.held, holding('SHOOT'));
  stage.say({ type: 'set', held: holding('SHOOT') });
  stage.say({ type: 'set', held: holding('JUMP', 'SHOOT') });
  assert.deepEqual(stage.keyboard.edges.slice(3), ['+4']);
});

test('a key held for too long goes up though the daemon says nothing more', async () => {
  const stage = await GuardStage.open(limitsOf({ maxHoldMs: '100' }));
  stage.say({ type: 'set', held: holding('JUMP') });
  stage.pass(99);
  assert.equal(stage.keyboard.down, holding('JUMP'));
  stage.pass(1);
  assert.equal(stage.keyboard.down, NONE_HELD);
});

test('a key is pressed only so often within any second', async () => {
  const stage = await GuardStage.open(limitsOf({ maxPressesPerSecond: 'JUMP=3' }));
  const pressedAtMs: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const before = stage.keyboard.edges.length;
    stage.say({ type: 'set', held: i % 2 === 0 ? holding('JUMP') : NONE_HELD });
    if (stage.keyboard.edges.slice(before).includes(`+${JUMP}`)) pressedAtMs.push(stage.nowMs);
    stage.pass(17);
  }
  for (const [i, atMs] of pressedAtMs.entries()) {
    assert.ok(
      i < 3 || atMs - pressedAtMs[i - 3] >= 1000,
      `press ${i} came ${atMs - pressedAtMs[i - 3]} ms after the third before`,
    );
  }
  assert.ok(pressedAtMs.length >= 9, `${pressedAtMs.length} presses in 3.4 s`);
});

test('whatever is wanted, no bound is ever broken', async () => {
  const limits = { maxHoldMs: '150', maxPressesPerSecond: '4', forbid: [['UP', 'SHOOT', 'DASH']] } as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 120 })), { maxLength: 60 }),
      async (sets) => {
        const stage = await GuardStage.open(limitsOf(limits));
        const { forbidden } = read(limits);
        for (const [held, passMs] of sets) {
          stage.say({ type: 'set', held });
          for (const set of forbidden) assert.notEqual(stage.keyboard.down & set, set);
          stage.pass(passMs);
        }
        stage.pass(250);
        assert.equal(stage.keyboard.down, NONE_HELD);
      },
    ),
    { numRuns: 200 },
  );
});

test('bounds are read as one number or as pairs, and anything else is refused by name', () => {
  const all = (value: number | null) => Array<number | null>(7).fill(value);
  const forbidden = [holding('LEFT', 'RIGHT'), holding('UP', 'DOWN')];
  assert.deepEqual(read({}), { maxHoldMs: all(null), maxPressesPerSecond: all(null), forbidden });
  assert.deepEqual(read({ maxHoldMs: '2000' }).maxHoldMs, all(2000));
  const paced = read({ maxPressesPerSecond: ' JUMP=4, dash = 2' }).maxPressesPerSecond;
  assert.deepEqual(paced, [null, null, null, null, 4, null, 2]);
  for (const text of ['', 'x', '5', '-1', 'JUMP', 'JUMP=', 'JUMP=x', 'JUMP=50=60', 'JUMP=700000', '1e9']) {
    assert.throws(() => read({ maxHoldMs: text }), { name: 'UnderstudyError' }, text);
  }
  assert.throws(() => read({ maxHoldMs: 'FIRE=50' }), { code: 'unknown-action' });
});

test('the bounds of another game are over its own actions, the twelfth among them', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `act-${i}`);
  const actions = new ActionSet({ names, opposing: [['act-10', 'act-11']] });
  const limits = readKeyLimits({ maxHoldMs: 'ACT-11=100', forbid: [['act-0', 'act-11']] }, actions);
  assert.deepEqual(limits.forbidden, [(1 << 10) | (1 << 11), 1 | (1 << 11)]);
  const stage = await GuardStage.open({ ...helloOf(12), limits });
  const last = actions.bit('act-11');
  stage.say({ type: 'set', held: last });
  stage.say({ type: 'set', held: last | actions.bit('act-10') | 1 });
  assert.equal(stage.keyboard.down, last);
  stage.pass(100); // it has been down for long enough, and its place is free for the others
  assert.deepEqual(stage.keyboard.edges, ['+11', '-11', '+0', '+10']);
});
