/**
 * Reads an event log as the study's parser does (write-up, Appendix A: parse_events), with its quirks, and says where
 * each of them changed something. The quirks: quotes around keys are stripped (by the line's reader); a second
 * fight_start replaces the first; a fight_end without a start is ignored; a fight that is never closed is dropped;
 * unknown keys are dropped. It differs in one thing: a letter in the other case is the same key.
 */
import { existsSync } from 'node:fs';
import type { ActionSet } from '../core/action-set.js';
import { given } from '../core/given.js';
import { STUDY_ACTIONS, STUDY_LOG_KEYS } from '../core/study-actions.js';
import { BrokenLines, parseLine } from './broken-lines.js';
import {
  readEvent,
  type ClockLine,
  type ControlLine,
  type KeyLine,
  type MarkedOutcome,
  type MarkerLine,
  type MetersLine,
  type PlayedBy,
} from './format/event-lines.js';
import type { SessionHeader } from './format/header.js';
import { keysFor, type ActionOfKey } from './key-names.js';
import { readLines, type Line } from './lines.js';
import { requireSeconds } from './time-unit.js';
import type { Notice, NoticeCode } from './notices.js';

/** A press or a release of a mapped key. */
export interface KeyEvent {
  /** Unix seconds. */
  readonly t: number;
  readonly key: string;
  /** One of the session's actions. */
  readonly action: string;
  readonly down: boolean;
  /** Sent by a program (XTEST), not by a person's device. */
  readonly synthetic: boolean;
  /** Who pressed the key, in a recording of the agent's play; null where the log does not say. */
  readonly source: PlayedBy | null;
}

/** From a fight_start to its fight_end, both included; Unix seconds. */
export interface Fight {
  readonly start: number;
  readonly end: number;
  /** How it ended; absent where the log does not say. */
  readonly outcome?: MarkedOutcome;
}

export interface EventLog {
  /** Null for a log of the study's own recorder. */
  readonly header: SessionHeader | null;
  /** The actions of the game: the header's, else the study's. */
  readonly actions: ActionSet;
  readonly keys: ActionOfKey;
  /** By time; equal times in the order of the file. */
  readonly events: readonly KeyEvent[];
  /** In the order of the file. */
  readonly fights: readonly Fight[];
  /** What the game's meters showed, by time; empty where the log does not say. */
  readonly meters: readonly MetersLine[];
  /** Jumps of the wall clock. Key and frame times did not jump: they follow the monotonic clock. */
  readonly clockSteps: readonly ClockLine[];
  /** Changes of who plays, by time; empty where the log does not say, as in a person's own recording. */
  readonly control: readonly ControlLine[];
  /** False when the recording was cut off and not repaired; always true for a log of the study's own recorder. */
  readonly finished: boolean;
  /** Why the recording ended, from its last line: `stopped`, `repaired`; null without such a line. */
  readonly endReason: string | null;
}

export interface ReadOptions {
  /** Skip broken lines (each with a notice) instead of rejecting the file. Default false. */
  readonly lenient?: boolean;
  /** The session's action for each key. Default: from the log's header, else the study's. */
  readonly keys?: ActionOfKey;
}

/**
 * Reads an event log, adding what is odd to `notices`. Like the study's parser it treats a missing file as a log without
 * events.
 *
 * @throws UnderstudyError as {@link readLines}; `session-invalid`; `unknown-action` where `options.keys` has an action
 *   that the session does not have
 */
export async function readEventLog(path: string, options: ReadOptions, notices: Notice[]): Promise<EventLog> {
  const parser = new EventParser(path, options.keys ?? null, notices);
  if (existsSync(path)) {
    for await (const line of readLines(path)) parser.take(line);
  } else {
    const message = `There is no ${path}: the session is taken to have no keys and no fights.`;
    notices.push({ code: 'no-events-file', message, file: path, line: null, t: null });
  }
  return parser.finish(options.lenient ?? false);
}

class EventParser {
  readonly #path: string;
  readonly #notices: Notice[];
  readonly #broken: BrokenLines;
  readonly #chosenKeys: ActionOfKey | null;
  readonly #events: KeyEvent[] = [];
  readonly #fights: Fight[] = [];
  readonly #meters: MetersLine[] = [];
  readonly #clockSteps: ClockLine[] = [];
  readonly #control: ControlLine[] = [];
  readonly #shifted = new Map<string, { known: string; count: number; line: number; t: number }>();
  readonly #unknown = new Map<string, { count: number; line: number; t: number }>();
  #actions = STUDY_ACTIONS;
  #keys: ActionOfKey | null = null; // null until the session's actions are known
  #header: SessionHeader | null = null;
  #endReason: string | null = null;
  #fightStart: { t: number; line: number } | null = null;
  #lastKeyTime = Number.NEGATIVE_INFINITY;

  constructor(path: string, keys: ActionOfKey | null, notices: Notice[]) {
    this.#path = path;
    this.#notices = notices;
    this.#chosenKeys = keys;
    this.#broken = new BrokenLines(path, notices);
  }

  take(line: Line): void {
    const parsed = parseLine(line);
    if ('blank' in parsed) return this.#note('line-blank', line.number, null, 'the line is blank and was skipped');
    if ('fault' in parsed) return this.#broken.add(line, parsed.fault);
    const read = readEvent(parsed.object, `${this.#path}:${line.number}`);
    switch (read.event) {
      case 'session':
        this.#header = read.header;
        this.#actions = read.header.actions;
        this.#keys = this.#chosenKeys === null ? read.header.keys : keysFor(this.#actions, this.#chosenKeys);
        break;
      case 'keydown':
      case 'keyup':
        this.#takeKey(read, line.number);
        break;
      case 'marker':
        this.#takeMarker(read, line.number);
        break;
      case 'meters':
        this.#meters.push(read);
        break;
      case 'clock':
        this.#clockSteps.push(read);
        break;
      case 'control':
        this.#control.push(read);
        break;
      case 'end':
        this.#endReason = read.reason;
        break;
      case null:
        if ('fault' in read) this.#broken.add(line, read.fault);
        else this.#note(read.notice, line.number, read.t, read.text);
    }
  }

  finish(lenient: boolean): EventLog {
    this.#broken.settle(lenient);
    requireSeconds(this.#path, this.#timesRead());
    const open = this.#fightStart;
    if (open !== null) {
      this.#note('fight-never-closed', open.line, open.t, 'the fight that starts here is never closed and was dropped');
    }
    for (const [key, { known, count, line, t }] of this.#shifted) {
      const text = `the key '${key}' is '${known}' with Shift or Caps Lock; its ${count} event(s) were taken for that key`;
      this.#note('key-shifted', line, t, text);
    }
    for (const [key, { count, line, t }] of this.#unknown) {
      this.#note('key-unknown', line, t, `the key '${key}' means no action; its ${count} event(s) were dropped`);
    }
    // Array.prototype.sort is stable, as Python's is: equal times stay in the order of the file
    this.#events.sort((a, b) => a.t - b.t);
    return {
      header: this.#header,
      actions: this.#actions,
      keys: this.#keysHere(),
      events: this.#events,
      fights: this.#fights,
      meters: this.#meters.sort((a, b) => a.t - b.t),
      clockSteps: this.#clockSteps,
      control: this.#control.sort((a, b) => a.t - b.t),
      finished: this.#header === null || this.#endReason !== null,
      endReason: this.#endReason,
    };
  }

  *#timesRead(): Generator<number> {
    for (const { t } of this.#events) yield t;
    for (const { start, end } of this.#fights) yield* [start, end];
  }

  /** Where the log has no header, its actions are the study's. */
  #keysHere(): ActionOfKey {
    return (this.#keys ??= keysFor(this.#actions, this.#chosenKeys ?? STUDY_LOG_KEYS));
  }

  #takeMarker({ type, t, outcome }: MarkerLine, line: number): void {
    const open = this.#fightStart;
    if (type === 'fight_start') {
      if (open !== null) {
        const text = `this fight_start replaces the one of line ${open.line}, whose fight was not closed`;
        this.#note('fight-restarted', line, t, text);
      }
      // the study tests `if curr_start`, so that a start at time 0 counts as none
      this.#fightStart = t === 0 ? null : { t, line };
      return;
    }
    if (open === null) {
      return this.#note('fight-end-without-start', line, t, 'this fight_end has no fight_start and was ignored');
    }
    if (t < open.t) {
      this.#note('fight-reversed', line, t, 'this fight ends before it starts: no frame is inside it');
    }
    this.#fights.push({ start: open.t, end: t, ...given({ outcome: outcome ?? undefined }) });
    this.#fightStart = null;
  }

  #takeKey({ event, key, t, synthetic = false, source = null }: KeyLine, line: number): void {
    const known = this.#knownKey(key);
    const action = known === null ? undefined : this.#keysHere().get(known);
    if (known === null || action === undefined) {
      const seen = this.#unknown.get(key);
      this.#unknown.set(key, { count: (seen?.count ?? 0) + 1, line: seen?.line ?? line, t: seen?.t ?? t });
      return;
    }
    if (t < this.#lastKeyTime) {
      const text = `this event is ${(this.#lastKeyTime - t).toFixed(3)} s older than the one before it; events were sorted by time`;
      this.#note('events-out-of-order', line, t, text);
    }
    this.#lastKeyTime = Math.max(this.#lastKeyTime, t);
    if (known !== key) {
      const seen = this.#shifted.get(key);
      this.#shifted.set(key, { known, count: (seen?.count ?? 0) + 1, line: seen?.line ?? line, t: seen?.t ?? t });
    }
    this.#events.push({ t, key: known, action, down: event === 'keydown', synthetic, source });
  }

  /**
   * The name under which the session's keys have a key. A recorder that asks the layout, as pynput does, calls a letter's
   * key 'F' while Shift or Caps Lock is on: its press and its release may bear different names.
   */
  #knownKey(key: string): string | null {
    const keys = this.#keysHere();
    if (keys.has(key)) return key;
    if ([...key].length !== 1) return null;
    return [key.toLowerCase(), key.toUpperCase()].find((other) => other !== key && keys.has(other)) ?? null;
  }

  #note(code: NoticeCode, line: number, t: number | null, text: string): void {
    this.#notices.push({ code, message: `${this.#path}:${line}: ${text}.`, file: this.#path, line, t });
  }
}
