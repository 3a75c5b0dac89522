/**
 * Claim: an overlay video of a 10-minute session at 1280x720 with one model is written at least twice as fast as it
 * plays, on two cores, in less than 500 MB.
 *
 *   npm run bench overlay -- [--minutes 10] [--model models/arena-gru-512] [--write]
 *
 * Runs the program as a user would. The session, scripted fights of the
 * arena, is kept under runs/overlay-bench for the next time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ArenaStage } from '../../src/arena/live.js';
import { Demonstrator } from '../../src/arena/players/demonstrator.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import type { OverlayReport } from '../../src/evaluation/overlay/overlay.js';
import { isHeld, NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { cpuSeconds } from '../../src/system/process-cost.js';
import { VirtualClock } from '../../src/core/clock.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { versionOf } from '../support/machine.js';
import { commandOf, markdownTable, publish } from '../support/results.js';

const RATE_HZ = 10;
const FIRST_SEED = 1;
const PICTURE = { width: 1280, height: 720 };
/** Between two looks at the memory of the program, ms. */
const LOOK_EVERY_MS = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    model: { type: 'string', default: join('models', 'arena-gru-512') },
    write: { type: 'boolean', default: false },
  },
});
process.chdir(PROJECT_ROOT);
const frames = Math.round(Number(values.minutes) * 60 * RATE_HZ);

/** Fight after fight at 720p until there are frames enough. @returns the session's path without ending */
async function makeSession(): Promise<string> {
  const folder = join('runs', 'overlay-bench');
  const base = join(folder, `arena-720p-${frames}`);
  if (existsSync(`${base}.whole`)) return base;
  for (const ending of ['_events.jsonl', '_frames.jsonl', '_gray.bin', '.mp4']) rmSync(base + ending, { force: true });
  mkdirSync(folder, { recursive: true });
  const clock = new VirtualClock();
  await using writer = await SessionWriter.create({
    ...{ files: filesAt(base), rateHz: RATE_HZ, ...PICTURE, source: 'bench', contract: STUDY_CONTRACT, clock },
  });
  let held = NONE_HELD;
  const onIntention = (wanted: number): void => {
    for (const [k, action] of STUDY_ACTIONS.names.entries()) {
      if (isHeld(wanted, k) === isHeld(held, k)) continue;
      if (isHeld(wanted, k)) writer.keyDown({ action }, clock.nowMs());
      else writer.keyUp({ action }, clock.nowMs());
    }
    held = wanted;
  };
  const player = new Demonstrator({ player: createPlayer('expert', FIRST_SEED), noise: 0, onIntention });
  let seed = FIRST_SEED;
  await using stage = await ArenaStage.open({ clock, seed, player, size: PICTURE });
  writer.marker('fight_start', 0);
  for (let frame = 0; frame < frames; frame += 1) {
    await clock.sleepUntil((frame * 1000) / RATE_HZ);
    if (stage.outcome !== null) {
      writer.marker('fight_end', clock.nowMs() - 1);
      stage.restart((seed += 1));
      writer.marker('fight_start', clock.nowMs());
    }
    await writer.room();
    writer.offer(await stage.next());
    if (frame % 600 === 0) process.stderr.write(`recording: ${frame} of ${frames} frames\n`);
  }
  await writer.finish('done');
  if (writer.failure !== null) throw writer.failure;
  writeFileSync(`${base}.whole`, '');
  return base;
}

interface Measured {
  readonly report: OverlayReport;
  readonly peakMb: number;
  readonly cpuS: number;
}

/** Resident memory of a process at its highest, MB (10^6 bytes); 0 once it is gone. */
function peakRssMb(pid: number): number {
  try {
    const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (Number(kb) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

async function runOverlay(base: string, out: string): Promise<Measured> {
  const args = ['overlay', base, '--model', values.model, '--out', out, '--json'];
  const child = spawn(process.execPath, [join('bin', 'understudy.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const cost = { peakMb: 0, cpuS: 0 };
  const watch = setInterval(() => {
    cost.peakMb = Math.max(cost.peakMb, peakRssMb(child.pid!));
    cost.cpuS = Math.max(cost.cpuS, cpuSeconds(child.pid!));
  }, LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`overlay ended with ${code}`);
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as OverlayReport;
  return { report, ...cost };
}

const base = await makeSession();
const out = join('runs', 'overlay-bench', 'overlay.mp4');
const { report, peakMb, cpuS } = await runOverlay(base, out);
const seconds = report.frames / RATE_HZ;
const figures = {
  'video, s': seconds,
  'written in, s': report.tookSeconds,
  'times real time': report.timesRealTime,
  'CPU time, s': Number(cpuS.toFixed(1)),
  'CPU time a frame, ms': Number(((cpuS * 1000) / report.frames).toFixed(1)),
  'video over CPU time': Number((seconds / cpuS).toFixed(2)),
  'peak resident memory, MB': Math.round(peakMb),
  'file, MB': Number((statSync(out).size / 1e6).toFixed(1)),
};
rmSync(out);
publish({
  name: 'overlay',
  title: 'How fast an overlay video is written',
  command: commandOf('bench overlay', { ...values, write: true }),
  n: `${report.frames} frames, fights from seed ${FIRST_SEED}`,
  versions: { webcodecs: versionOf('@napi-rs/webcodecs'), onnxruntime: versionOf('onnxruntime-node') },
  sections: [
    [
      `A session of ${values.minutes} minutes at 1280x720 and 10 frames a second, one model; the written video is ${report.width}x${report.height}.`,
      'Asking the model, decoding, drawing and encoding are all in it. The claim: at least twice real time, less than 500 MB.',
    ].join('\n'),
    markdownTable(
      ['', ''],
      Object.entries(figures).map(([name, value]) => [name, String(value)]),
    ),
  ],
  made: [
    'a load average above the number of cores: other work took part of them, and the time is longer than on a machine of its own. CPU time is not',
    `model ${report.models[0].name} (${report.models[0].id})`,
  ],
  document: {
    model: report.models[0],
    n: report.frames,
    seed: FIRST_SEED,
    size: `${report.width}x${report.height}`,
    figures,
  },
});
