/**
 * The whole path on a real window: grab, preprocess, encode, head, keys, at 10 and at 60 Hz.
 *
 *   npm run bench window-ticks -- [--ticks 600] [--model models/untrained]
 *   npm run bench window-ticks -- --beside ../understudy-before [--rounds 5] [--seconds 20] [--write]
 *
 * With `--beside` the same window is played by this version and by that of another checkout, in turns.
 *
 * Starts its own X server (Xvfb), a 1280x720 window that changes 30 times a second, and the key guard. Figures
 * are per tick; CPU is of this process and of the guard, in percent of one core.
 */
import { parseArgs } from 'node:util';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { AgentLoop } from '../../src/agent/loop.js';
import { Telemetry } from '../../src/agent/telemetry.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { openFrames } from '../../src/capture/choose-backend.js';
import { makeUntrainedModel } from '../../src/runs/untrained-model.js';
import { focusGate } from '../../src/agent/gates/focus.js';
import { SystemClock } from '../../src/core/clock.js';
import { quantiles } from '../../src/core/quantiles.js';
import type { TickReport } from '../../src/core/tick-report.js';
import { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { leaseMsFor } from '../../src/keyboard/lease.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { printResult, versionOf } from '../support/machine.js';
import { openMovingWindow } from '../support/open-moving-window.js';
import { measureBeside } from './window-ticks/beside.js';
import { cpuSeconds, residentMb } from '../../src/system/process-cost.js';

/** Ticks before the first that counts: the latent window, and the just-in-time compiler. */
const WARMUP_TICKS = 60;

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '600' },
    model: { type: 'string' },
    beside: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
});
const ticks = Number(values.ticks);
if (values.beside === undefined) await measureAlone();
else {
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  await measureBeside({ checkout: values.beside, rounds, seconds });
}

async function measureAlone(): Promise<void> {
  const model = values.model ?? (await makeUntrainedModel(console.error));
  await using display = await openDisplay();
  await using game = await openMovingWindow(display.name);
  for (const rateHz of [10, 60]) await measure(rateHz, model, display.name, game.title);
}

async function measure(rateHz: number, model: string, display: string, title: string): Promise<void> {
  const clock = new SystemClock();
  using window = await findWindow({ window: title, desktop: new X11Desktop(display), waitMs: 2000 });
  const policy = await openPolicy({ bundle: model, rateHz, clock, anyRate: true });
  const { source } = openFrames({ capture: 'x11', window, clock, periodMs: 1000 / rateHz });
  const keyboard = await openKeySink({
    sink: 'xtest',
    keys: DEFAULT_KEYS,
    leaseMs: leaseMsFor(1000 / rateHz),
    desktop: new X11Desktop(display),
  });
  const { sink } = keyboard;
  const telemetry = new Telemetry(WARMUP_TICKS);
  const guardPid = sink instanceof GuardedKeySink ? sink.guardPid : 0;
  let seen = 0;
  let cpuAtStart = { self: 0, guard: 0, atMs: 0 };
  const whole: number[] = [];
  const counter = {
    onTick: (report: TickReport) => {
      seen += 1;
      if (seen === WARMUP_TICKS) {
        cpuAtStart = { self: cpuSeconds(process.pid), guard: cpuSeconds(guardPid), atMs: clock.nowMs() };
      }
      if (seen > WARMUP_TICKS) whole.push(clock.nowMs() - report.deadlineMs - report.latenessMs);
    },
  };
  await new AgentLoop({
    clock,
    source,
    policy,
    sink,
    gates: [focusGate(window)],
    observers: [telemetry, counter],
    rateHz,
    budgetMs: 50,
    applyDelayTicks: policy.applyDelayTicks,
    leaseMs: leaseMsFor(1000 / rateHz),
    maxLateInRow: 3,
    signal: new AbortController().signal,
    isOver: () => seen >= WARMUP_TICKS + ticks,
    onRelease: () => undefined,
    onObserverTrouble: (trouble) => console.error(trouble.message),
  }).run();
  const elapsedS = (clock.nowMs() - cpuAtStart.atMs) / 1000;
  const percent = (seconds: number): string => ((100 * seconds) / elapsedS).toFixed(1);
  const guardMb = residentMb(guardPid);
  const cpu = {
    'cpu daemon %': percent(cpuSeconds(process.pid) - cpuAtStart.self),
    'cpu guard %': percent(cpuSeconds(guardPid) - cpuAtStart.guard),
  };
  await sink[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await policy[Symbol.asyncDispose]();
  const { latencyMs, latenessMs, stageMs, missedTicks, lateTicks, starvedTicks, gatedTicks } = telemetry.figures();
  printResult({
    claim: `a tick on a real 1280x720 window at ${rateHz} Hz`,
    setting: { model: policy.modelId, onnxruntime: versionOf('onnxruntime-node'), koffi: versionOf('koffi'), rateHz },
    n: ticks,
    warmup: WARMUP_TICKS,
    ms: { tick: quantiles(whole), latency: latencyMs, lateness: latenessMs, ...stageMs },
    other: {
      ...cpu,
      'resident daemon MB': residentMb(process.pid).toFixed(0),
      'resident guard MB': guardMb.toFixed(0),
      'edges sent': sink.edgesSent,
      missed: missedTicks,
      late: lateTicks,
      starved: starvedTicks,
      gated: gatedTicks,
    },
  });
}
