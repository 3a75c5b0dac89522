/** Records the counting player's window with the real program, and measures how well the session matches it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { logNameOf } from '../../src/runs/record/log-names.js';
import { readGrayFrames } from '../../src/session/gray-file.js';
import { readSession, type Session } from '../../src/session/session.js';
import { startCli } from '../cli/cli.js';
import { COUNTER_MODULUS, HELD_LEVEL, type ToldKey } from './counting-player.js';
import type { TestDisplay } from '../display/x-display.js';

export interface CounterRecordingOptions {
  readonly display: TestDisplay;
  readonly folder: string;
  readonly name: string;
  readonly seconds: number;
  /** Processes that do nothing but compute, beside the recorder. */
  readonly busyProcesses?: number;
  /** More arguments of `record`. */
  readonly args?: readonly string[];
}

export interface CounterRecording {
  readonly session: Session;
  /** What `record --json` printed. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** From when the recorder listened to when it was asked to stop, s. */
  readonly seconds: number;
  /** Every key that the player pressed and released. */
  readonly told: readonly ToldKey[];
  /** Counter values, one a frame; with HELD_LEVEL on top while a key is held. */
  readonly levels: readonly number[];
}

/** Records until the player presses the hot key 1. */
export async function recordCounter(options: CounterRecordingOptions): Promise<CounterRecording> {
  const { display, folder, name, seconds } = options;
  const program = fileURLToPath(new URL('./counting-player.js', import.meta.url));
  const title = `counter ${name}`;
  const player = spawn(process.execPath, [program, display.name, title, String(seconds), '--stop'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const told: ToldKey[] = [];
  const lines = createInterface({ input: player.stdout });
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { ready?: true } & ToldKey;
      if (said.ready) resolve();
      else if (said.name !== undefined) told.push(said);
    });
  });
  const busy: ChildProcess[] = [];
  try {
    await ready;
    const run = startCli(
      ['record', '--window', title, '--out', folder, '--name', name, '--json', ...(options.args ?? [])],
      { env: display.env },
    );
    await run.untilSaid('recording ');
    for (let i = 0; i < (options.busyProcesses ?? 0); i += 1) {
      busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
    const startMs = performance.now();
    player.stdin.write('go\n');
    const result = await run.result;
    const tookSeconds = (performance.now() - startMs) / 1000;
    if (result.code !== 0) throw new Error(`record ended with ${result.code}:\n${result.stderr}`);
    const summary = result.json() as Record<string, unknown>;
    const session = await readSession(String(summary['session']));
    const levels: number[] = [];
    for await (const gray of readGrayFrames(session.files.gray)) levels.push(gray[0]);
    return { session, summary, seconds: tookSeconds, told, levels };
  } finally {
    for (const child of busy) child.kill('SIGKILL');
    player.stdin.end();
    player.kill();
    if (player.exitCode === null && player.signalCode === null) await once(player, 'exit');
  }
}

export interface CounterFigures {
  /** Frames minus duration x rate, where the duration is from the first frame to the end of the log. */
  readonly framesOff: number;
  /** Key events of the player that are not in the session exactly once, in order and marked rightly. */
  readonly wrongKeys: number;
  /** Frames that show what the one before showed and do not say so. */
  readonly unmarkedRepeats: number;
  /** Frames that show another counter than the one before, of all but the first, 0..1. */
  readonly distinctShare: number;
  /** From a person's press to the time of the first frame that shows it, ms, in order of time. */
  readonly pressToFrameMs: readonly number[];
}

/** Compares a recording with what the player reported. */
export function counterFigures({ session, levels, told, summary }: CounterRecording): CounterFigures {
  const { frames, rateHz, events } = session;
  const spanSeconds = frames.times[frames.count - 1] - frames.times[0];
  let unmarkedRepeats = 0;
  let distinct = 0;
  for (let i = 1; i < levels.length; i += 1) {
    if (levels[i] !== levels[i - 1]) distinct += 1;
    else if (frames.duplicate[i] !== 1) unmarkedRepeats += 1;
  }
  const framesOff = Math.max(
    Math.abs(frames.count - 1 - spanSeconds * rateHz),
    Math.abs(frames.count - Number(summary['seconds']) * rateHz),
    Math.abs(frames.count - levels.length),
  );
  return {
    framesOff,
    wrongKeys: wrongKeys(told, events),
    unmarkedRepeats,
    distinctShare: distinct / (levels.length - 1),
    pressToFrameMs: pressToFrameMs(session, levels),
  };
}

function wrongKeys(told: readonly ToldKey[], events: Session['events']): number {
  const line = (name: string, down: boolean, synthetic: boolean): string => `${name} ${down} ${synthetic}`;
  let wrong = 0;
  for (const synthetic of [false, true]) {
    const expected = told
      .filter((key) => key.synthetic === synthetic)
      .map(({ name, down }) => line(logNameOf(name), down, synthetic));
    const got = events
      .filter((event) => event.synthetic === synthetic)
      .map(({ key, down }) => line(key, down, synthetic));
    wrong += Math.abs(expected.length - got.length);
    for (let i = 0; i < Math.min(expected.length, got.length); i += 1) wrong += expected[i] === got[i] ? 0 : 1;
  }
  return wrong;
}

/** For each press of the person the first frame from its time on that shows a held key. */
function pressToFrameMs({ events, frames }: Session, levels: readonly number[]): number[] {
  const offsets: number[] = [];
  for (const { t, down, synthetic } of events) {
    if (!down || synthetic) continue;
    let frame = frames.times.findIndex((time) => time >= t - 0.1); // the picture may be of the slot's later part
    while (frame >= 0 && frame < levels.length && levels[frame] < HELD_LEVEL) frame += 1;
    if (frame >= 0 && frame < levels.length) offsets.push((frames.times[frame] - t) * 1000);
  }
  return offsets;
}

/** How far the counter went from one frame to the next. */
export function counterStep(from: number, to: number): number {
  return ((to % HELD_LEVEL) - (from % HELD_LEVEL) + COUNTER_MODULUS) % COUNTER_MODULUS;
}
