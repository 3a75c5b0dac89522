/** `demos`: scripted fights as a session, headless and faster than real time: of the arena, or of a game that a program steps. */
import { join } from 'node:path';
import { badOption } from '../../core/errors.js';
import { VirtualClock } from '../../core/clock.js';
import type { Level } from '../../arena/fight.js';
import { filesAt } from '../../session/session-files.js';
import { SessionWriter } from '../../session/session-writer.js';
import { barText } from '../../terminal/bar.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { arenaName } from '../../evaluation/arena/settings.js';
import { openArenaDemos } from './arena-demos.js';
import type { Demonstrations, DemosOptions, DemosPlayer } from './demonstrations.js';
import { checkSessionName } from './session-name.js';
import { openSteppedDemos } from './stepped-demos.js';

const BAR_CELLS = 24;

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface DemosSummary {
  /** The session's path without ending, as the `session` verbs take it. */
  readonly session: string;
  readonly outcome: 'done' | 'stopped';
  readonly player: DemosPlayer;
  /** The game's name; of the arena with its level. */
  readonly game: string;
  /** Null outside the arena. */
  readonly level: Level | null;
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

/** @throws UnderstudyError as SessionWriter, openPolicy and the game; `bad-option` for a player that it does not have */
export async function recordDemos(options: DemosOptions, signal: AbortSignal): Promise<DemosSummary> {
  const { player, fights, seed, in: where } = options;
  if (options.model !== undefined && player !== 'agent') {
    throw badOption(`--model is for --player agent, and ${player} plays.`, 'Leave one of the two out.');
  }
  const beganMs = performance.now();
  const clock = new VirtualClock();
  await using demonstrations = await openDemonstrations(options, clock);
  const base = join(options.out, checkSessionName(options.name));
  const startUnixMs = Date.now();
  await using writer = await SessionWriter.create({
    files: filesAt(base),
    clock,
    wallMs: () => startUnixMs + clock.nowMs(),
    video: options.video,
    ...demonstrations.session,
  });
  const line = new InPlaceLine(process.stderr);
  try {
    const onFrame = (done: number, fightsDone: number): void => {
      const nowMs = performance.now();
      line.show(nowMs, () => progressText(done, fightsDone, fights, (nowMs - beganMs) / 1000));
    };
    const outcomes = await demonstrations.record(writer, onFrame, signal);
    const status = await writer.finish(signal.aborted ? 'interrupted' : 'done');
    if (writer.failure !== null) throw writer.failure;
    const tookSeconds = (performance.now() - beganMs) / 1000;
    const isArena = where.kind === 'arena';
    return {
      session: base,
      outcome: outcomes.length === fights ? 'done' : 'stopped',
      player,
      game: isArena ? arenaName(where.level) : where.game.name,
      level: isArena ? where.level : null,
      seed,
      noise: isArena ? where.noise : 0,
      fights: outcomes.length,
      wins: outcomes.filter((outcome) => outcome === 'won').length,
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

async function openDemonstrations(options: DemosOptions, clock: VirtualClock): Promise<Demonstrations> {
  const { in: where } = options;
  return where.kind === 'arena'
    ? await openArenaDemos(options, where, clock)
    : await openSteppedDemos(options, where, clock);
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
