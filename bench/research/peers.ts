/**
 * understudy's loop beside the usual Python loop (mss, OpenCV, Keras, pynput), naive and tuned, on the same window, with the
 * same model, one after the other in short turns so that all see the same machine: time of each step, CPU a tick, and from a
 * change on the screen to the key event at the client. None of them is paced.
 *
 *   npm run research peers -- [--rounds 3] [--flashes 100] [--models models/arena-gru-512,models/arena-int8]
 *
 * Makes its own Python environment in the user's cache the first time (about 1.5 GB).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { photonToKey, type Flash, type KeyAnswer } from '../../src/runs/bench/photon-to-key.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { exportModel } from '../../src/training/import-model.js';
import { textTable } from '../../src/terminal/table.js';
import { end, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { peersPython } from '../support/python-environment.js';
import { commandOf, textBlock, writeResult } from '../support/results.js';
import { argument, countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const TITLE = 'flash';
const SIZE = [1280, 720] as const;
/** Limits on our figures: at most this many times those of the tuned loop. */
const GOALS = { 'compute p50': 0.4, 'tick p50': 0.5, 'photon p50': 0.7, 'photon p99': 1, 'CPU a tick': 0.4 } as const;
const COMPUTE = ['preprocess', 'encode', 'head'] as const;

/** A loop that is compared. */
interface Peer {
  readonly name: string;
  readonly start: (display: TestDisplay) => ChildProcess;
  readonly ms: Record<string, number[]>;
  readonly photonMs: number[];
  readonly cpuMsPerTick: number[];
  unanswered: number;
  versions: Readonly<Record<string, string>>;
}

const rounds = countArgument('--rounds', 3);
const flashes = countArgument('--flashes', 100);
const bundles = (argument('--models') ?? 'models/arena-gru-512').split(',');
const python = peersPython();
const archives = openFolder('peers').path;
await exportModel(bundles[0], archives);

await using display = await openDisplay();
const client = spawn(process.execPath, [here('../support/key-client.js'), display.name, TITLE, SIZE.join('x')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const keyLines = createInterface({ input: client.stdout });
const [ready] = (await once(keyLines, 'line')) as [string];
const windowId = ready.split(' ')[1];
using window = await findWindow({ window: TITLE, desktop: new X11Desktop(display.name), waitMs: 5000 });
const { x, y } = window.info.bounds;
const painter = spawn(process.execPath, [here('./peers/painter.js'), display.name, windowId], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const painted = createInterface({ input: painter.stdout });
const peers = peersOf([x, y, ...SIZE].join(','));
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) await measure(peer, round);
  }
} finally {
  await end(painter);
  await end(client);
}
report();

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function peersOf(region: string): Peer[] {
  const peer = (name: string, start: Peer['start']): Peer => ({
    ...{ name, start, ms: {}, photonMs: [], cpuMsPerTick: [], unanswered: 0, versions: {} },
  });
  const ours = bundles.map((bundle) =>
    peer(`understudy, ${basename(bundle)}`, (on) =>
      spawn(process.execPath, [here('./peers/ours.js'), on.name, TITLE, bundle], {
        env: on.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    ),
  );
  const theirs = (['tuned', 'naive'] as const).map((calls) =>
    peer(`Python, ${calls}`, (on) =>
      spawn(
        python,
        [here('../../../bench/research/peers/loop.py'), '--models', archives, '--calls', calls, '--region', region],
        {
          env: on.env,
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      ),
    ),
  );
  return [...ours, ...theirs];
}

/** One turn: starts the loop, flashes, ends it, and takes what it printed. */
async function measure(peer: Peer, round: number): Promise<void> {
  process.stderr.write(`round ${round + 1} of ${rounds}: ${peer.name}\n`);
  const child = peer.start(display);
  const lines = createInterface({ input: child.stdout! });
  const exited = once(child, 'exit');
  const [first] = (await Promise.race([once(lines, 'line'), exited.then(() => ['it ended early'])])) as [string];
  if (first !== 'ready') throw new Error(`${peer.name}: ${first}`);
  const keys: KeyAnswer[] = [];
  const hear = (line: string): void => {
    const [, atMs, up] = line.split(' ');
    keys.push({ down: up === undefined, atMs: Number(atMs) });
  };
  keyLines.on('line', hear);
  const seen = await paint(painted);
  const told = once(lines, 'line') as Promise<[string]>;
  child.kill('SIGTERM');
  const [json] = await told;
  await exited;
  keyLines.off('line', hear);
  const result = JSON.parse(json) as Pick<Peer, 'versions'> & { ms: Record<string, number[]>; cpuMsPerTick: number };
  for (const [step, ms] of Object.entries(result.ms)) (peer.ms[step] ??= []).push(...ms);
  peer.cpuMsPerTick.push(result.cpuMsPerTick);
  peer.versions = result.versions;
  const photon = photonToKey(seen, keys, []);
  peer.unanswered += photon?.unanswered ?? seen.length;
  for (const [ms, count] of photon?.bars ?? []) peer.photonMs.push(...Array<number>(count).fill(ms));
}

async function paint(from: Interface): Promise<Flash[]> {
  const seen: Flash[] = [];
  painter.stdin.write(`${flashes}\n`);
  for (;;) {
    const [line] = (await once(from, 'line')) as [string];
    if (line === 'done') return seen;
    const [white, atMs] = line.split(' ');
    seen.push({ white: white === '1', atMs: Number(atMs) });
  }
}

/** Sums of the steps that compute, tick by tick. */
function computeOf({ ms }: Peer): number[] {
  return (ms['encode'] ?? []).map((_, i) => COMPUTE.reduce((sum, step) => sum + ms[step][i], 0));
}

interface Figures {
  readonly n: number;
  readonly steps: Readonly<Record<string, Quantiles | null>>;
  readonly compute: Quantiles;
  readonly tick: Quantiles;
  readonly photon: Quantiles | null;
  readonly photonN: number;
  readonly unanswered: number;
  readonly cpuMsPerTick: number;
  readonly versions: Readonly<Record<string, string>>;
}

function figuresOf(peer: Peer): Figures {
  const cpu = peer.cpuMsPerTick;
  return {
    n: peer.ms['tick'].length,
    steps: Object.fromEntries(Object.entries(peer.ms).map(([step, ms]) => [step, quantiles(ms)])),
    compute: quantiles(computeOf(peer))!,
    tick: quantiles(peer.ms['tick'])!,
    photon: quantiles(peer.photonMs),
    photonN: peer.photonMs.length,
    unanswered: peer.unanswered,
    cpuMsPerTick: cpu.reduce((sum, ms) => sum + ms, 0) / cpu.length,
    versions: peer.versions,
  };
}

function measured({ compute, tick, photon, cpuMsPerTick }: Figures): Record<keyof typeof GOALS, number> {
  return {
    'compute p50': compute.p50,
    'tick p50': tick.p50,
    'photon p50': photon?.p50 ?? Number.NaN,
    'photon p99': photon?.p99 ?? Number.NaN,
    'CPU a tick': cpuMsPerTick,
  };
}

function report(): void {
  const figures = Object.fromEntries(peers.map((peer) => [peer.name, figuresOf(peer)]));
  const two = (value: number | undefined): string => value?.toFixed(2) ?? '-';
  const steps = ['capture', ...COMPUTE, 'act'] as const;
  const rows = Object.entries(figures).map(([name, { n, steps: by, compute, tick, photon, photonN, ...rest }]) => [
    name,
    ...steps.map((step) => two(by[step]?.p50)),
    two(compute.p50),
    two(tick.p50),
    two(tick.p99),
    two(photon?.p50),
    two(photon?.p99),
    two(rest.cpuMsPerTick),
    `${n} / ${photonN}`,
    String(rest.unanswered),
  ]);
  const tuned = measured(figures['Python, tuned']);
  const names = Object.keys(GOALS) as (keyof typeof GOALS)[];
  const ratios = Object.fromEntries(
    bundles.map((bundle) => {
      const ours = measured(figures[`understudy, ${basename(bundle)}`]);
      return [basename(bundle), Object.fromEntries(names.map((name) => [name, ours[name] / tuned[name]]))];
    }),
  ) as Record<string, Record<keyof typeof GOALS, number>>;
  const ratioRows = Object.entries(ratios).map(([bundle, by]) => [
    bundle,
    ...names.map((name) => `${two(by[name])} (${by[name] <= GOALS[name] ? 'met' : 'missed'})`),
  ]);
  const text = [
    textTable(
      ['ms', ...steps, 'compute', 'tick', 'tick p99', 'photon', 'photon p99', 'CPU a tick', 'n', 'unanswered'],
      rows,
    ),
    '',
    'Times the tuned Python loop (goals: ' + names.map((name) => `${name} ${GOALS[name]}`).join(', ') + '):',
    '',
    textTable(['', ...names], ratioRows),
  ].join('\n');
  const page = writeResult({
    name: 'peers',
    title: 'understudy beside the usual Python loop',
    command: commandOf('research peers', { rounds, flashes, models: bundles.join(',') }),
    n: `${rounds} rounds of ${flashes} flashes`,
    sections: [
      `The same 1280x720 window, the same weights, ${rounds} rounds in turns of ${flashes} flashes each, without pacing; milliseconds, p50 where nothing else is said; n is ticks / flashes.`,
      textBlock(text),
    ],
    document: { rounds, flashes, goals: GOALS, ratiosToTuned: ratios, loops: figures },
  });
  process.stderr.write(page);
}
