/**
 * Claim: a recording of 5 minutes beside two busy processes has duration x rate frames within 1, every key event once
 * with the hand that sent it, a mark on every repeated picture, and keys within a frame of the pictures, at the end as
 * at the start; unloaded, at least 95 % of the slots show a picture of their own.
 *
 *   node dist/bench/record-counter.js [--seconds 300] [--unloaded-seconds 60]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantiles } from '../src/core/quantiles.js';
import { counterFigures, recordCounter } from '../test/support/counter-recording.js';
import { startDisplay } from '../test/support/x-display.js';
import { printResult, versionOf } from './support/machine.js';
import { countArgument } from './support/sampling.js';

const BUSY_PROCESSES = 2;
/** Presses at each end whose offset is told apart. */
const AT_EACH_END = 50;

const loadedSeconds = countArgument('--seconds', 300);
const unloadedSeconds = countArgument('--unloaded-seconds', 60);
const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
const broken: string[] = [];

async function measure(name: string, seconds: number, busyProcesses: number) {
  await using display = await startDisplay();
  const recording = await recordCounter({ display, folder, name, seconds, busyProcesses });
  const figures = counterFigures(recording);
  const { duplicates, failedGrabs, frames } = recording.summary;
  if (figures.framesOff > 1) broken.push(`${name}: ${figures.framesOff} frames off duration x rate`);
  if (figures.wrongKeys > 0) broken.push(`${name}: ${figures.wrongKeys} key events wrong`);
  if (figures.unmarkedRepeats > 0) broken.push(`${name}: ${figures.unmarkedRepeats} repeated pictures without a mark`);
  const offsets = figures.pressToFrameMs;
  return {
    figures,
    n: Number(frames),
    ms: {
      [`${name}: press to frame, first ${AT_EACH_END}`]: quantiles(offsets.slice(0, AT_EACH_END)),
      [`${name}: press to frame, last ${AT_EACH_END}`]: quantiles(offsets.slice(-AT_EACH_END)),
    },
    other: {
      [`${name}: frames`]: Number(frames),
      [`${name}: frames off duration x rate`]: Number(figures.framesOff.toFixed(3)),
      [`${name}: key events told`]: recording.told.length,
      [`${name}: key events wrong`]: figures.wrongKeys,
      [`${name}: duplicates`]: Number(duplicates),
      [`${name}: failed grabs`]: Number(failedGrabs),
      [`${name}: repeated pictures without a mark`]: figures.unmarkedRepeats,
      [`${name}: slots with a picture of their own %`]: (100 * figures.distinctShare).toFixed(2),
    },
  };
}

try {
  const loaded = await measure('loaded', loadedSeconds, BUSY_PROCESSES);
  const unloaded = await measure('unloaded', unloadedSeconds, 0);
  if (unloaded.figures.distinctShare < 0.95) broken.push('unloaded: fewer than 95 % of the slots show a new picture');
  printResult({
    claim: `a recording of ${loadedSeconds} s beside ${BUSY_PROCESSES} busy processes, and one of ${unloadedSeconds} s alone`,
    setting: {
      webcodecs: versionOf('@napi-rs/webcodecs'),
      koffi: versionOf('koffi'),
      broken: broken.join('; ') || '-',
    },
    n: loaded.n + unloaded.n,
    warmup: 0,
    ms: { ...loaded.ms, ...unloaded.ms },
    other: { ...loaded.other, ...unloaded.other },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (broken.length > 0) process.exitCode = 5;
