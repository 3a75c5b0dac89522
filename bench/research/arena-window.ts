/**
 * Claim: the agent wins through the arena's real window too: real time, a real Chromium, real keys, and Debian's xinput
 * as a witness of every key event. The same fights in process stand beside it.
 *
 *   npm run research arena-window -- [--fights 20] [--seed 1] [--level normal] [--model <folder>]
 *
 * Starts its own X server. Writes docs/results/arena-window.md and .json; the figures are those of `play --json`.
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Level } from '../../src/arena/fight.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import type { RunSummary } from '../../src/runs/summary.js';
import { wilson95 } from '../../src/evaluation/intervals.js';
import { readBundle } from '../../src/policy/bundle.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { playCell } from '../support/arena-cells.js';
import { printResult, resultText, type Measurement } from '../support/machine.js';
import { commandOf, textBlock, writeResult } from '../support/results.js';
import { argument, countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const fights = countArgument('--fights', 20);
const seed = countArgument('--seed', 1);
const level: Level = argument('--level') === 'hard' ? 'hard' : 'normal';
const model = argument('--model');

await using display = await openDisplay({ windowManager: true });
await using witness = await KeyWitness.on(display);
const [loadBefore] = loadavg();
const runs = openFolder('arena-window').path;
const summary = await play();
const witnessed = (await witness.log()).length;
const bundle = await readBundle(summary.model);
const inProcess = await playCell(bundle, seed - 1 + fights, { level });
const wins = summary.fights.filter((fight) => fight.outcome === 'won').length;
const [low, high] = wilson95(wins, summary.fights.length);
const result: Measurement = {
  claim: `${summary.fights.length} fights through the real window in real time`,
  setting: {
    ...{ model: `${bundle.manifest.name} (${bundle.id})`, seed, level, rateHz: summary.rateHz.toFixed(3) },
    // of all that ran on the machine in that time, this bench included
    load: `${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`,
  },
  n: summary.ticks,
  warmup: 0,
  ms: { latency: summary.latencyMs, lateness: summary.latenessMs, ...summary.stageMs },
  other: {
    won: `${wins} of ${summary.fights.length} (95 %: ${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %)`,
    seconds: summary.seconds,
    'missed / late / starved / gated': [
      summary.missedTicks,
      summary.lateTicks,
      summary.starvedTicks,
      summary.gatedTicks,
    ].join(' / '),
    'edges: sent / page / witness': [
      summary.edgesSent,
      summary.page === undefined ? '-' : summary.page.presses + summary.page.releases,
      witnessed,
    ].join(' / '),
    'hit points lost': summary.fights.map((fight) => ('damage' in fight ? fight.damage : '-')).join(' '),
    'the same fights in process': inProcess
      .slice(seed - 1)
      .map((fight) => fight.damage)
      .join(' '),
  },
};
printResult(result);
writeResult({
  name: 'arena-window',
  title: 'The agent through the real window',
  command: commandOf('research arena-window', { fights, seed, level, model }),
  n: `${summary.fights.length} fights, ${result.n} ticks`,
  sections: [
    "The arena's page in a real Chromium under Xvfb with openbox, played by `play --arena --browser` in real time with real\n" +
      "keys; Debian's xinput counts every key event as a witness.",
    textBlock(resultText(result)),
  ],
  document: { ...result, fights: summary.fights },
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
