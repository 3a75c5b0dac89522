/**
 * Does the live page delay a tick? The same fight with no page and with five viewers, in turns.
 *
 *   npm run bench watch -- [--rounds 6] [--ticks 200] [--rate 10] [--viewers 5] [--model models/x] [--write]
 *
 * A round is three blocks of one fight: no page, a page with viewers, no page again. The third against the first is the
 * noise that the second is compared with. The viewers are streams in a separate process on this machine, as pages are;
 * the cost of a browser's drawing is not included.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AgentLoop } from '../../src/agent/loop.js';
import { ArenaStage } from '../../src/arena/live.js';
import { makeUntrainedModel } from '../../src/runs/untrained-model.js';
import { SystemClock } from '../../src/core/clock.js';
import { quantiles } from '../../src/core/quantiles.js';
import type { TickReport } from '../../src/core/tick-report.js';
import { leaseMsFor } from '../../src/keyboard/lease.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { textTable } from '../../src/terminal/table.js';
import { LiveWatch } from '../../src/watch/live-watch.js';
import { versionOf } from '../support/machine.js';
import { commandOf, publish, textBlock } from '../support/results.js';
import { argument, countArgument } from '../support/sampling.js';

/** Ticks of a block that do not count: the latent window fills. */
const WARMUP_TICKS = 15;
const SEED = 7;
const VIEWERS_PROGRAM = fileURLToPath(new URL('../support/watch-viewers.js', import.meta.url));

const rounds = countArgument('--rounds', 6);
const ticksPerBlock = countArgument('--ticks', 200, WARMUP_TICKS + 1);
const rateHz = countArgument('--rate', 10);
const viewerCount = countArgument('--viewers', 5);
const clock = new SystemClock();

/** What was measured under one condition. */
interface Measured {
  /** Start of the grab to edges out, ms. */
  readonly latency: number[];
  /** Deadline to edges out, ms. */
  readonly total: number[];
  missed: number;
  late: number;
}

const NAMES = ['none', 'viewers', 'none again'] as const;
const measured: Record<(typeof NAMES)[number], Measured> = {
  none: empty(),
  viewers: empty(),
  'none again': empty(),
};
let leastPictures = Number.POSITIVE_INFINITY;

await using policy = await openPolicy({
  bundle: argument('--model') ?? (await makeUntrainedModel(console.error)),
  ...{ rateHz, clock, anyRate: true },
});
await using stage = await ArenaStage.open({ clock, seed: SEED, level: 'normal', leaseMs: leaseMsFor(1000 / rateHz) });
await playBlock(empty(), null); // the just-in-time compiler
for (let round = 0; round < rounds; round += 1) {
  for (const name of NAMES) {
    if (name === 'viewers') await playWatched(measured[name]);
    else await playBlock(measured[name], null);
  }
  console.error(`round ${round + 1} of ${rounds}`);
}
report();

function empty(): Measured {
  return { latency: [], total: [], missed: 0, late: 0 };
}

/** The same fight each time, from its beginning. */
async function playBlock(into: Measured, watch: LiveWatch | null): Promise<void> {
  stage.restart(SEED);
  let ticks = 0;
  const recorder = {
    onTick: ({ latencyMs, latenessMs, missedBefore, outcome }: TickReport) => {
      ticks += 1;
      if (ticks <= WARMUP_TICKS) return;
      into.missed += missedBefore;
      into.late += Number(outcome === 'late');
      if (latencyMs === null) return;
      into.latency.push(latencyMs);
      into.total.push(latenessMs + latencyMs);
    },
  };
  await new AgentLoop({
    ...{ clock, source: stage, policy, sink: stage, gates: [], rateHz, budgetMs: 50 },
    observers: [recorder, ...(watch === null ? [] : [watch])],
    applyDelayTicks: policy.applyDelayTicks,
    leaseMs: leaseMsFor(1000 / rateHz),
    maxLateInRow: 3,
    signal: new AbortController().signal,
    isOver: () => ticks >= ticksPerBlock || stage.outcome !== null,
    onRelease: () => undefined,
    onObserverTrouble: ({ message }) => {
      throw new Error(`the page was dropped: ${message}`);
    },
  }).run();
}

async function playWatched(into: Measured): Promise<void> {
  await using watch = await LiveWatch.open({ port: 0, control: false, say: () => undefined });
  watch.showModel(policy);
  watch.begin({
    mode: 'arena',
    name: `block ${into.latency.length}`,
    rateHz,
    budgetMs: 50,
    actions: policy.actions.names,
  });
  const viewers = spawn(process.execPath, [VIEWERS_PROGRAM, watch.url, String(viewerCount)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: viewers.stdout });
  await once(lines, 'line');
  await playBlock(into, watch);
  leastPictures = Math.min(leastPictures, (await endViewers(viewers, lines)).pictures);
}

async function endViewers(viewers: ChildProcess, lines: ReturnType<typeof createInterface>) {
  const said = once(lines, 'line') as Promise<[string]>;
  viewers.kill('SIGTERM');
  const got = JSON.parse((await said)[0]) as { readonly ticks: number; readonly pictures: number };
  if (got.ticks < ticksPerBlock / 2 || got.pictures === 0) throw new Error(`a viewer got ${JSON.stringify(got)}`);
  return got;
}

function report(): void {
  const figures = Object.fromEntries(
    NAMES.map((name) => {
      const { latency, total, missed, late } = measured[name];
      return [name, { latencyMs: quantiles(latency), totalMs: quantiles(total), missed, late, n: latency.length }];
    }),
  );
  const ratio = (name: string, time: 'latencyMs' | 'totalMs', quantile: 'p50' | 'p99'): number =>
    Number((figures[name][time]![quantile] / figures['none'][time]![quantile]).toFixed(3));
  const ratios = Object.fromEntries(
    NAMES.slice(1).map((name) => [
      name,
      {
        p50: ratio(name, 'latencyMs', 'p50'),
        p99: ratio(name, 'latencyMs', 'p99'),
        totalP99: ratio(name, 'totalMs', 'p99'),
      },
    ]),
  );
  const rows = NAMES.map((name) => {
    const { latencyMs, totalMs, missed, late, n } = figures[name];
    const times = [latencyMs!.p50, latencyMs!.p99, latencyMs!.max, totalMs!.p50, totalMs!.p99].map((ms) =>
      ms.toFixed(3),
    );
    return [name, String(n), ...times, String(missed), String(late)];
  });
  const columns = ['ms', 'ticks', 'latency p50', 'p99', 'max', 'deadline to edges p50', 'p99', 'missed', 'late'];
  const line = (name: string): string =>
    `${name} / none: p50 x ${ratios[name].p50}, p99 x ${ratios[name].p99}, deadline to edges p99 x ${ratios[name].totalP99}`;
  publish({
    name: 'watch',
    title: 'The live page and the loop',
    command: commandOf('bench watch', {
      ...{ rounds, ticks: ticksPerBlock, rate: rateHz, viewers: viewerCount, model: argument('--model'), write: true },
    }),
    n: `${rounds} rounds of ${ticksPerBlock} ticks`,
    versions: { onnxruntime: versionOf('onnxruntime-node') },
    sections: [
      `The same fight with no page and with ${viewerCount} viewers of the live page, in turns.`,
      textBlock([textTable(columns, rows), '', line('viewers'), line('none again')].join('\n')),
    ],
    document: {
      ...{ rounds, ticksPerBlock, warmupTicks: WARMUP_TICKS, rateHz, viewers: viewerCount, seed: SEED },
      ...{ model: policy.manifest.name, modelId: policy.modelId },
      ...{ leastPicturesOfAViewer: leastPictures, figures, ratios },
    },
  });
}
