/**
 * Which actions are held at each frame, and which frames lie inside fights: the targets that a policy learns. Equal to
 * the study's (write-up, Appendix A: build_timeline, load_dataset); must never use a picture.
 */
import { createHash } from 'node:crypto';
import type { ActionSet } from '../core/action-set.js';
import { LabelMatrix } from '../core/label-matrix.js';
import type { PlayedBy } from './format/event-lines.js';
import type { Session } from './session.js';

/**
 * - `at-frame`: held at the frame's time, events at exactly that time included: the study's rule.
 * - `any-in-interval`: held at any time after the frame before, up to and including the frame's time, so that a tap
 *   between two frames shows. An onset of `at-frame` is at the same frame here; a release may be one frame later.
 */
export const LABEL_RULES = ['at-frame', 'any-in-interval'] as const;
export type LabelRule = (typeof LABEL_RULES)[number];

/** The actions held after each key event. Two keys may hold one action. */
class HeldKeys {
  readonly #down = new Set<string>();
  readonly #actions: ActionSet;
  readonly #counts: Uint8Array;

  constructor(actions: ActionSet) {
    this.#actions = actions;
    this.#counts = new Uint8Array(actions.count);
  }

  /** Applies one event; a repeated press or a release without press changes nothing. */
  apply(event: Session['events'][number]): void {
    if (event.down === this.#down.has(event.key)) return;
    if (event.down) this.#down.add(event.key);
    else this.#down.delete(event.key);
    this.#counts[this.#actions.indexOf(event.action)] += event.down ? 1 : -1;
  }

  writeTo(row: Uint8Array): void {
    for (let k = 0; k < row.length; k += 1) row[k] |= this.#counts[k] > 0 ? 1 : 0;
  }
}

/**
 * Labels of every frame, over the session's actions: [frames, K].
 *
 * @param leadMs >= 0: a frame's label is what is held this much later, for an agent whose keys come that late
 * @param by only the keys of the agent or of the person, in a recording of the agent's play; default: all that the game saw
 */
export function labelFrames(
  session: Pick<Session, 'actions' | 'frames' | 'events'>,
  rule: LabelRule = 'at-frame',
  leadMs = 0,
  by?: PlayedBy,
): LabelMatrix {
  const { actions } = session;
  const { times, count } = session.frames;
  const events = by === undefined ? session.events : session.events.filter(({ source }) => source === by);
  const labels = LabelMatrix.zeros(actions, count);
  const held = new HeldKeys(actions);
  let next = 0;
  for (let frame = 0; frame < count; frame += 1) {
    const row = labels.row(frame);
    const anyTime = rule === 'any-in-interval' && frame > 0;
    if (anyTime) held.writeTo(row);
    while (next < events.length && events[next].t <= times[frame] + leadMs / 1000) {
      const event = events[next];
      held.apply(event);
      if (anyTime && event.down) row[actions.indexOf(event.action)] = 1;
      next += 1;
    }
    held.writeTo(row);
  }
  return labels;
}

/** For every frame the 0-based fight it lies in (both ends included), or -1. [frames] */
export function fightOfFrames(session: Session): Int32Array {
  const { times, count } = session.frames;
  const fights = new Int32Array(count).fill(-1);
  for (let frame = 0; frame < count; frame += 1) {
    const t = times[frame];
    // a session has only tens of fights; the first one that contains the frame counts, as in the study
    fights[frame] = session.fights.findIndex((fight) => fight.start <= t && t <= fight.end);
  }
  return fights;
}

/** Positions where the fight is not -1. */
export function framesInside(fights: Int32Array): Int32Array {
  return Int32Array.from(fights.keys()).filter((frame) => fights[frame] >= 0);
}

/** SHA-256 of the bytes of label matrices, one after the other; hexadecimal. */
export function labelsSha256(...parts: readonly LabelMatrix[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part.bytes);
  return hash.digest('hex');
}
