/** Faults on demand, one by one, around stand-ins for the parts of a run. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { requireActs, startActs } from '../../src/runs/faults/acts.js';
import { FaultyClock } from '../../src/runs/faults/faulty-clock.js';
import { FaultyPolicy } from '../../src/runs/faults/faulty-policy.js';
import { FaultySource } from '../../src/runs/faults/faulty-source.js';
import { FAULT_NAMES } from '../../src/runs/faults/kinds.js';
import { FaultPlan } from '../../src/runs/faults/plan.js';
import { parseFault } from '../../src/runs/faults/spec.js';
import { requireSound } from '../../src/agent/sound-decision.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { ScriptedPolicy, ScriptedSource } from '../../testing/agent/loop-parts.js';

const signal = new AbortController().signal;
const faultOf = (spec: string) => parseFault(spec, new Random(1));

/** A plan that began just now. */
function planOf(clock: FakeClock, ...specs: string[]): { plan: FaultPlan; begun: string[] } {
  const begun: string[] = [];
  const plan = new FaultPlan(specs.map(faultOf), clock, new Random(1), { onBegin: ({ name }) => begun.push(name) });
  plan.start();
  return { plan, begun };
}

describe('a spec', () => {
  test('names a fault, its value, its start, its length and its chance, in any order', () => {
    const whole = { name: 'slow-capture', value: 80, startMs: 2500, durationMs: 500, chance: 0.25 };
    assert.deepEqual(faultOf('slow-capture=80@2.5+0.5%25'), whole);
    assert.deepEqual(faultOf('slow-capture%25+0.5=80@2.5'), whole);
  });

  test('that leaves out its start is struck at a moment that the seed draws', () => {
    const drawn = [1, 2, 1].map((seed) => parseFault('drop-frames', new Random(seed)).startMs);
    assert.equal(drawn[0], drawn[2]);
    assert.notEqual(drawn[0], drawn[1]);
    assert.ok(drawn[0] >= 2000 && drawn[0] < 6000);
  });

  for (const [spec, why] of [
    ['slow-motion', /there is no fault 'slow-motion'; there are slow-capture/],
    ['drop-frames=3', /takes no '='/],
    ['throwing-policy+2', /takes no '\+'/],
    ['frozen-frames%50', /takes no '%'/],
    ['drop-frames%0', /takes 0.001 to 100/],
    ['slow-policy=99999999', /takes 1 to 60000/],
    ['drop-frames@1@2', /stands there twice/],
    ['drop-frames@-1', /not of the form/],
    ['', /not of the form/],
  ] as const) {
    test(`'${spec}' is refused with what would fit`, () => {
      assert.throws(() => faultOf(spec), { code: 'bad-option', message: why });
    });
  }

  test('of any text is read or refused, and never anything else', () => {
    const words = fc.oneof(fc.string(), fc.constantFrom(...FAULT_NAMES, '=', '@', '+', '%', '1', '0.5', '1e9'));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (parts) => {
        try {
          const { value, startMs, durationMs, chance } = faultOf(parts.join(''));
          assert.ok([value, startMs, durationMs].every((number) => number >= 0 && number <= 1e8));
          assert.ok(chance > 0 && chance <= 1);
        } catch (error) {
          assert.ok(error instanceof UnderstudyError && error.code === 'bad-option', String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('faults are reported once, when they first strike, and end when their time is over', () => {
  const clock = new FakeClock();
  const { plan, begun } = planOf(clock, 'drop-frames@1+1');
  assert.equal(plan.striking('drop-frames'), null);
  clock.advance(1000);
  assert.equal(plan.striking('drop-frames')?.name, 'drop-frames');
  assert.equal(plan.striking('black-frames'), null);
  clock.advance(999);
  assert.notEqual(plan.striking('drop-frames'), null);
  clock.advance(1);
  assert.equal(plan.striking('drop-frames'), null);
  assert.deepEqual(begun, ['drop-frames']);
});

test('a fault by chance strikes about as often as it says', () => {
  const clock = new FakeClock();
  const { plan } = planOf(clock, 'drop-frames@0+60%30');
  let struck = 0;
  for (let i = 0; i < 1000; i += 1) struck += plan.striking('drop-frames') === null ? 0 : 1;
  assert.ok(struck > 250 && struck < 350, `${struck} of 1000`);
});

test('captures are slow, missing, black and frozen, and then as they were', async () => {
  const clock = new FakeClock();
  const { plan } = planOf(clock, 'slow-capture=70@1+1', 'drop-frames@2+1', 'black-frames@3+1', 'frozen-frames@4+1');
  const inner = new ScriptedSource(clock);
  const bright = inner.next;
  let shade = 0;
  inner.next = async (...given) => {
    const frame = await bright(...given);
    return frame && { ...frame, pixels: new Uint8Array(4).fill((shade += 1)) };
  };
  const source = new FaultySource(inner, plan, clock);
  const next = async () => {
    const beganMs = clock.nowMs();
    const frame = await source.next(clock.nowMs() + 50, signal);
    return { frame, tookMs: clock.nowMs() - beganMs };
  };
  const startMs = clock.nowMs();
  const at = async (ms: number) => {
    clock.advance(startMs + ms - clock.nowMs());
    return await next();
  };
  assert.equal((await at(0)).tookMs, 1);
  assert.equal((await at(1500)).tookMs, 71);
  assert.equal((await at(2500)).frame, null);
  assert.deepEqual([...(await at(3500)).frame!.pixels], [0, 0, 0, 0]);
  const first = (await at(4500)).frame!;
  const second = (await at(4600)).frame!;
  assert.deepEqual([...second.pixels], [...first.pixels]);
  assert.deepEqual([first.repeated, second.repeated], [false, true]);
  assert.ok(second.capturedAtMs > first.capturedAtMs, 'a frozen picture is newly grabbed each time');
  assert.notDeepEqual([...(await at(5500)).frame!.pixels], [...first.pixels]);
});

test('a policy is slow, throws once, and answers NaN once', async () => {
  const clock = new FakeClock();
  const { plan } = planOf(clock, 'slow-policy=200@1+1', 'throwing-policy@3', 'nan-policy@4');
  const policy = new FaultyPolicy(new ScriptedPolicy(clock, () => STUDY_ACTIONS.holding('JUMP')), plan, clock);
  const startMs = clock.nowMs();
  const frame = (await new ScriptedSource(clock).next(0, signal))!;
  clock.advance(startMs + 1000 - clock.nowMs());
  const beganMs = clock.nowMs();
  await policy.decide(frame);
  assert.equal(clock.nowMs() - beganMs, 202);
  clock.advance(startMs + 3000 - clock.nowMs());
  await assert.rejects(policy.decide(frame), /--fault/);
  assert.equal((await policy.decide(frame)).held, STUDY_ACTIONS.holding('JUMP'));
  clock.advance(startMs + 4000 - clock.nowMs());
  const broken = await policy.decide(frame);
  assert.throws(() => requireSound(broken), { code: 'bundle-corrupt' });
  requireSound(await policy.decide(frame));
});

test('a decision that holds something other than an action is refused', async () => {
  const clock = new FakeClock();
  const sound = await new ScriptedPolicy(clock, () => NONE_HELD).decide();
  for (const held of [-1, 128, 0.5, Number.NaN]) assert.throws(() => requireSound({ ...sound, held }));
});

test('the clock jumps ahead once, and a sleep that runs at that moment still ends in time', async () => {
  const inner = new FakeClock();
  const { plan } = planOf(inner, 'clock-jump=2000@1');
  const clock = new FaultyClock(inner, () => plan);
  const startMs = clock.nowMs();
  inner.advance(1000);
  assert.equal(clock.nowMs() - startMs, 3000);
  await clock.sleepUntil(startMs + 3500);
  assert.ok(clock.nowMs() - startMs >= 3500 && clock.nowMs() - startMs < 3600);
});

test('acts are done at their time and undone, by their end or the end of the run', async () => {
  const clock = new FakeClock();
  const { plan } = planOf(clock, 'lose-focus@0.01+0.01', 'full-disk@0+60', 'kill-guard@60');
  const log: string[] = [];
  let untilBack: () => void = () => undefined;
  const back = new Promise<void>((resolve) => (untilBack = resolve));
  const stop = startActs(
    plan,
    {
      'lose-focus': () => {
        log.push('focus lost');
        return () => {
          log.push('focus back');
          untilBack();
        };
      },
      'full-disk': () => () => log.push('disk has room'),
      'kill-guard': () => void log.push('guard killed'),
    },
    () => log.push('failed'),
  );
  const alive = setTimeout(() => undefined, 10_000); // the acts' own timers keep no process alive
  await back;
  clearTimeout(alive);
  stop();
  assert.deepEqual(log, ['focus lost', 'focus back', 'disk has room']);
});

test('an act that cannot be done where the run plays is refused before it starts', () => {
  assert.throws(() => requireActs([faultOf('lose-focus')], {}), { code: 'bad-option', message: /window/ });
  requireActs([faultOf('lose-focus'), faultOf('drop-frames')], { 'lose-focus': () => undefined });
});
