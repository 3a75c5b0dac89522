/**
 * Claims: under Wine no key stays down when the agent is killed, by the game's own log; and a whole tick on Windows takes at
 * most 1.5 times as long as on X11 (p50), on the same window, in turns.
 *
 *   npm run prove windows -- [--kills 50] [--rounds 5] [--seconds 20]
 *
 * Needs Wine as `node scripts/wine.js` prepares it, and UNDERSTUDY_WINE. The window is a Windows program on an X server of its own:
 * Windows' Node sees it through GDI, this machine's through X11. Both play it with the shipped model. --rounds 0 leaves the second claim out.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { runCli, type CliResult } from '../../testing/cli/cli.js';
import { until } from '../../testing/until.js';
import { lacksWine, PATIENCE_MS, Wine, type WineRun } from '../../testing/windows/wine.js';
import type { Witness } from '../../testing/windows/witness.js';
import { versionOf } from '../support/machine.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';
import { countArgument } from '../support/sampling.js';

const kills = countArgument('--kills', 50, 0);
const rounds = countArgument('--rounds', 5, 0);
const seconds = countArgument('--seconds', 20);

/** A tick on Windows may take this many times as long as on X11. */
const MOST_TIMES = 1.5;
/** A key that is still down this long after its agent is stuck. */
const STUCK_AFTER_MS = 5000;
const PLAY = ['play', '--window', 'Witness', '--act', 'sample', '--activate', '--json', '--view', 'none'];

/** What is used of `play --json`. */
interface Played {
  readonly ticks: number;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly edgesSent: number;
  readonly latencyMs: Quantiles;
  readonly stageMs: Readonly<Record<string, Quantiles>>;
}

const lacks = lacksWine();
if (lacks !== false) throw new Error(lacks);
await using wine = await Wine.open();
await using witness = await wine.openWitness();
const released = await killAgents(wine, witness);
const [windows, x11] = await playInTurns(wine);
const p50 = (runs: readonly Played[]): number =>
  quantiles(runs.map(({ latencyMs }) => latencyMs.p50))?.p50 ?? Number.NaN;
const ratio = rounds === 0 ? null : p50(windows) / p50(x11);
const broken = [
  ...(released.stuck === 0 ? [] : [`${released.stuck} of ${kills} kills left a key down`]),
  ...(ratio === null || ratio <= MOST_TIMES ? [] : [`a tick takes ${ratio.toFixed(2)} times as long as on X11`]),
];
const page = writeResult({
  name: 'windows',
  title: 'Windows under Wine: keys after a kill, and a tick beside X11',
  command: commandOf('prove windows', { kills, rounds, seconds }),
  n: `${kills} kills; ${rounds} rounds of ${seconds} s on each side`,
  versions: { Wine: wineVersion(), koffi: versionOf('koffi') },
  sections: [
    broken.length === 0 ? 'Nothing was broken.' : `Broken: ${broken.join('; ')}.`,
    `An agent that held a key was killed (SIGKILL) ${kills} times, at another moment of its tick each time. By the log of the game, which looks at
the keys every 20 ms, all keys were up again ${released.ms.length} times.`,
    rounds === 0
      ? 'Ticks were not measured.'
      : `The same window was played in turns by Windows' Node 22 under Wine (PrintWindow or BitBlt, SendInput) and by this machine's Node (XShm,
XTEST), with the same model. The medians of the rounds: a whole tick takes ${ratio!.toFixed(2)} times as long (goal: at most ${MOST_TIMES}). Ticks, missed, late:
${counts(windows)} on Windows; ${counts(x11)} on X11. The figures are of the round in the middle.`,
    quantileTable({
      'key up after SIGKILL of the agent': quantiles(released.ms),
      ...stages('Windows', windows),
      ...stages('X11', x11),
    }),
    'Wine on Linux is not Windows: its times say that nothing here is slow by itself, not how fast Windows is.',
  ],
  document: { broken, ratio, releasedMs: released.ms, stuck: released.stuck, windows, x11 },
});
process.stderr.write(`\n${page}\n`);
if (broken.length > 0) process.exitCode = 5;

function quantileTable(rows: Readonly<Record<string, Quantiles | null>>): string {
  const cells = Object.entries(rows).map(([name, ms]) => [
    name,
    ...(ms === null ? ['', '', '', ''] : [ms.p50, ms.p95, ms.p99, ms.max].map((value) => value.toFixed(2))),
  ]);
  return markdownTable(['ms', 'p50', 'p95', 'p99', 'max'], cells);
}

function wineVersion(): string {
  return execFileSync('wine', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Kills an agent that holds a key, again and again. @returns how long until the window saw them all up, ms */
async function killAgents(on: Wine, game: Witness): Promise<{ readonly ms: number[]; readonly stuck: number }> {
  const ms: number[] = [];
  let stuck = 0;
  for (let i = 0; i < kills; i += 1) {
    await using agent: WineRun = on.start([...PLAY, '--seconds', '60']);
    await until('the agent holds a key', () => game.down.size > 0, PATIENCE_MS);
    await delay((37 * i) % 400); // at another moment of its tick each time
    await until('the agent holds a key', () => game.down.size > 0, PATIENCE_MS);
    const beganMs = performance.now();
    process.kill(agent.pid, 'SIGKILL');
    while (game.down.size > 0 && performance.now() - beganMs < STUCK_AFTER_MS) await delay(1);
    if (game.down.size > 0) {
      stuck += 1;
      await on.run(['release', '--all']);
    } else ms.push(performance.now() - beganMs);
    rmSync(`${on.folder}/runs`, { recursive: true, force: true });
    process.stderr.write(`kill ${i + 1} of ${kills}: ${stuck} stuck\n`);
  }
  return { ms, stuck };
}

async function playInTurns(on: Wine): Promise<readonly [Played[], Played[]]> {
  const played: readonly [Played[], Played[]] = [[], []];
  const args = [...PLAY, '--seconds', String(seconds)];
  for (let round = 0; round < rounds; round += 1) {
    played[0].push(readPlayed(await on.run(args)));
    played[1].push(readPlayed(await runCli(args, { env: on.display.env, cwd: on.folder })));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return played;
}

function readPlayed(result: CliResult): Played {
  if (result.code !== 0) throw new Error(`play ended with ${result.code}: ${result.stderr}`);
  // the rest of it names folders of this machine
  const { ticks, missedTicks, lateTicks, edgesSent, latencyMs, stageMs } = result.json() as Played;
  return { ticks, missedTicks, lateTicks, edgesSent, latencyMs, stageMs };
}

/** Of the round whose tick is in the middle; the others are in what each run printed. */
function stages(name: string, runs: readonly Played[]): Record<string, Quantiles | null> {
  const middle = [...runs].sort((a, b) => a.latencyMs.p50 - b.latencyMs.p50).at(Math.floor(runs.length / 2));
  if (middle === undefined) return {};
  const { latencyMs, stageMs } = middle;
  const named = Object.entries({ 'whole tick': latencyMs, ...stageMs });
  return Object.fromEntries(named.map(([stage, ms]) => [`${name}: ${stage}`, ms]));
}

function counts(runs: readonly Played[]): string {
  const sum = (of: (played: Played) => number): number => runs.reduce((total, played) => total + of(played), 0);
  return [sum(({ ticks }) => ticks), sum(({ missedTicks }) => missedTicks), sum(({ lateTicks }) => lateTicks)].join(
    ', ',
  );
}
