/**
 * The first line of an event log that we write: what the session is. The study's parser passes over it, since its
 * event is neither a key nor a marker; a log of the study's own recorder has none.
 */
import type { ActionName } from '../../core/actions.js';
import { ACTIONS, isActionName } from '../../core/actions.js';
import { UnderstudyError } from '../../core/errors.js';
import type { ActionOfKey } from '../key-names.js';

/** The format that this program writes. A reader refuses a higher one and reads every lower one for ever. */
export const SESSION_FORMAT_VERSION = 1;

export interface SessionHeader {
  readonly version: number;
  /** Frames a second. */
  readonly rateHz: number;
  /** The order of the label columns at the time of recording. */
  readonly actions: readonly string[];
  readonly keys: ActionOfKey;
  /** px of the recorded picture; the video is padded to even numbers. */
  readonly width: number;
  /** px */
  readonly height: number;
  /** What was recorded, for people: a window's title, `arena`. */
  readonly source: string;
  /** Unix seconds, when recording began: keys may be pressed before the first frame is grabbed. */
  readonly startedAt: number;
}

/** The header as the object of its line. */
export function headerToJson(header: SessionHeader): Record<string, unknown> {
  return {
    event: 'session',
    version: header.version,
    rateHz: header.rateHz,
    actions: header.actions,
    keys: Object.fromEntries(header.keys),
    width: header.width,
    height: header.height,
    source: header.source,
    t: header.startedAt,
  };
}

/**
 * The header in a log line's object.
 *
 * @param place file and line, for the message
 * @throws UnderstudyError `session-invalid` when it is of a newer format, of another order of actions, or malformed
 */
export function headerFromJson(line: Readonly<Record<string, unknown>>, place: string): SessionHeader {
  const { version, rateHz, actions, keys, width, height, source, t } = line;
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
  if (!Array.isArray(actions) || actions.join() !== ACTIONS.join()) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${place}: the session's actions are ${String(actions)}; expected ${ACTIONS.join()}, in this order.`,
      next: 'Record it again, or import its logs with a key map of your own (session import --keys).',
    });
  }
  return {
    version,
    rateHz,
    actions: ACTIONS,
    keys: keysFrom(keys, place),
    width: Number.isInteger(width) ? (width as number) : 0,
    height: Number.isInteger(height) ? (height as number) : 0,
    source: typeof source === 'string' ? source : '',
    startedAt: t as number, // the caller has checked that every event has a time
  };
}

function keysFrom(keys: unknown, place: string): ActionOfKey {
  if (typeof keys !== 'object' || keys === null) throw malformed(place, 'keys');
  const map = new Map<string, ActionName>();
  for (const [name, action] of Object.entries(keys)) {
    if (typeof action !== 'string' || !isActionName(action)) throw malformed(place, `keys.${name}`);
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
