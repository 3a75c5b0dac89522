/**
 * The agent through the arena's real window: real time, a real Chromium, real keys, and Debian's xinput as a witness of
 * every key event.
 *
 *   npm run bench:arena-window -- [--fights 20] [--seed 1] [--level normal] [--model <folder>]
 *
 * Starts an X server of its own. The figures are those of `play --json`; the witness's count stands beside them.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/cli/project-root.js';
import type { RunSummary } from '../src/cli/run/summary.js';
import { KeyWitness } from '../test/support/key-witness.js';
import { startDisplay } from '../test/support/x-display.js';
import { printResult } from './support/machine.js';
import { argument, countArgument } from './support/sampling.js';

const fights = countArgument('--fights', 20);
const seed = countArgument('--seed', 1);
const level = argument('--level') ?? 'normal';
const model = argument('--model');

await using display = await startDisplay({ windowManager: true });
await using witness = await KeyWitness.on(display);
const runs = await mkdtemp(join(tmpdir(), 'understudy-arena-window-'));
const summary = await play();
const witnessed = (await witness.log()).length;
await rm(runs, { recursive: true, force: true });
const { page } = summary;
printResult({
  claim: `${summary.fights.length} fights through the real window in real time`,
  setting: { model: summary.model.slice(PROJECT_ROOT.length), seed, level, rateHz: summary.rateHz.toFixed(3) },
  n: summary.ticks,
  warmup: 0,
  ms: { latency: summary.latencyMs, lateness: summary.latenessMs, ...summary.stageMs },
  other: {
    won: `${summary.fights.filter((fight) => fight.outcome === 'won').length} of ${summary.fights.length}`,
    seconds: summary.seconds,
    'missed / late / starved / gated': [
      summary.missedTicks,
      summary.lateTicks,
      summary.starvedTicks,
      summary.gatedTicks,
    ].join(' / '),
    'edges: sent / page / witness': [
      summary.edgesSent,
      page === undefined ? '-' : page.presses + page.releases,
      witnessed,
    ].join(' / '),
    'hit points lost': summary.fights.map((fight) => fight.damage).join(' '),
  },
});

/** `play --arena --browser` as a person would start it; its progress goes to standard error. */
async function play(): Promise<RunSummary> {
  const child = spawn(
    process.execPath,
    [
      ...[join(PROJECT_ROOT, 'bin', 'understudy.js'), 'play', '--arena', '--browser', '--json', '--runs', runs],
      ...['--fights', String(fights), '--seed', String(seed), '--level', level],
      ...(model === undefined ? [] : ['--model', model]),
    ],
    { env: display.env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let stdout = '';
  for await (const chunk of child.stdout) stdout += String(chunk);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunSummary;
}
