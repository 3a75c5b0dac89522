/**
 * A live run that was recorded with its pictures, read for an overlay: ticks.jsonl beside video.mp4, matched by
 * slots (tick k of the run is slot k, missed ones included). Trusts neither file: sizes are bounded, lines checked.
 */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { tickLineSchema } from '../../agent/tick-line.js';
import { NONE_HELD, type ActionSet, type HeldActions } from '../../core/action-set.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { jsonValue, parseJson } from '../../core/json-lines.js';
import { actionSetOf, STUDY_NAMES } from '../../core/study-actions.js';
import { readLines } from '../../session/lines.js';
import { readMp4Facts } from '../../session/mp4-boxes.js';
import { emptyTrack } from './predict.js';
import type { FrameOutcome, OverlayScript, Track } from './tracks.js';

/** Files of a run folder. */
export const RUN_VIDEO = 'video.mp4';
export const RUN_VIDEO_FACTS = 'video.json';
const RUN_TICKS = 'ticks.jsonl';

/** 11 days at 10 Hz. */
const MOST_FRAMES = 10_000_000;
const MOST_FACTS_BYTES = 64 * 1024;

/** The fields of a tick that an overlay needs. */
function tickSchemaOf({ names }: ActionSet) {
  return tickLineSchema(names).pick({
    tick: true,
    slot: true,
    outcome: true,
    held: true,
    decision: true,
    ready: true,
    probabilities: true,
  });
}

type Tick = z.infer<ReturnType<typeof tickSchemaOf>>;

const factsSchema = z.object({
  version: z.literal(1),
  mode: z.string().max(100),
  /** The model's name, for people. */
  model: z.string().max(200),
  rateHz: z.number().positive().max(1000),
  /** Ticks from a decision to its application. */
  applyDelayTicks: z.number().int().min(0).max(1000),
  /** The slot of the video's first picture. */
  firstSlot: z.number().int().min(0),
  /** Names of the run's actions, in the order of its probabilities; without them, the study's. */
  actions: z.array(z.string()).optional(),
});

/** video.json, as the recorder writes it beside the video. */
export type RunVideoFacts = z.infer<typeof factsSchema>;

export interface RunRecording {
  readonly video: string;
  readonly script: OverlayScript;
  /** Lines of ticks.jsonl that could not be used: the last one of a run that was killed. */
  readonly brokenLines: number;
}

/** True where a path names a run folder. */
export function isRunFolder(path: string): boolean {
  return existsSync(join(path, RUN_TICKS));
}

/**
 * @throws UnderstudyError `file-missing` for a run without video; `run-invalid` for files with other content than
 *   expected; `video-unreadable`
 */
export async function readRunRecording(folder: string): Promise<RunRecording> {
  const video = join(folder, RUN_VIDEO);
  if (!existsSync(video) || !existsSync(join(folder, RUN_VIDEO_FACTS))) throw notRecorded(folder);
  const facts = await readFacts(join(folder, RUN_VIDEO_FACTS));
  const { frames } = await readMp4Facts(video);
  if (frames > MOST_FRAMES) throw invalid(video, `claims ${frames} frames; expected at most ${MOST_FRAMES}`);
  return { video, ...(await readTicks(join(folder, RUN_TICKS), facts, frames)) };
}

async function readFacts(path: string): Promise<RunVideoFacts> {
  const { size } = await stat(path);
  if (size > MOST_FACTS_BYTES) throw invalid(path, `has ${size} bytes; expected at most ${MOST_FACTS_BYTES}`);
  try {
    return factsSchema.parse(parseJson(await readFile(path, 'utf8')));
  } catch (error) {
    throw invalid(path, `does not describe a video: ${messageOf(error)}`);
  }
}

async function readTicks(path: string, facts: RunVideoFacts, frames: number): Promise<Omit<RunRecording, 'video'>> {
  const actions = actionSetOf(facts.actions ?? STUDY_NAMES);
  const tickSchema = tickSchemaOf(actions);
  const builder = new RunScript(facts, actions, frames);
  let brokenLines = 0;
  for await (const { text, number, ended } of readLines(path)) {
    const tick = tickSchema.safeParse(jsonValue(text));
    if (tick.success) builder.add(tick.data);
    else if (ended) throw invalid(path, `has a line ${number} that is not a tick of a recorded run`);
    else brokenLines += 1;
  }
  return { script: builder.script, brokenLines };
}

/** The script of a run, filled tick by tick. */
class RunScript {
  readonly script: OverlayScript;
  readonly #facts: RunVideoFacts;
  readonly #outcomes: FrameOutcome[];
  readonly #decisionTrack: Track;
  #fight = -1;
  #lastTick = Number.POSITIVE_INFINITY;
  #lastFrame = -1;
  #held: HeldActions = NONE_HELD;
  /** Decisions that are not applied yet, by the frame that each is for. */
  readonly #due = new Map<number, Tick>();

  constructor(facts: RunVideoFacts, actions: ActionSet, frames: number) {
    this.#facts = facts;
    this.#outcomes = new Array<FrameOutcome>(frames).fill('missed');
    this.#decisionTrack = emptyTrack(facts.model, actions, frames);
    this.script = {
      actions,
      frames,
      rateHz: facts.rateHz,
      seconds: Float64Array.from({ length: frames }, (_, frame) => frame / facts.rateHz),
      fights: new Int32Array(frames).fill(-1),
      pressed: { ...emptyTrack('KEYS', actions, frames), probabilities: null },
      models: [this.#decisionTrack],
      outcomes: this.#outcomes,
    };
  }

  add(tick: Tick): void {
    if (tick.tick <= this.#lastTick) {
      this.#fight += 1; // each fight counts its ticks from 0
      this.#due.clear();
    }
    this.#lastTick = tick.tick;
    const frame = tick.slot - this.#facts.firstSlot;
    for (let missed = this.#lastFrame + 1; missed < frame; missed += 1) this.#show(missed); // its keys stay held
    this.#held = this.script.actions.holding(...tick.held);
    this.#due.set(frame + this.#facts.applyDelayTicks, tick);
    this.#show(frame);
    if (frame >= 0 && frame < this.script.frames) this.#outcomes[frame] = tick.outcome;
    this.#lastFrame = Math.max(this.#lastFrame, frame);
  }

  #show(frame: number): void {
    const decided = this.#due.get(frame);
    this.#due.delete(frame);
    if (frame < 0 || frame >= this.script.frames) return;
    const { actions, pressed, fights } = this.script;
    pressed.answered[frame] = 1;
    pressed.held[frame] = this.#held;
    if (this.#facts.mode !== 'window') fights[frame] = this.#fight;
    if (decided === undefined || decided.decision === null || !decided.ready) return;
    const track = this.#decisionTrack;
    track.answered[frame] = 1;
    track.held[frame] = actions.holding(...decided.decision);
    track.probabilities!.setRows(frame, decided.probabilities ?? []);
  }
}

function notRecorded(folder: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'file-missing',
    message: `${folder} has no ${RUN_VIDEO} with its ${RUN_VIDEO_FACTS}: the run was played without --record-video.`,
    next: 'Play again with `understudy play --record-video`.',
  });
}

function invalid(path: string, problem: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'run-invalid',
    message: `${path} ${problem}.`,
    next: 'Play again with `understudy play --record-video`, or restore the file from a copy.',
  });
}
