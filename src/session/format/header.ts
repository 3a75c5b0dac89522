/**
 * The first line of an event log that this program writes: it describes the session. The study's parser skips it, since
 * its event is neither a key nor a marker; a log of the study's own recorder has no such line.
 */
import type { ActionSet } from '../../core/action-set.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import { actionSetOf, rulesBeside } from '../../core/study-actions.js';
import type { ActionOfKey } from '../key-names.js';

/** The format that this program writes. A reader refuses a higher one and must always read every lower one. */
export const SESSION_FORMAT_VERSION = 1;

export interface SessionHeader {
  readonly version: number;
  /** Frames a second. */
  readonly rateHz: number;
  /** The actions of the game, in the order of the label columns. */
  readonly actions: ActionSet;
  readonly keys: ActionOfKey;
  /** px of the recorded picture; the video is padded to even numbers. */
  readonly width: number;
  /** px */
  readonly height: number;
  /** What was recorded, for people to read: a window's title, `arena`. */
  readonly source: string;
  /** The game's name, from its file; null where none was named, and in logs of earlier versions. */
  readonly game: string | null;
  /** Unix seconds, when recording began: keys may be pressed before the first frame is grabbed. */
  readonly startedAt: number;
}

/** The JSON object of the line. Rules of actions are written only where the names alone do not determine them. */
export function headerToJson(header: SessionHeader): Record<string, unknown> {
  const actionRules = rulesBeside(header.actions);
  return {
    event: 'session',
    version: header.version,
    rateHz: header.rateHz,
    actions: header.actions.names,
    ...(actionRules === undefined ? {} : { actionRules }),
    keys: Object.fromEntries(header.keys),
    width: header.width,
    height: header.height,
    source: header.source,
    ...(header.game === null ? {} : { game: header.game }),
    t: header.startedAt,
  };
}

/**
 * Reads the header in a line's object.
 *
 * @param place file and line, for the message
 * @throws UnderstudyError `session-invalid` when it is of a newer format or malformed
 */
export function headerFromJson(line: Readonly<Record<string, unknown>>, place: string): SessionHeader {
  const { version, rateHz, keys, width, height, source, game, t } = line;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw malformed(place, 'version');
  if (version > SESSION_FORMAT_VERSION) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${place}: the session is of format ${version}; this program reads up to ${SESSION_FORMAT_VERSION}.`,
      next: 'Read it with the version of understudy that recorded it, or a newer one.',
    });
  }
  if (typeof rateHz !== 'number' || !(rateHz > 0)) throw malformed(place, 'rateHz');
  const actions = actionsFrom(line['actions'], line['actionRules'], place);
  return {
    version,
    rateHz,
    actions,
    keys: keysFrom(keys, actions, place),
    width: Number.isInteger(width) ? (width as number) : 0,
    height: Number.isInteger(height) ? (height as number) : 0,
    source: typeof source === 'string' ? source : '',
    game: typeof game === 'string' && game !== '' ? game : null,
    startedAt: t as number, // the caller has checked that every event has a time
  };
}

function actionsFrom(names: unknown, rules: unknown, place: string): ActionSet {
  if (!isNames(names)) throw malformed(place, 'actions');
  if (rules !== undefined && !areRules(rules)) throw malformed(place, 'actionRules');
  try {
    return actionSetOf(names, rules);
  } catch (error) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${place}: ${messageOf(error)}`,
      next: 'Restore the first line of the event log from a copy.',
      cause: error,
    });
  }
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

function areRules(value: unknown): value is ReturnType<ActionSet['rules']> {
  if (typeof value !== 'object' || value === null) return false;
  const { opposing, rare, scored } = value as Record<string, unknown>;
  const arePairs = Array.isArray(opposing) && opposing.every((pair) => isNames(pair) && pair.length === 2);
  return arePairs && isNames(rare) && isNames(scored);
}

function keysFrom(keys: unknown, actions: ActionSet, place: string): ActionOfKey {
  if (typeof keys !== 'object' || keys === null) throw malformed(place, 'keys');
  const map = new Map<string, string>();
  for (const [name, action] of Object.entries(keys)) {
    if (typeof action !== 'string' || !actions.has(action)) throw malformed(place, `keys.${name}`);
    map.set(name, action);
  }
  return map;
}

function malformed(place: string, field: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `${place}: the session's header has no usable '${field}'.`,
    next: "Restore the first line of the event log from a copy, or delete it to read the log as the study's.",
  });
}
