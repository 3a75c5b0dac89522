/**
 * Records scripted fights of the arena into a session, on a virtual clock. Shows nothing and never ends the process.
 *
 * The convention that every model relies on, with t the time of a frame on the 10 Hz schedule:
 * - the frame shows the fight at t: every step before t is done, the step that begins at t is not;
 * - its label is what the player holds from t on, that is in the step that begins at t;
 * - a live tick at t first applies what was decided for t, then grabs its frame: its keys, too, act in the step that
 *   begins at t, and its picture shows the fight before them. So a decision for t (horizon 1: made from the frames up
 *   to t - 100 ms) corresponds to the label of the frame at t.
 */
import type { MarkedOutcome } from '../../session/format/event-lines.js';
import { knownOutcome } from '../../stepped/stepped-game.js';
import { isHeld, NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { VirtualClock } from '../../core/clock.js';
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { STEP_RATE_HZ, type FightSummary, type Level } from '../../arena/fight.js';
import { ArenaStage } from '../../arena/live.js';
import type { Thinned } from '../../arena/canvas.js';
import { Demonstrator } from '../../arena/players/demonstrator.js';
import type { Player } from '../../arena/players/player.js';
import { given } from '../../core/given.js';
import type { SessionWriter } from '../../session/session-writer.js';
import type { Hand } from './hand.js';
import { TeachersTurns } from './teachers-turns.js';

/** Slots recorded after each fight, outside its markers, to show its end: 0.5 s at 10 Hz. */
const SLOTS_BETWEEN_FIGHTS = 5;

export interface RecordFightsOptions extends Thinned {
  readonly writer: SessionWriter;
  /** The writer's clock. */
  readonly clock: VirtualClock;
  /** Frames a second; divides 60. */
  readonly rateHz: number;
  /** The player whose keys are recorded; it also plays, unless `hand` does. */
  readonly player: Player;
  readonly hand?: Hand;
  /** With a hand: the part of the time, 0..1, in which the player's keys are held all the same. Default 0. */
  readonly teacherShare?: number;
  /** >= 1 */
  readonly fights: number;
  /** Fight i, 0-based, is played with seed + i. */
  readonly seed: number;
  readonly level: Level;
  /** As the demonstrator's. */
  readonly noise: number;
  /** Ends the recording after the current frame; a fight that has begun gets no end marker. */
  readonly signal: AbortSignal;
  /** Called for every frame. @param done 0..1 of all fights */
  readonly onFrame?: (done: number, fightsDone: number) => void;
}

/**
 * Records fight after fight; the caller finishes the writer. A fight lies between its markers: from its first frame to
 * the beginning of its last step, the last instant at which a key can act.
 *
 * @returns the fights that were played to their end
 * @throws UnderstudyError `package-missing` where the canvas does not load; the writer's failure, when it has one
 */
export async function recordFights(options: RecordFightsOptions): Promise<FightSummary[]> {
  const { clock, rateHz, fights, seed, level, noise, player, hand, signal, writer, thinnedTo } = options;
  const keys = new HeldKeysLog(writer);
  const turns = new TeachersTurns(options.teacherShare ?? 0, STEP_RATE_HZ);
  const demonstrator: Demonstrator = new Demonstrator({
    player,
    noise,
    onIntention: (held, step) => {
      keys.intend(held, step);
      turns.at(step);
    },
    ...given({
      executed: hand === undefined ? undefined : (meant: HeldActions) => (turns.isTeachers ? meant : stage.held),
    }),
  });
  const opened = { clock, seed, level, player: demonstrator, ...given({ thinnedTo }) };
  await using stage: ArenaStage = await ArenaStage.open(opened);
  const played: FightSummary[] = [];
  const periodMs = 1000 / rateHz;
  let slot = 0;
  /** By the hand, in this fight. */
  const decided: HeldActions[] = [];
  const record = async (): Promise<void> => {
    await clock.sleepUntil(slot * periodMs);
    slot += 1;
    await writer.room();
    const picture = decided.length;
    // without a delay what was decided last stays until the next picture is decided on
    if (hand !== undefined) stage.apply(decided[picture - Math.max(1, hand.delayFrames)] ?? NONE_HELD);
    const frame = await stage.next();
    writer.offer(frame);
    if (writer.failure !== null) throw writer.failure;
    if (hand !== undefined) decided.push(await hand.decide(frame));
    if (hand?.delayFrames === 0) stage.apply(decided[picture]);
    const beaten = stage.outcome === null ? 1 - stage.health.boss : 0;
    options.onFrame?.((played.length + beaten) / fights, played.length);
  };
  // when stopped between two fights, the next one is not begun: it would have no frame
  for (let i = 0; i < fights && !signal.aborted; i += 1) {
    if (i > 0) stage.restart(seed + i);
    hand?.reset();
    turns.reset(seed + i);
    decided.length = 0;
    keys.beginFight(slot * periodMs);
    while (stage.outcome === null && !signal.aborted) await record();
    if (stage.outcome === null) break;
    keys.endFight(knownOutcome(stage.outcome));
    played.push(stage.summary);
    for (let pause = 0; pause < SLOTS_BETWEEN_FIGHTS && !signal.aborted; pause += 1) await record();
  }
  return played;
}

/** Turns the intended keys of each step into key events and markers at the time of that step. */
class HeldKeysLog {
  readonly #writer: SessionWriter;
  #beganMs = 0;
  #step = 0;
  #held: HeldActions = NONE_HELD;

  constructor(writer: SessionWriter) {
    this.#writer = writer;
  }

  beginFight(atMs: number): void {
    this.#beganMs = atMs;
    this.#step = 0;
    this.#writer.marker('fight_start', atMs);
  }

  intend(held: HeldActions, step: number): void {
    this.#step = step;
    this.#change(held);
  }

  /** The fight ends at the beginning of its last step; the keys are released at the end of that step. */
  endFight(outcome: MarkedOutcome): void {
    this.#writer.marker('fight_end', this.#atMs, outcome);
    this.#step += 1;
    this.#change(NONE_HELD);
  }

  /** With this order of operations a step at a frame's time has exactly the frame's time, also in floating point. */
  get #atMs(): number {
    return this.#beganMs + (this.#step * 1000) / STEP_RATE_HZ;
  }

  #change(held: HeldActions): void {
    const changed = held ^ this.#held;
    this.#held = held;
    for (let k = 0; changed >> k !== 0; k += 1) {
      if (!isHeld(changed, k)) continue;
      if (isHeld(held, k)) this.#writer.keyDown({ action: ARENA_ACTIONS.names[k] }, this.#atMs, { synthetic: true });
      else this.#writer.keyUp({ action: ARENA_ACTIONS.names[k] }, this.#atMs);
    }
  }
}
