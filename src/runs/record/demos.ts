/** `demos`: scripted fights of the arena as a session, headless and faster than real time. */
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { join } from 'node:path';
import { VirtualClock } from '../../core/clock.js';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { Level } from '../../arena/fight.js';
import { DEFAULT_PICTURE_SIZE } from '../../arena/canvas.js';
import { createPlayer, type PlayerName } from '../../arena/players/index.js';
import { openPolicy } from '../../policy/model-policy.js';
import { filesAt } from '../../session/session-files.js';
import { SessionWriter } from '../../session/session-writer.js';
import { barText } from '../../terminal/bar.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import { recordFights, type Hand } from './record-fights.js';
import { checkSessionName } from './session-name.js';

/** The study's rate; every shipped model plays at it. */
export const RATE_HZ = 10;
const BAR_CELLS = 24;

/** Who plays; with `agent` the keys that are recorded are the expert's. */
export type DemosPlayer = PlayerName | 'agent';

export interface DemosOptions {
  readonly player: DemosPlayer;
  /** The bundle that plays as `agent`. */
  readonly model?: string;
  /** With `agent`: the part of the time in which the expert plays instead, 0..1. Default 0. */
  readonly teacherShare?: number;
  readonly fights: number;
  readonly seed: number;
  readonly level: Level;
  readonly out: string;
  readonly name: string;
  readonly noise: number;
  /** The expert waits for the ground before it presses JUMP again. */
  readonly patient?: boolean;
  readonly video: boolean;
}

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface DemosSummary {
  /** The session's path without ending, as the `session` verbs take it. */
  readonly session: string;
  readonly outcome: 'done' | 'stopped';
  readonly player: DemosPlayer;
  readonly level: Level;
  readonly seed: number;
  readonly noise: number;
  /** Played to their end. */
  readonly fights: number;
  readonly wins: number;
  readonly frames: number;
  readonly duplicates: number;
  /** Play time. */
  readonly seconds: number;
  readonly tookSeconds: number;
  /** Play time over the time it took. */
  readonly timesPlayTime: number;
}

export async function recordDemos(options: DemosOptions, signal: AbortSignal): Promise<DemosSummary> {
  const { player, fights, seed, level, noise, patient = false } = options;
  const beganMs = performance.now();
  const clock = new VirtualClock();
  const teacher = player === 'agent' ? 'expert' : player;
  await using hand = player === 'agent' ? await openHand(options, clock) : null;
  const base = join(options.out, checkSessionName(options.name));
  const startUnixMs = Date.now();
  const { teacherShare } = options;
  const teacherText = teacherShare === undefined ? '' : `, the expert ${teacherShare} of the time`;
  // without a video only the gray frame of a picture is used, and that is the same bit for bit at the smaller size
  const thinnedTo = options.video ? undefined : { width: STUDY_CONTRACT.width, height: STUDY_CONTRACT.height };
  await using writer = await SessionWriter.create({
    files: filesAt(base),
    rateHz: RATE_HZ,
    ...(thinnedTo ?? DEFAULT_PICTURE_SIZE),
    source: `arena, ${player}${teacherText}${patient ? ', patient' : ''}, level ${level}, seeds ${seed} to ${seed + fights - 1}, noise ${noise}`,
    contract: STUDY_CONTRACT,
    clock,
    wallMs: () => startUnixMs + clock.nowMs(),
    video: options.video,
  });
  const line = new InPlaceLine(process.stderr);
  try {
    const played = await recordFights({
      writer,
      clock,
      rateHz: RATE_HZ,
      player: createPlayer(teacher, seed, { patient }),
      ...given({ hand: hand ?? undefined, teacherShare, thinnedTo }),
      fights,
      seed,
      level,
      noise,
      signal,
      onFrame: (done, fightsDone) => {
        const nowMs = performance.now();
        line.show(nowMs, () => progressText(done, fightsDone, fights, (nowMs - beganMs) / 1000));
      },
    });
    const status = await writer.finish(signal.aborted ? 'interrupted' : 'done');
    if (writer.failure !== null) throw writer.failure;
    const tookSeconds = (performance.now() - beganMs) / 1000;
    return {
      session: base,
      outcome: played.length === fights ? 'done' : 'stopped',
      player,
      level,
      seed,
      noise,
      fights: played.length,
      wins: played.filter(({ outcome }) => outcome === 'won').length,
      frames: status.frames,
      duplicates: status.duplicates,
      seconds: status.seconds,
      tookSeconds: Number(tookSeconds.toFixed(3)),
      timesPlayTime: Number((status.seconds / tookSeconds).toFixed(2)),
    };
  } finally {
    line.finish();
  }
}

/** Lets the agent press the keys, as in live play: a decision is held from the next frame on. */
async function openHand({ model }: DemosOptions, clock: VirtualClock): Promise<Hand & AsyncDisposable> {
  if (model === undefined) {
    throw badOption(
      '--player agent without --model: no agent is named.',
      'Name the bundle that plays, as in --player agent --model models/arena-gru-512.',
    );
  }
  const policy = await openPolicy({ bundle: model, actions: ARENA_ACTIONS, clock, rateHz: RATE_HZ });
  return {
    decide: async (frame) => (await policy.decide(frame)).held,
    reset: () => policy.reset(),
    [Symbol.asyncDispose]: () => policy[Symbol.asyncDispose](),
  };
}

/** `[######------] 7 of 40 fights, 1:05 left`. */
function progressText(done: number, fightsDone: number, fights: number, elapsedSeconds: number): string {
  const left = done > 0 ? Math.ceil((elapsedSeconds * (1 - done)) / done) : null;
  const leftText = left === null ? '' : `, ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
  return `[${barText(done, BAR_CELLS)}] ${fightsDone} of ${fights} fights${leftText}`;
}

/** The summary for people. */
export function demosText(summary: DemosSummary): string {
  const { session, player, fights, wins, frames, seconds, tookSeconds, timesPlayTime, outcome } = summary;
  return [
    `${session}: ${fights} fights of ${player}, ${wins} won; ${frames} frames, ${seconds.toFixed(1)} s of play`,
    `  recorded in ${tookSeconds.toFixed(1)} s, ${timesPlayTime.toFixed(1)} times as fast as it plays`,
    ...(outcome === 'stopped' ? ['  stopped early; what was recorded is whole'] : []),
  ].join('\n');
}
