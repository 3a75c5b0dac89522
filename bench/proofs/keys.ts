/**
 * Claims: from the call to the KeyPress at the game at most 1 ms (p50), through the key guard; and no key stays down
 * when the agent is killed or stopped.
 *
 *   npm run prove keys -- [--samples 500] [--kills 40] [--stops 15] [--rate 60] [--held 3]
 *
 * Starts its own X server, a client that waits for keys, and, for the second claim, an agent that holds so many
 * keys at so many decisions a second and is killed at a random moment; the keys are watched with XQueryKeymap from here.
 * --samples 0 leaves the first claim out, --stops 0 the stopping.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { monotonicMs } from '../../src/core/clock.js';
import { leaseMsFor } from '../../src/keyboard/lease.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { end, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { printResult, versionOf } from '../support/machine.js';
import { countArgument } from '../support/sampling.js';

const WARMUP = 50;
/** A key that is still down this long after its agent is stuck. */
const STUCK_AFTER_MS = 5000;

const samples = countArgument('--samples', 500, 0);
const counts = { SIGKILL: countArgument('--kills', 40, 0), SIGSTOP: countArgument('--stops', 15, 0) } as const;
const rateHz = countArgument('--rate', 60);
const heldKeys = countArgument('--held', 3);
const leaseMs = leaseMsFor(1000 / rateHz);
const random = new Random(1);

await using display = await openDisplay();
const ms: Record<string, Quantiles | null> = {};
const other: Record<string, number | string> = {};
if (samples > 0) for (const sink of ['xtest', 'nut-js'] as const) await measurePresses(display, sink);
for (const signal of ['SIGKILL', 'SIGSTOP'] as const) await measureReleases(display, signal);
printResult({
  claim: 'keys: from the call to the KeyPress at the game, and from the end of the agent to the release',
  setting: { koffi: versionOf('koffi'), 'nut-js': versionOf('@nut-tree/nut-js'), leaseMs, rateHz, heldKeys, ...counts },
  n: samples,
  warmup: WARMUP,
  ms,
  other,
});

async function measurePresses(on: TestDisplay, kind: 'xtest' | 'nut-js'): Promise<void> {
  const client = spawn(process.execPath, [new URL('../support/key-client.js', import.meta.url).pathname, on.name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seenMs: number[] = [];
  const lines = createInterface({ input: client.stdout });
  await once(lines, 'line');
  lines.on('line', (line) => seenMs.push(Number(line.split(' ')[1])));
  const { sink } = await openKeySink({
    sink: kind,
    keys: DEFAULT_KEYS,
    leaseMs: 250,
    desktop: new X11Desktop(on.name),
  });
  const sentMs: number[] = [];
  const callMs: number[] = [];
  for (let i = 0; i < samples + WARMUP; i += 1) {
    const calledMs = monotonicMs();
    sink.apply(1 << (i % 7));
    callMs.push(monotonicMs() - calledMs);
    sentMs.push(calledMs);
    await delay(10 + 10 * random.next());
    sink.apply(0);
    await delay(5);
  }
  await sink[Symbol.asyncDispose]();
  await delay(50);
  await end(client);
  const tookMs = seenMs.map((at, i) => at - sentMs[i]).slice(WARMUP);
  ms[`${kind}: call to KeyPress`] = quantiles(tookMs);
  ms[`${kind}: the call itself`] = quantiles(callMs.slice(WARMUP));
  other[`${kind}: presses sent / seen`] = `${sentMs.length} / ${seenMs.length}`;
}

async function measureReleases(on: TestDisplay, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  using eyes = XConnection.open(on.name);
  const tookMs: number[] = [];
  let stuck = 0;
  for (let i = 0; i < counts[signal]; i += 1) {
    const agent = spawn(
      process.execPath,
      [
        new URL('../../testing/agent/agent-with-held-keys.js', import.meta.url).pathname,
        'hold',
        String(leaseMs),
        String(rateHz),
        String(heldKeys),
      ],
      { env: on.env, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await once(createInterface({ input: agent.stdout }), 'line');
    await untilHeld(eyes);
    await delay(60 * random.next());
    await untilHeld(eyes); // a starved agent loses its keys to the lease, and presses them again
    const beganMs = monotonicMs();
    agent.kill(signal);
    while (keysDown(eyes).size > 0 && monotonicMs() - beganMs < STUCK_AFTER_MS) await delay(0);
    if (keysDown(eyes).size > 0) stuck += 1;
    else tookMs.push(monotonicMs() - beganMs);
    await end(agent);
    await delay(60);
  }
  ms[`released after ${signal}`] = quantiles(tookMs);
  other[`stuck after ${signal}`] = `${stuck} of ${counts[signal]}`;
}

async function untilHeld(eyes: XConnection): Promise<void> {
  const untilMs = monotonicMs() + STUCK_AFTER_MS;
  while (keysDown(eyes).size !== heldKeys) {
    if (monotonicMs() > untilMs) throw new Error(`the agent does not hold its ${heldKeys} keys`);
    await delay(1);
  }
}
