/**
 * Claim: a recording of 5 minutes beside two busy processes has duration x rate frames within 1, every key event once
 * with the hand that sent it, a mark on every repeated picture, and keys within a frame of the pictures, at the end as
 * at the start; unloaded, at least 95 % of the slots show a picture of their own.
 *
 *   npm run prove record-counter -- [--seconds 300] [--unloaded-seconds 60]
 *
 * The result is written to docs/results/, with the machine's other load: the load average before each recording.
 */
import { loadavg } from 'node:os';
import { quantiles } from '../../src/core/quantiles.js';
import { counterFigures, recordCounter } from '../../testing/sessions/counter-recording.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { printResult, versionOf, type Measurement } from '../support/machine.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const BUSY_PROCESSES = 2;
/** Presses at each end whose offset is reported separately. */
const AT_EACH_END = 50;
const PERIOD_MS = 100;

const loadedSeconds = countArgument('--seconds', 300);
const unloadedSeconds = countArgument('--unloaded-seconds', 60);
const folder = openFolder('bench').path;
const broken: string[] = [];

async function measure(name: string, seconds: number, busyProcesses: number) {
  await using display = await openDisplay();
  const loadBefore = loadavg()[0].toFixed(1);
  const recording = await recordCounter({ display, folder, name, seconds, busyProcesses });
  const figures = counterFigures(recording);
  const { duplicates, failedGrabs, frames } = recording.summary;
  if (figures.framesOff > 1) broken.push(`${name}: ${figures.framesOff} frames off duration x rate`);
  if (figures.wrongKeys > 0) broken.push(`${name}: ${figures.wrongKeys} key events wrong`);
  if (figures.unmarkedRepeats > 0) broken.push(`${name}: ${figures.unmarkedRepeats} repeated pictures without a mark`);
  const offsets = figures.pressToFrameMs;
  const [first, last] = [offsets.slice(0, AT_EACH_END), offsets.slice(-AT_EACH_END)].map(quantiles);
  for (const [end, figure] of Object.entries({ start: first, end: last })) {
    if ((figure?.p50 ?? 0) >= PERIOD_MS) broken.push(`${name}: ${figure?.p50} ms from press to frame at the ${end}`);
  }
  return {
    figures,
    n: Number(frames),
    ms: {
      [`${name}: press to frame, first ${AT_EACH_END}`]: first,
      [`${name}: press to frame, last ${AT_EACH_END}`]: last,
    },
    other: {
      [`${name}: load average before`]: loadBefore,
      [`${name}: seconds`]: Number(recording.seconds.toFixed(1)),
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

function writeRecording(result: Measurement): void {
  const rows = Object.entries(result.ms).map(([name, figures]) => [
    name,
    ...(figures === null
      ? ['-', '-', '-', '-']
      : [figures.p50, figures.p95, figures.p99, figures.max].map((ms) => ms.toFixed(1))),
  ]);
  writeResult({
    name: 'record-counter',
    title: 'A person and a counter, recorded',
    command: commandOf('prove record-counter', { seconds: loadedSeconds, 'unloaded-seconds': unloadedSeconds }),
    n: `${result.n} frames`,
    versions: { '@napi-rs/webcodecs': versionOf('@napi-rs/webcodecs') },
    sections: [
      `A simulated person presses keys in a window that shows a running counter: ${result.claim}.`,
      broken.length === 0 ? '**All that is promised held.**' : `**Broken: ${broken.join('; ')}.**`,
      [
        'Promised: frames = duration x rate within 1; every key event once, `synthetic` exactly where a program sent it; every',
        'repeated picture marked; unloaded, 95 % of the slots with a picture of their own; press to frame under one frame',
        `(${PERIOD_MS} ms, p50) at the end as at the start.`,
      ].join('\n'),
      markdownTable(['ms', 'p50', 'p95', 'p99', 'max'], rows),
      markdownTable(
        ['', ''],
        Object.entries(result.other ?? {}).map(([name, value]) => [name, String(value)]),
      ),
    ],
    document: { ...result },
  });
}

const loaded = await measure('loaded', loadedSeconds, BUSY_PROCESSES);
const unloaded = await measure('unloaded', unloadedSeconds, 0);
if (unloaded.figures.distinctShare < 0.95) broken.push('unloaded: fewer than 95 % of the slots show a new picture');
const result: Measurement = {
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
};
writeRecording(result);
printResult(result);
if (broken.length > 0) process.exitCode = 5;
