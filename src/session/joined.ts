/**
 * Several sessions as one sequence of frames inside fights, in the given order, as the study concatenates them. Holds
 * labels and positions, never pictures.
 */
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { LabelMatrix } from '../core/label-matrix.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import { fightOfFrames, framesInside, labelFrames, type LabelRule } from './labels.js';
import type { Session } from './session.js';

/** Rates that differ by less than this count as equal: the median of float times is not exactly 10. */
const RATE_TOLERANCE = 0.01; // as a share

/** N frames inside fights, each with its origin and its label. */
export interface JoinedSessions {
  readonly sessions: readonly Session[];
  readonly rule: LabelRule;
  /** Frames of all sessions, inside fights or not. */
  readonly allFrames: number;
  /** The actions of every session, with the rules of the first. */
  readonly actions: ActionSet;
  /** The game's name; null where no session has one. */
  readonly game: string | null;
  /** Labels of all frames, a matrix [frames, K] per session. */
  readonly allLabels: readonly LabelMatrix[];
  /** [N] position in `sessions`. */
  readonly sessionOf: Int32Array;
  /** [N] position in that session's frame log. */
  readonly frameOf: Int32Array;
  /** [N] the fight; the numbers continue from one session to the next. */
  readonly fights: Int32Array;
  /** [N, K] */
  readonly labels: LabelMatrix;
  /** NaN where it is known of no session. */
  readonly rateHz: number;
}

/**
 * Joins sessions of one rate, one game and one set of actions. A session without a game's name is taken to be of it.
 *
 * @param leadMs as in `labelFrames`
 * @throws UnderstudyError `session-invalid` when their rates differ by 1 % or more, `dataset-invalid` when their games or
 *   their actions do
 */
export function joinSessions(sessions: readonly Session[], rule: LabelRule = 'at-frame', leadMs = 0): JoinedSessions {
  requireOneRate(sessions);
  const game = oneGameOf(sessions);
  const actions = oneSetOf(sessions);
  const allLabels = sessions.map((session) => labelFrames(session, rule, leadMs));
  const parts = sessions.map((session, place) => {
    const fights = fightOfFrames(session);
    const inside = framesInside(fights);
    return { inside, fights, labels: allLabels[place].select(inside) };
  });
  const total = parts.reduce((sum, part) => sum + part.inside.length, 0);
  const sessionOf = new Int32Array(total);
  const frameOf = new Int32Array(total);
  const fights = new Int32Array(total);
  let at = 0;
  let firstFight = 0;
  parts.forEach((part, place) => {
    sessionOf.fill(place, at, at + part.inside.length);
    frameOf.set(part.inside, at);
    for (let i = 0; i < part.inside.length; i += 1) fights[at + i] = firstFight + part.fights[part.inside[i]];
    at += part.inside.length;
    firstFight += sessions[place].fights.length;
  });
  return {
    sessions,
    rule,
    allFrames: sessions.reduce((sum, session) => sum + session.frames.count, 0),
    actions,
    game,
    allLabels,
    sessionOf,
    frameOf,
    fights,
    labels: LabelMatrix.join(
      actions,
      parts.map((part) => part.labels),
    ),
    rateHz: sessions.find((session) => !Number.isNaN(session.rateHz))?.rateHz ?? Number.NaN,
  };
}

function requireOneRate(sessions: readonly Session[]): void {
  const known = sessions.filter((session) => !Number.isNaN(session.rateHz));
  const other = known.find((session) => Math.abs(session.rateHz / known[0].rateHz - 1) >= RATE_TOLERANCE);
  if (other === undefined) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `${known[0].files.name} has ${known[0].rateHz} frames a second and ${other.files.name} ${other.rateHz}: a window would last another time in each.`,
    next: 'Use sessions of one rate together, or bring one to the other with `understudy session import --rate`.',
  });
}

function oneGameOf(sessions: readonly Session[]): string | null {
  const named = sessions.filter(({ header }) => (header?.game ?? null) !== null);
  const game = named.at(0)?.header?.game ?? null;
  const other = named.find(({ header }) => header?.game !== game);
  if (other === undefined) return game;
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `The session ${other.files.name} is of the game '${other.header?.game}'; expected one of '${game}', as ${named[0].files.name} is.`,
    next: 'Use sessions of one game together; `understudy session info` says of which game a session is.',
  });
}

function oneSetOf(sessions: readonly Session[]): ActionSet {
  const actions = sessions.at(0)?.actions ?? STUDY_ACTIONS;
  const other = sessions.find((session) => !session.actions.hasNamesOf(actions));
  if (other === undefined) return actions;
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `${other.files.name} has the actions ${other.actions.names.join(', ')}; expected those of ${sessions[0].files.name}: ${actions.names.join(', ')}, in this order.`,
    next: 'Use sessions of one game together.',
  });
}
