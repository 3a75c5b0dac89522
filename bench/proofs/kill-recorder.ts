/**
 * Claim: a recorder killed at any moment leaves a session that loads after `repair`; no event older than 50 ms at the
 * kill is missing, and the video lacks at most 1 s.
 *
 *   npm run prove kill-recorder -- --times 500 [--resume] [--together 4] [--seed 1]
 *
 * Each outcome is a line of runs/kill-recorder.jsonl at once; --resume continues after the last of them. The result is
 * written to docs/results/ when all are done, and when it is interrupted.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/core/errors.js';
import { quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { killRecorder, type KillOutcome } from '../../testing/sessions/session-killing.js';
import { versionOf } from '../support/machine.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

/** What is promised. */
const OLDEST_MISSING_MS = 50;
const MISSING_VIDEO_SECONDS = 1;

/** When the kill comes after the first frame, ms; a frame is promised once it is OLDEST_MISSING_MS old. */
const KILL_AFTER_MS = [OLDEST_MISSING_MS, 5000] as const;

interface KillRecord extends Partial<KillOutcome> {
  /** 0-based; the moment of the kill follows from the seed and this. */
  readonly run: number;
  readonly seed: number;
  readonly afterMs: number;
  /** Which promise it breaks; null where none. */
  readonly broken: string | null;
}

const times = countArgument('--times', 500);
const together = countArgument('--together', 4);
const seed = countArgument('--seed', 1);
const resume = process.argv.includes('--resume');
const progressFile = join(PROJECT_ROOT, 'runs', 'kill-recorder.jsonl');

/** The runs of this seed that an earlier call has done, when it is to be resumed. */
function earlierRuns(): KillRecord[] {
  mkdirSync(join(PROJECT_ROOT, 'runs'), { recursive: true });
  if (!resume) rmSync(progressFile, { force: true });
  if (!existsSync(progressFile)) return [];
  const lines = readFileSync(progressFile, 'utf8').split('\n');
  const records = lines.slice(0, -1).map((line) => JSON.parse(line) as KillRecord); // a kill whose line was cut off is run again
  return records.filter((record) => record.seed === seed && record.run < times);
}

/** Which promise an outcome breaks, or null. */
function brokenBy(outcome: KillOutcome): string | null {
  const missingMs = outcome.oldestMissingEventMs ?? 0;
  if (outcome.problems.length > 0) return outcome.problems.join('; ');
  if (missingMs > OLDEST_MISSING_MS) return `an event of ${missingMs} ms before the kill is missing`;
  if (outcome.videoLacksSeconds > MISSING_VIDEO_SECONDS) return `the video lacks ${outcome.videoLacksSeconds} s`;
  if (outcome.grayLacksSeconds > MISSING_VIDEO_SECONDS) return `the gray file lacks ${outcome.grayLacksSeconds} s`;
  return null;
}

async function killOnce(run: number): Promise<KillRecord> {
  const afterMs = new Random(seed * 1_000_003 + run).integer(...KILL_AFTER_MS);
  using folder = openFolder('kill');
  try {
    const outcome = await killRecorder(join(folder.path, 'run'), afterMs);
    return { run, seed, afterMs, ...outcome, broken: brokenBy(outcome) };
  } catch (error) {
    return { run, seed, afterMs, broken: `it does not load: ${messageOf(error)}` };
  }
}

/** @returns the page */
function writeKills(records: readonly KillRecord[]): string {
  const broken = records.filter((record) => record.broken !== null);
  const figure = (of: (record: KillRecord) => number | null | undefined) =>
    quantiles(records.map(of).filter((value) => typeof value === 'number'));
  const result = {
    claim: 'after a kill and a repair: loads, no event older than 50 ms missing, at most 1 s of video missing',
    n: records.length,
    held: records.length - broken.length,
    killAfterMs: KILL_AFTER_MS,
    eventsTold: records.reduce((sum, record) => sum + (record.eventsTold ?? 0), 0),
    videoLacksSeconds: figure((record) => record.videoLacksSeconds),
    grayLacksSeconds: figure((record) => record.grayLacksSeconds),
    runsThatLackEvents: records.filter((record) => typeof record.oldestMissingEventMs === 'number').length,
    oldestMissingEventMs: figure((record) => record.oldestMissingEventMs),
    runsWithGaps: records.filter((record) => (record.gaps ?? 0) > 0).length,
    broken,
    seed,
    together,
  };
  const row = (name: string, unit: string, figures: typeof result.videoLacksSeconds): string[] =>
    figures === null
      ? [name, '-', '-', '-', '-']
      : [name, ...[figures.p50, figures.p95, figures.p99, figures.max].map((value) => `${value} ${unit}`)];
  const ageName = `age of the oldest missing event (${result.runsThatLackEvents} runs lack one)`;
  return writeResult({
    name: 'kill-recorder',
    title: 'A recorder killed at random moments',
    command: commandOf('prove kill-recorder', { times: records.length, together, seed }),
    n: `${result.n} kills (SIGKILL)`,
    versions: { '@napi-rs/webcodecs': versionOf('@napi-rs/webcodecs') },
    sections: [
      `**${result.held} of ${result.n} kills** left a session that loads after \`session repair\` with nothing wrong in it, no event\n` +
        `older than ${OLDEST_MISSING_MS} ms missing and at most ${MISSING_VIDEO_SECONDS} s of video missing.`,
      markdownTable(
        ['', 'p50', 'p95', 'p99', 'max'],
        [
          row('video lacks', 's', result.videoLacksSeconds),
          row('gray frames lack', 's', result.grayLacksSeconds),
          row(ageName, 'ms', result.oldestMissingEventMs),
        ],
      ),
      ...broken.map((record) => `- run ${record.run}, killed after ${record.afterMs} ms: ${record.broken}`),
    ],
    made: [
      `kills ${KILL_AFTER_MS[0]} to ${KILL_AFTER_MS[1]} ms after the first frame, uniform, seed ${seed}; ${together} recorders at once`,
      `recorder: 10 frames a second at 320x180, a key event each 7 ms (${result.eventsTold} events in all)`,
      `in ${result.runsWithGaps} runs the machine was too busy for a new picture within half a second, which the session says`,
    ],
    document: result,
  });
}

const records = earlierRuns();
const left = Array.from({ length: times }, (_, run) => run).filter((run) => !records.some((done) => done.run === run));
let interrupted = false;
process.once('SIGINT', () => (interrupted = true));

async function work(): Promise<void> {
  for (let run = left.shift(); run !== undefined && !interrupted; run = left.shift()) {
    const record = await killOnce(run);
    appendFileSync(progressFile, `${JSON.stringify(record)}\n`);
    records.push(record);
    const broken = records.filter((done) => done.broken !== null).length;
    if (record.broken !== null) process.stderr.write(`run ${run}: ${record.broken}\n`);
    if (records.length % 10 === 0) process.stderr.write(`${records.length} of ${times} kills, ${broken} broken\n`);
  }
}

await Promise.all(Array.from({ length: together }, work));
process.stderr.write(writeKills(records));
if (records.some((record) => record.broken !== null)) process.exitCode = 5;
