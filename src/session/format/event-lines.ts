/**
 * The lines of a session's event log: what each one holds, how it is written and how it is read. Only this file knows
 * the names of their fields. Reading is as tolerant as the study's parser (write-up, Appendix A: parse_events). It reads
 * line by line: fights and holds, which take several lines, are not found here.
 */
import { plainKeyName } from '../key-names.js';
import type { NoticeCode } from '../notices.js';
import { timeFault } from './frame-line.js';
import { headerFromJson, headerToJson, type SessionHeader } from './header.js';

/** Who pressed a key, or who plays, in a recording of the agent's play. */
export type PlayedBy = 'agent' | 'human';

/** The first line of a log that this program wrote. The study's own recorder writes none. */
export interface SessionLine {
  readonly event: 'session';
  readonly header: SessionHeader;
}

/** A key was pressed or released. */
export interface KeyLine {
  readonly event: 'keydown' | 'keyup';
  /** The key's name in the log, without quotes: `Key.up`, `f`. */
  readonly key: string;
  /** Unix seconds, like every `t` here. */
  readonly t: number;
  /** Sent by a program (XTEST), not by a person's device. */
  readonly synthetic?: boolean | undefined;
  /** Down when the recording began. */
  readonly initial?: boolean | undefined;
  /** Who pressed it, where the agent and a person may both hold the key; null or absent where the log does not say. */
  readonly source?: PlayedBy | null | undefined;
  /** Added when the recording ended, because the key was still down. */
  readonly final?: boolean | undefined;
}

/** How a fight ended, as the game's cues told; `ended` where neither `won` nor `lost` was seen. */
export type MarkedOutcome = 'won' | 'lost' | 'ended';

/** A fight begins or ends. */
export interface MarkerLine {
  readonly event: 'marker';
  readonly type: 'fight_start' | 'fight_end';
  readonly t: number;
  /** Of a fight that ended; null or absent where nothing told it. */
  readonly outcome?: MarkedOutcome | null | undefined;
  /** Added when the recording ended, because the fight was still open. */
  readonly final?: boolean | undefined;
}

/** What the game's meters show from now on. */
export interface MetersLine {
  readonly event: 'meters';
  /** By the meter's name: a bar's fill, 0 to 1, or a number; null where it cannot be read. */
  readonly values: Readonly<Record<string, number | null>>;
  /** When the picture was grabbed. */
  readonly t: number;
}

/** The wall clock was set while recording. */
export interface ClockLine {
  readonly event: 'clock';
  /** How far it jumped, seconds. */
  readonly stepSeconds: number;
  readonly t: number;
}

/** Who plays from now on; `nobody` while the agent is paused, disarmed or panicked. */
export interface ControlLine {
  readonly event: 'control';
  readonly source: PlayedBy | 'nobody';
  /** The person who had taken over gave back by an order (a key, a button), not by being quiet for a while. */
  readonly givenBack?: boolean | undefined;
  readonly t: number;
}

/** The last line of a log that this program wrote. */
export interface EndLine {
  readonly event: 'end';
  /** `stopped`, `window-closed`, `repaired`, `imported`: for people to read. */
  readonly reason: string;
  /** Frames of the session. */
  readonly frames?: number | undefined;
  /** Frames whose picture repeats the one before. */
  readonly duplicates?: number | undefined;
  readonly failedGrabs?: number | undefined;
  readonly t: number;
}

export type EventLine = SessionLine | KeyLine | MarkerLine | MetersLine | ClockLine | ControlLine | EndLine;

/** A line's event; or the notice for a line that is skipped; or why the line is broken. */
export type ReadEvent =
  | EventLine
  | {
      readonly event: null;
      readonly notice: Extract<NoticeCode, 'event-without-time' | 'event-unknown'>;
      readonly text: string;
      readonly t: number | null;
    }
  | { readonly event: null; readonly fault: string };

/** The JSON object of a line, its fields in the order of writing. Undefined fields are not written. */
export function eventToJson(line: EventLine): Record<string, unknown> {
  switch (line.event) {
    case 'session':
      return headerToJson(line.header);
    case 'keydown':
    case 'keyup':
      return {
        event: line.event,
        key: line.key,
        t: line.t,
        synthetic: flag(line.synthetic),
        initial: flag(line.initial),
        source: line.source ?? undefined,
        final: flag(line.final),
      };
    case 'marker':
      return {
        event: line.event,
        type: line.type,
        t: line.t,
        outcome: line.outcome ?? undefined,
        final: flag(line.final),
      };
    case 'meters':
      return { event: line.event, values: line.values, t: line.t };
    case 'clock':
      return { event: line.event, stepSeconds: line.stepSeconds, t: line.t };
    case 'control':
      return { event: line.event, source: line.source, givenBack: flag(line.givenBack), t: line.t };
    case 'end':
      return {
        event: line.event,
        reason: line.reason,
        frames: line.frames,
        duplicates: line.duplicates,
        failedGrabs: line.failedGrabs,
        t: line.t,
      };
  }
}

/**
 * Reads the event in a line's object.
 *
 * @param place file and line, for messages
 * @throws UnderstudyError `session-invalid` for a header as {@link headerFromJson}
 */
export function readEvent(object: Readonly<Record<string, unknown>>, place: string): ReadEvent {
  const { event, t } = object;
  if (t === undefined || t === null) {
    const text = 'the event has no time and was skipped';
    return { event: null, notice: 'event-without-time', text, t: null };
  }
  if (typeof t !== 'number' || !Number.isFinite(t)) return { event: null, fault: timeFault(t) };
  switch (event) {
    case 'session':
      return { event, header: headerFromJson(object, place) };
    case 'keydown':
    case 'keyup':
      return readKey(event, object, t);
    case 'marker':
      return readMarker(object, t);
    case 'meters':
      return areValues(object['values']) ? { event, values: object['values'], t } : unknownEvent(event, t);
    case 'clock':
      return typeof object['stepSeconds'] === 'number'
        ? { event, stepSeconds: object['stepSeconds'], t }
        : unknownEvent(event, t);
    case 'control':
      return {
        event,
        source: playedBy(object['source']) ?? 'nobody',
        ...(object['givenBack'] === true ? { givenBack: true } : {}),
        t,
      };
    case 'end':
      return {
        event,
        reason: String(object['reason']),
        frames: numberOf(object['frames']),
        duplicates: numberOf(object['duplicates']),
        failedGrabs: numberOf(object['failedGrabs']),
        t,
      };
    default:
      return unknownEvent(event, t);
  }
}

function readKey(event: KeyLine['event'], object: Readonly<Record<string, unknown>>, t: number): ReadEvent {
  const { key, synthetic, initial, source, final } = object;
  if (typeof key !== 'string') return { event: null, fault: 'it does not name a key' };
  return {
    event,
    key: plainKeyName(key),
    t,
    synthetic: synthetic === true,
    initial: initial === true,
    source: playedBy(source),
    final: final === true,
  };
}

function readMarker({ type, outcome, final }: Readonly<Record<string, unknown>>, t: number): ReadEvent {
  if (type === 'fight_start' || type === 'fight_end') {
    return { event: 'marker', type, t, outcome: markedOutcome(outcome), final: final === true };
  }
  const text = `a marker of type ${JSON.stringify(type)} was skipped`;
  return { event: null, notice: 'event-unknown', text, t };
}

function unknownEvent(event: unknown, t: number): ReadEvent {
  return { event: null, notice: 'event-unknown', text: `an event '${String(event)}' was skipped`, t };
}

function playedBy(value: unknown): PlayedBy | null {
  return value === 'agent' || value === 'human' ? value : null;
}

function markedOutcome(value: unknown): MarkedOutcome | null {
  return value === 'won' || value === 'lost' || value === 'ended' ? value : null;
}

function areValues(value: unknown): value is MetersLine['values'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => one === null || typeof one === 'number');
}

function flag(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
