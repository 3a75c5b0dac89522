/**
 * understudy's loop on the window of the comparison: unpaced as the others are, answering flashes with the key 'f' while the
 * whole model runs. Prints "ready", then, after SIGTERM, one JSON line like that of loop.py.
 *
 *   node dist/bench/research/peers/ours.js :7 'flash' models/arena-gru-512
 */
import { once } from 'node:events';
import { X11Desktop } from '../../../src/desktop/x11/desktop.js';
import { AgentLoop } from '../../../src/agent/loop.js';
import { Unpaced } from '../../../src/agent/unpaced.js';
import { FlashPolicy } from '../../../src/runs/bench/flash-policy.js';
import { cpuSeconds } from '../../../src/system/process-cost.js';
import { findWindow } from '../../../src/desktop/find-window.js';
import { openFrames } from '../../../src/capture/choose-backend.js';
import { SystemClock } from '../../../src/core/clock.js';
import { TICK_STEPS, type TickReport } from '../../../src/core/tick-report.js';
import { GuardedKeySink } from '../../../src/keyboard/guarded-key-sink.js';
import { leaseMsFor } from '../../../src/keyboard/lease.js';
import { DEFAULT_KEYS } from '../../../src/keyboard/key-map.js';
import { openKeySink } from '../../../src/keyboard/open-key-sink.js';
import { openPolicy } from '../../../src/policy/model-policy.js';

const WARMUP = 30;
const RATE_HZ = 10;

const [, , display, title, model] = process.argv;
if (display === undefined || title === undefined || model === undefined)
  throw new Error('a display, a title, a bundle');

const clock = new SystemClock();
const ending = new AbortController();
void once(process, 'SIGTERM').then(() => ending.abort());
using window = await findWindow({ window: title, desktop: new X11Desktop(display), waitMs: 5000 });
await using policy = new FlashPolicy(await openPolicy({ bundle: model, rateHz: RATE_HZ, clock }));
const { source } = openFrames({ capture: 'x11', window, clock, periodMs: 1000 / RATE_HZ });
const { sink } = await openKeySink({
  sink: 'xtest',
  keys: DEFAULT_KEYS,
  leaseMs: leaseMsFor(1000 / RATE_HZ),
  desktop: new X11Desktop(display),
});
const guardPid = sink instanceof GuardedKeySink ? (sink.guardPid ?? 0) : 0;
const cpu = (): number => cpuSeconds(process.pid) + cpuSeconds(guardPid);

const ms: Record<string, number[]> = { tick: [], ...Object.fromEntries(TICK_STEPS.map((stage) => [stage, []])) };
let ticks = 0;
let cpuAtWarm = 0;
let cpuAtEnd = 0;
const recorder = {
  onTick: ({ stageMs, latencyMs }: TickReport): void => {
    ticks += 1;
    if (ticks === WARMUP) {
      cpuAtWarm = cpu();
      process.stdout.write('ready\n');
    }
    if (ticks <= WARMUP) return;
    for (const stage of TICK_STEPS) ms[stage].push(stageMs[stage] ?? 0);
    if (latencyMs !== null) ms['tick'].push(latencyMs);
  },
};
await new AgentLoop({
  ...{ clock, source, policy, sink, gates: [], observers: [recorder], schedule: new Unpaced(clock) },
  ...{ rateHz: RATE_HZ, budgetMs: 1000, applyDelayTicks: 0, leaseMs: leaseMsFor(1000 / RATE_HZ), maxLateInRow: 3 },
  signal: ending.signal,
  isOver: () => {
    cpuAtEnd = ticks % 50 === 0 ? cpu() : cpuAtEnd; // the guard is gone once the run is over
    return false;
  },
  onRelease: () => undefined,
  onObserverTrouble: ({ message }) => console.error(message),
}).run();
const counted = Math.floor(ticks / 50) * 50 - WARMUP;
await sink[Symbol.asyncDispose]();
await source[Symbol.asyncDispose]();
const cpuMsPerTick = counted > 0 ? (1000 * (cpuAtEnd - cpuAtWarm)) / counted : 0;
process.stdout.write(`${JSON.stringify({ ms, cpuMsPerTick, versions: { node: process.version } })}\n`);
