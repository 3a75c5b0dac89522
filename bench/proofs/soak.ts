/**
 * Claim: a run of any length uses no more than after its first minutes: memory, descriptors, children, shared memory.
 *
 *   npm run prove soak -- --minutes 15 --rate 10
 *   npm run prove soak -- --minutes 60 --rate 60
 *
 * Starts its own X server, a window that moves, and the real program in the background with the study's
 * architecture; asks it for its memory every 5 s over its control socket. Each rate has its own result in
 * docs/results/, the page and the picture show all that are there. Samples are also lines of runs/soak-<rate>hz.jsonl.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../../src/control/client.js';
import { findAgentSockets, type AgentSocket } from '../../src/control/sockets.js';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { end, openDisplay } from '../../testing/display/x-display.js';
import { takeSample, type SoakSample } from './soak/samples.js';
import { writeSoak } from './soak/result.js';
import { openMovingWindow } from '../support/open-moving-window.js';
import { commandOf } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const SAMPLE_EVERY_MS = 5000;
const WARM_UP_MINUTES = 10;
const UP_WITHIN_MS = 60_000;

const minutes = countArgument('--minutes', 15);
const rateHz = countArgument('--rate', 10);
const warmUpSeconds = 60 * Math.min(WARM_UP_MINUTES, (2 * minutes) / 3);
const command = commandOf('prove soak', { minutes, rate: rateHz });

const folder = openFolder('soak').path;
const progressFile = join(PROJECT_ROOT, 'runs', `soak-${rateHz}hz.jsonl`);
mkdirSync(join(PROJECT_ROOT, 'runs'), { recursive: true });
rmSync(progressFile, { force: true });

await using display = await openDisplay({ windowManager: true });
const { eyes } = display;
const env = { ...display.env, XDG_RUNTIME_DIR: folder };
await using game = await openMovingWindow(display.name, 'soak');
await initialBundle({ latent: 512, head: 'gru', seed: 1, out: join(folder, 'bundle') });
const program = [
  join(PROJECT_ROOT, 'bin', 'understudy.js'),
  'play',
  '--window',
  game.title,
  '--runs',
  join(folder, 'runs'),
];
const model = ['--model', join(folder, 'bundle'), '--rate', String(rateHz), '--any-rate', '--view', 'none'];
const daemon = spawn(process.execPath, ['--expose-gc', ...program, ...model], { env, stdio: 'ignore' });
try {
  const agent = await untilUp();
  const samples = await sampleFor(agent);
  const figures = (await ask(agent, 'status')) as Record<'ticks' | 'missedTicks' | 'lateTicks' | 'edgesSent', number>;
  await ask(agent, 'stop', {}, 20_000);
  const { ticks, missedTicks, lateTicks, edgesSent } = figures;
  const keysDownAtEnd = keysDown(eyes).size;
  const run = {
    rateHz,
    minutes,
    warmUpSeconds,
    command,
    samples,
    ticks,
    missedTicks,
    lateTicks,
    edgesSent,
    keysDownAtEnd,
  };
  const { broken, page } = await writeSoak(run);
  process.stderr.write(page);
  if (broken.length > 0) process.exitCode = 5;
} finally {
  await end(daemon);
}

async function untilUp(): Promise<AgentSocket> {
  const deadlineMs = performance.now() + UP_WITHIN_MS;
  for (;;) {
    const [agent] = await findAgentSockets(env);
    if (agent !== undefined) return agent;
    if (performance.now() > deadlineMs || daemon.exitCode !== null) throw new Error('the daemon did not come up');
    await delay(50);
  }
}

async function sampleFor(agent: AgentSocket): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  const beganMs = performance.now();
  for (let nextMs = beganMs + SAMPLE_EVERY_MS; nextMs <= beganMs + minutes * 60_000; nextMs += SAMPLE_EVERY_MS) {
    await delay(Math.max(0, nextMs - performance.now()));
    const sample = await takeSample(agent, beganMs);
    samples.push(sample);
    appendFileSync(progressFile, `${JSON.stringify(sample)}\n`);
    if (samples.length % 12 === 0) {
      const { seconds, daemonMb, heapMb, descriptors } = sample;
      process.stderr.write(
        `${(seconds / 60).toFixed(0)} min: ${daemonMb} MB, heap ${heapMb} MB, ${descriptors} files\n`,
      );
    }
  }
  return samples;
}
