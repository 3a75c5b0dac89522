/**
 * How long the agent is without a key after a person gives the arena's fight back: the shipped model, the real loop, the
 * arming and the takeover gate on a virtual clock. The same with gates that keep pictures out of the window.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arming } from '../../src/agent/arming.js';
import type { Gate } from '../../src/agent/gate.js';
import { TakeoverGate } from '../../src/agent/gates/takeover.js';
import { AgentLoop } from '../../src/agent/loop.js';
import { ARENA_ACTIONS } from '../../src/arena/actions.js';
import { ArenaStage } from '../../src/arena/live.js';
import { VirtualClock } from '../../src/core/clock.js';
import { NONE_HELD } from '../../src/core/action-set.js';
import { quantiles } from '../../src/core/quantiles.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { SHIPPED_BUNDLE } from '../../src/policy/shipped-bundle.js';

/** A person holds a key in the last 10 of every 30 ticks. */
const EVERY_TICKS = 30;
const HAND_TICKS = 10;
const HANDOVERS = 12;

/** @returns for each handover, the ticks from the first one that may act to the first that ends with a key held */
async function ticksWithoutKey(seed: number, blind: boolean): Promise<number[]> {
  const clock = new VirtualClock();
  const nowMs = () => clock.nowMs();
  await using stage = await ArenaStage.open({ clock, seed, unixMs: () => 0 });
  await using policy = await openPolicy({ bundle: SHIPPED_BUNDLE, rateHz: 10, clock, actions: ARENA_ACTIONS });
  const arming = new Arming({ nowMs });
  const takeover = new TakeoverGate({ arming, actions: ARENA_ACTIONS, nowMs, resumeAfterMs: 300 });
  const keptOut = (gate: Gate): Gate => ({ name: gate.name, blind, closedBecause: (tick) => gate.closedBecause(tick) });
  const waits: number[] = [];
  let waiting: number | null = null;
  let pressedWhileGated = 0;
  const loop = new AgentLoop({
    ...{ clock, source: stage, policy, sink: stage, gates: [keptOut(takeover), keptOut(arming.gate())] },
    ...{ rateHz: 10, budgetMs: 50, applyDelayTicks: policy.applyDelayTicks, leaseMs: 250, maxLateInRow: 3 },
    signal: new AbortController().signal,
    isOver: () => stage.outcome !== null,
    onRelease: () => undefined,
    onObserverTrouble: ({ message }) => assert.fail(message),
    observers: [
      {
        onTick: ({ tick, outcome, held }) => {
          if (outcome === 'gated') {
            pressedWhileGated += Number(held !== NONE_HELD);
            waiting = 0;
          } else if (waiting !== null && held !== NONE_HELD) {
            waits.push(waiting);
            waiting = null;
          } else if (waiting !== null) waiting += 1;
          const since = tick % EVERY_TICKS;
          if (since === EVERY_TICKS - HAND_TICKS) takeover.handsHold(ARENA_ACTIONS.holding('LEFT'));
          if (since === 0) takeover.handsHold(NONE_HELD);
        },
      },
    ],
  });
  await loop.run();
  assert.equal(pressedWhileGated, 0);
  return waits;
}

test('after a handover the agent presses in its second tick, where it waited for ten pictures with an empty window', async (t) => {
  const waits = async (blind: boolean) => {
    const all: number[] = [];
    for (let seed = 1; all.length < HANDOVERS && seed < 20; seed += 1)
      all.push(...(await ticksWithoutKey(seed, blind)));
    const { p50, max } = quantiles(all)!;
    t.diagnostic(`${blind ? 'empty window' : 'kept filling'}: ${all.length} handovers, p50 ${p50}, max ${max} ticks`);
    return { n: all.length, p50, max };
  };
  const kept = await waits(false);
  const empty = await waits(true);
  assert.ok(kept.n >= HANDOVERS && empty.n >= HANDOVERS, `${kept.n} and ${empty.n} handovers`);
  assert.ok(kept.p50 <= 2, `p50 ${kept.p50}`);
  assert.ok(empty.p50 >= 10, `p50 ${empty.p50}`);
});
