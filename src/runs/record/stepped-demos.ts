/** Demonstrations of a game that a program steps: the program's own demonstrator, on a virtual clock. */
import { isHeld, NONE_HELD, type ActionSet, type HeldActions } from '../../core/action-set.js';
import type { VirtualClock } from '../../core/clock.js';
import { badOption } from '../../core/errors.js';
import { ownFile } from '../../core/project-root.js';
import type { Frame } from '../../core/frame.js';
import type { SessionWriter } from '../../session/session-writer.js';
import { describeGame } from '../../stepped/games/program.js';
import { rulesOf } from '../../stepped/games/index.js';
import { addEvents, knownOutcome, type Seen, type SteppedGame } from '../../stepped/stepped-game.js';
import { given } from '../../core/given.js';
import { orAborted } from '../../core/unless-aborted.js';
import { inThousandths } from './cued-fights.js';
import type { DemosOptions, Demonstrations, SteppedDemos } from './demonstrations.js';
import { openHand, type Hand } from './hand.js';
import { playedKeys } from './log-names.js';
import { TeachersTurns } from './teachers-turns.js';

/** Between two fights, outside their markers, s: their end is shown, and a window never reaches from one into the next. */
const PAUSE_SECONDS = 0.5;

/** @throws UnderstudyError `bad-option` for a player that such a game does not have; `step-failed`; as openHand */
export async function openSteppedDemos(
  options: DemosOptions,
  { game: file, keys, rateHz, contract }: SteppedDemos,
  clock: VirtualClock,
): Promise<Demonstrations> {
  const { player, fights, seed, teacherShare } = options;
  if (player !== 'demonstrator' && player !== 'agent') {
    throw badOption(`--player ${player} is of the arena.`, "Leave it out: the game's own demonstrator plays.");
  }
  const named = await describeGame(file, rateHz);
  const { width, height, demonstrator } = named.description;
  if (!demonstrator) {
    throw badOption(
      `${file.name} has no demonstrator: its program tells of none.`,
      `Record a person with \`understudy record\`, or give the program one (${ownFile('docs/stepped-games.md')}).`,
    );
  }
  const { actions } = file;
  const hand = player === 'agent' ? await openHand(options.model, { actions, rateHz }, clock) : null;
  const teacherText = teacherShare === undefined ? '' : `, the demonstrator ${teacherShare} of the time`;
  return {
    session: {
      ...{ rateHz, width, height, contract, actions },
      source: `${file.name}, stepped, ${player}${teacherText}, seeds ${seed} to ${seed + fights - 1}`,
      game: file.name,
      keys: playedKeys(keys).map,
    },
    record: async (writer, onFrame, signal) => {
      const rules = rulesOf(named);
      await using game = await rules.open(rateHz, contract, { withDemonstrator: true });
      const parts = { writer, clock, rateHz, game, actions, events: Object.keys(rules.events) };
      const recording = new SteppedRecording({ ...parts, ...given({ hand: hand ?? undefined }) });
      const turns = new TeachersTurns(teacherShare ?? 0, rateHz);
      const outcomes: string[] = [];
      while (outcomes.length < fights && !signal.aborted) {
        const done = outcomes.length;
        turns.reset(seed + done);
        // how long a fight lasts is not known: progress counts those that are over
        const onPicture = (): void => onFrame(done / fights, done);
        const outcome = await recording.fight(seed + done, turns, onPicture, signal);
        if (outcome === null) break;
        outcomes.push(outcome);
      }
      return outcomes;
    },
    [Symbol.asyncDispose]: async () => hand?.[Symbol.asyncDispose](),
  };
}

interface RecordingParts {
  readonly actions: ActionSet;
  /** Names of the game's. */
  readonly events: readonly string[];
  readonly writer: SessionWriter;
  /** The writer's. */
  readonly clock: VirtualClock;
  readonly rateHz: number;
  readonly game: SteppedGame;
  readonly hand?: Hand;
}

/** Fight after fight. A frame's label is what the demonstrator would hold from that picture on. */
class SteppedRecording {
  readonly #parts: RecordingParts;
  #slot = 0;
  /** The demonstrator's, as it is in the log. */
  #logged: HeldActions = NONE_HELD;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** @returns how it ended; null where the signal came first: it then has no end marker */
  async fight(seed: number, turns: TeachersTurns, onPicture: () => void, signal: AbortSignal): Promise<string | null> {
    const { writer, game, hand, rateHz } = this.#parts;
    hand?.reset();
    const first = await orAborted(game.reset(seed), signal);
    if (first === null) return null;
    let seen: Seen = first;
    const decided: HeldActions[] = [];
    const totals: Record<string, number> = Object.fromEntries(this.#parts.events.map((name) => [name, 0]));
    // also where the fight is not recorded to its end: what the last fight came to is not true of it
    writer.meters(totals, this.#slotMs);
    writer.marker('fight_start', this.#slotMs);
    for (let period = 0; !signal.aborted; period += 1) {
      const meant = seen.demonstrator ?? NONE_HELD;
      const frame = await this.#offer(seen);
      onPicture();
      this.#log(meant, frame.capturedAtMs);
      turns.at(period);
      if (hand !== undefined) decided.push(await hand.decide(frame));
      const agents = decided[period - (hand?.delayFrames ?? 0)] ?? NONE_HELD;
      const held = hand === undefined || turns.isTeachers ? meant : agents;
      const stepped = await orAborted(game.step(held), signal);
      if (stepped === null) break;
      seen = stepped;
      addEvents(totals, stepped.events);
      if (stepped.outcome === null) continue;
      writer.meters(inThousandths(totals), frame.capturedAtMs);
      // the last picture, on which nothing can be done any more, is not the fight's
      writer.marker('fight_end', frame.capturedAtMs + 500 / rateHz, knownOutcome(stepped.outcome));
      this.#log(NONE_HELD, frame.capturedAtMs + 500 / rateHz);
      for (let pause = 0; pause < PAUSE_SECONDS * rateHz; pause += 1) await this.#offer(stepped);
      return stepped.outcome;
    }
    return null;
  }

  get #slotMs(): number {
    return (this.#slot * 1000) / this.#parts.rateHz;
  }

  async #offer({ picture }: Seen): Promise<Frame> {
    const { writer, clock } = this.#parts;
    await clock.sleepUntil(this.#slotMs);
    await writer.room();
    const times = { capturedAtMs: clock.nowMs(), capturedAtUnixMs: 0 };
    const frame: Frame = { ...picture, ...times, index: this.#slot, repeated: false, stale: false };
    this.#slot += 1;
    writer.offer(frame);
    if (writer.failure !== null) throw writer.failure;
    return frame;
  }

  #log(held: HeldActions, atMs: number): void {
    const { writer, actions } = this.#parts;
    const changed = held ^ this.#logged;
    this.#logged = held;
    for (const [index, action] of actions.names.entries()) {
      if (!isHeld(changed, index)) continue;
      if (isHeld(held, index)) writer.keyDown({ action }, atMs, { synthetic: true });
      else writer.keyUp({ action }, atMs);
    }
  }
}
