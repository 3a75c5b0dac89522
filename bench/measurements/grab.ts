/**
 * Claim: a grab of a 1280x720 window, the comparison with the last picture included, takes at most 1.5 ms (p50).
 *
 *   npm run bench grab -- [--samples 2000]
 *
 * Starts its own X server and a window that changes 30 times a second.
 */
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { SystemClock } from '../../src/core/clock.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { openFrames } from '../../src/capture/choose-backend.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { printResult, versionOf } from '../support/machine.js';
import { openMovingWindow } from '../support/open-moving-window.js';
import { countArgument, sampleMs } from '../support/sampling.js';

const WARMUP = 50;
const n = countArgument('--samples', 2000);

await using display = await openDisplay({ windowManager: true });
// node-screenshots and screenshot-desktop read it themselves
process.env.DISPLAY = display.name;
await using game = await openMovingWindow(display.name);
const ms: Record<string, Quantiles | null> = {};
const counts: Record<string, number> = {};
using window = await findWindow({ window: game.title, desktop: new X11Desktop(display.name), waitMs: 2000 });
for (const [capture, samples] of [
  ['x11', n],
  ['node-screenshots', Math.ceil(n / 20)],
  ['screenshot-desktop', Math.ceil(n / 100)],
] as const) {
  const clock = new SystemClock();
  const { source } = openFrames({ capture, window, clock, periodMs: 10_000 });
  const signal = new AbortController().signal;
  const tookMs = await sampleMs(samples, Math.min(WARMUP, samples), async () => {
    const frame = await source.next(clock.nowMs() + 10_000, signal);
    if (frame === null) throw new Error(`${capture} gave no frame within 10 s`);
  });
  ms[`${capture} (n ${samples})`] = quantiles(tookMs);
  counts[`${capture}: grabs a second`] = Math.round(1000 / (tookMs.reduce((sum, took) => sum + took, 0) / samples));
  await source[Symbol.asyncDispose]();
}
printResult({
  claim: 'one frame of a real 1280x720 window, by adapter',
  setting: {
    koffi: versionOf('koffi'),
    'node-screenshots': versionOf('node-screenshots'),
    'screenshot-desktop': versionOf('screenshot-desktop'),
  },
  n,
  warmup: WARMUP,
  ms,
  other: counts,
});
