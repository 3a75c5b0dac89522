/**
 * Writes a session while it is played: frames at a forced constant rate, key events and markers as whole lines, the
 * video and the gray frames on a separate thread. No method but `room` and `finish` ever waits, and none reads a window
 * or a keyboard: the recorder does.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import { STUDY_ACTIONS, STUDY_LOG_KEYS } from '../core/study-actions.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { BgraImage } from '../vision/image-file.js';
import { FrameSchedule } from './frame-schedule.js';
import {
  eventToJson,
  type EventLine,
  type KeyLine,
  type MarkedOutcome,
  type MetersLine,
  type ControlLine,
} from './format/event-lines.js';
import { frameToJson } from './format/frame-line.js';
import { SESSION_FORMAT_VERSION, type SessionHeader } from './format/header.js';
import { keyNameOf, keysFor, type ActionOfKey } from './key-names.js';
import { PictureWriter, startVideoThread, writeFailed, type PictureThread } from './picture-writer.js';
import { allFiles, requireNewSession, type SessionFiles } from './session-files.js';
import { openOwnLogs, type OpenLogs, type SessionLogs } from './session-logs.js';
import { loadVideoLibraryFirst } from './video.js';
import type { VideoThreadSetup } from './video-thread.js';

/** A wall clock that moves by more than this between two ticks was stepped, not slewed. */
const CLOCK_STEP_MS = 50;

/** The two clocks are read together at most this often, until a pair of readings took less than 1 ms. */
const CLOCK_READINGS = 5;

export interface SessionWriterOptions {
  readonly files: SessionFiles;
  readonly rateHz: number;
  /** px of every picture. */
  readonly width: number;
  /** px */
  readonly height: number;
  /** What is recorded, for people to read: a window's title, `arena`. */
  readonly source: string;
  /** The game's name, from its file. Default: not known. */
  readonly game?: string | null;
  /** What the policy will see of a picture. */
  readonly contract: PreprocessingContract;
  /** Every `...AtMs` and `atMs` given to this writer is a time of this clock. */
  readonly clock: Clock;
  /** The actions of the game. Default: the study's. */
  readonly actions?: ActionSet;
  /** The action of each key, by its log name. Default: the study's keys. */
  readonly keys?: ActionOfKey;
  /** The wall clock, ms since 1970; read at the start, and at each tick to notice steps. Default Date.now. */
  readonly wallMs?: () => number;
  /** False records no MP4; the gray frames are always written. Default true. */
  readonly video?: boolean;
  /** Write pictures at a low priority, because a loop runs that must not be late. Default false. */
  readonly background?: boolean;
  /** Called once when a file cannot be written any more; the caller should then stop and finish. */
  readonly onFailure?: (error: UnderstudyError) => void;
  /** Opens the logs. Default: logs written by this process. */
  readonly openLogs?: OpenLogs;
  /** Starts the thread that writes pictures. Default: the video thread; tests pass another. */
  readonly startThread?: (setup: VideoThreadSetup) => PictureThread;
}

/** Where a key event comes from. The agent and a person may both hold a key: with a `source` their holds are separate. */
export type KeyOrigin = Pick<KeyLine, 'synthetic' | 'initial' | 'source'>;

interface HeldKey extends Pick<KeyLine, 'synthetic' | 'source'> {
  readonly name: string;
}

export interface WriterStatus {
  readonly seconds: number;
  readonly frames: number;
  readonly duplicates: number;
  /** Closed fights, and the open one. */
  readonly fights: number;
  readonly inFight: boolean;
  readonly heldKeys: readonly string[];
  readonly failedGrabs: number;
}

export class SessionWriter implements AsyncDisposable {
  readonly #options: SessionWriterOptions;
  readonly #keys: ActionOfKey;
  readonly #schedule: FrameSchedule;
  readonly #logs: SessionLogs;
  readonly #pictures: PictureWriter;
  readonly #wallOffsetMs: number; // wall clock minus monotonic clock, at the start
  #lastOffsetMs: number;
  /** By who pressed it and log name: see {@link holdId}. */
  readonly #held = new Map<string, HeldKey>();
  #control: ControlLine['source'] | null = null;
  #lastCaptured = 0; // Unix seconds
  #lastTaken = false; // whether the picture offered last is in the files
  #duplicates = 0;
  #fights = 0;
  #inFight = false;
  #lastMarkerMs = Number.NEGATIVE_INFINITY;
  #failedGrabs = 0;
  #failure: UnderstudyError | null = null;
  #finishing: Promise<WriterStatus> | null = null;

  /**
   * Creates the files, writes the header and starts the encoder; resolves when pictures can be taken.
   *
   * @throws UnderstudyError `bad-option` when a session of this name exists, `write-failed` when the folder takes no
   *   file, `package-missing` when there is no encoder, `unknown-action` when a key means none of the actions; no file
   *   is left behind in each of these cases
   */
  static async create(options: SessionWriterOptions): Promise<SessionWriter> {
    const { files, openLogs = openOwnLogs, actions = STUDY_ACTIONS, keys = STUDY_LOG_KEYS } = options;
    keysFor(actions, keys);
    requireNewSession(files);
    const failures: { handler: (error: unknown) => void } = { handler: () => undefined };
    try {
      await mkdir(dirname(files.base), { recursive: true });
      // this process may read videos as well, as `session import --rate` does
      if (options.video !== false && options.startThread === undefined) await loadVideoLibraryFirst();
      const logs = await openLogs(files, (error) => failures.handler(error));
      const writer = new SessionWriter(options, logs);
      failures.handler = (error) => writer.#fail(writeFailed('the logs', error));
      await writer.#pictures.open();
      if (writer.#failure === null) return writer;
      await writer.finish('failed');
      throw writer.#failure;
    } catch (error) {
      // None of the files existed before: a recording that never began leaves nothing behind.
      // A folder in which no file can be created may not allow a removal either.
      for (const path of allFiles(files)) await rm(path, { force: true }).catch(() => undefined);
      throw error instanceof UnderstudyError ? error : writeFailed(files.base, error);
    }
  }

  private constructor(options: SessionWriterOptions, logs: SessionLogs) {
    const { files, rateHz, width, height, contract, source, game = null } = options;
    this.#options = options;
    this.#keys = options.keys ?? STUDY_LOG_KEYS;
    this.#schedule = new FrameSchedule(rateHz);
    this.#logs = logs;
    this.#wallOffsetMs = this.#offsetNow();
    this.#lastOffsetMs = this.#wallOffsetMs;
    const videoPath = options.video === false ? null : files.video;
    const start = options.startThread ?? startVideoThread;
    const gray = { path: files.gray, contract };
    const { background = false } = options;
    const thread = start({ videoPath, gray, width, height, rateHz, background });
    this.#pictures = new PictureWriter(thread, width * height * 4, (error) => this.#fail(error));
    const header: SessionHeader = {
      version: SESSION_FORMAT_VERSION,
      rateHz,
      actions: options.actions ?? STUDY_ACTIONS,
      keys: this.#keys,
      width,
      height,
      source,
      game,
      startedAt: this.#unixSeconds(options.clock.nowMs()),
    };
    this.#log({ event: 'session', header });
  }

  /** The first error, or null. */
  get failure(): UnderstudyError | null {
    return this.#failure;
  }

  get status(): WriterStatus {
    return {
      seconds: this.#schedule.filled / this.#options.rateHz,
      frames: this.#schedule.filled,
      duplicates: this.#duplicates,
      fights: this.#fights,
      inFight: this.#inFight,
      heldKeys: [...new Set([...this.#held.values()].map(({ name }) => name))],
      failedGrabs: this.#failedGrabs,
    };
  }

  /**
   * Takes a picture for its slot; slots missed since the last picture repeat that one. Copies `picture.pixels`. A
   * picture that its source calls `repeated` (equal to the one offered before) is marked as a duplicate too, with its own
   * capture time.
   *
   * @returns `written`; `repeated` when the encoder or the disk is behind and the slot repeats the picture before;
   *   `dropped` when every slot up to now has a picture, or the writer has failed
   */
  offer(
    picture: BgraImage & { readonly capturedAtMs: number; readonly repeated?: boolean },
  ): 'written' | 'repeated' | 'dropped' {
    if (this.#failure !== null || this.#finishing !== null) return 'dropped';
    const { width, height, clock } = this.#options;
    if (picture.width !== width || picture.height !== height) {
      this.#fail(sizeChanged(this.#options, picture));
      return 'dropped';
    }
    const placement = this.#schedule.place(picture.capturedAtMs, clock.nowMs());
    const wasTaken = this.#lastTaken;
    this.#lastTaken = false;
    if (placement === null) return 'dropped';
    this.#repeat(placement.slot - placement.repeats, placement.repeats);
    const isTaken = this.#pictures.picture(picture.pixels);
    this.#lastTaken = isTaken;
    if (isTaken) this.#lastCaptured = this.#unixSeconds(picture.capturedAtMs);
    this.#frameLine(placement.slot, !isTaken || (picture.repeated === true && wasTaken));
    return isTaken ? 'written' : 'repeated';
  }

  /** Resolves when a picture can be taken at once: for a recording that may wait, such as demonstrations. */
  async room(): Promise<void> {
    await this.#pictures.room();
  }

  /** Call once a period: slots without a picture repeat the one before, and a step of the wall clock is logged. */
  tick(): void {
    if (this.#finishing !== null) return;
    const from = this.#schedule.filled;
    this.#repeat(from, this.#schedule.closeOverdue(this.#options.clock.nowMs()));
    const offsetMs = this.#offsetNow();
    const stepMs = offsetMs - this.#lastOffsetMs;
    this.#lastOffsetMs = offsetMs;
    if (Math.abs(stepMs) < CLOCK_STEP_MS) return;
    const t = this.#unixSeconds(this.#options.clock.nowMs());
    this.#log({ event: 'clock', stepSeconds: Math.round(stepMs) / 1000, t });
  }

  /** Counts a grab that failed; its slot repeats the picture before unless a later grab fills it. */
  grabFailed(): void {
    this.#failedGrabs += 1;
  }

  /** A press. Repeats of a key that is down, and keys outside the map, are not recorded. @param atMs the OS's time of it */
  keyDown(key: string | { readonly action: string }, atMs: number, origin: KeyOrigin = {}): void {
    const name = this.#nameOf(key);
    if (name === null || this.#held.has(holdId(name, origin)) || this.#finishing !== null) return;
    const { synthetic = false, source } = origin;
    this.#held.set(holdId(name, origin), { name, synthetic, source });
    this.#keyLine('keydown', name, atMs, origin);
  }

  /** A release; `synthetic` is that of the press unless `origin` says otherwise. Ignored for a key that is up. */
  keyUp(key: string | { readonly action: string }, atMs: number, origin: KeyOrigin = {}): void {
    const name = this.#nameOf(key);
    const held = name === null ? undefined : this.#held.get(holdId(name, origin));
    if (name === null || held === undefined || this.#finishing !== null) return;
    this.#held.delete(holdId(name, origin));
    this.#keyLine('keyup', name, atMs, { synthetic: held.synthetic, ...origin });
  }

  /** Records a release of every key that is down, held by the agent or by a person. */
  releaseAll(atMs: number): void {
    for (const { name, ...origin } of [...this.#held.values()]) this.keyUp(name, atMs, origin);
  }

  /**
   * Says who plays from now on, in a recording of the agent's play. The same value again changes nothing.
   *
   * @param givenBack by an order of the person who had taken over
   */
  control(source: ControlLine['source'], atMs: number, givenBack = false): void {
    if (source === this.#control || this.#finishing !== null) return;
    this.#control = source;
    this.#log({ event: 'control', source, givenBack, t: this.#unixSeconds(atMs) });
  }

  /**
   * A fight begins or ends. A second beginning, or an end without a beginning, changes nothing. A marker that comes late,
   * for a moment before the last one, is written at that one: fights do not overlap.
   *
   * @param outcome how it ended, where that is known
   * @returns true where it changed something
   */
  marker(type: 'fight_start' | 'fight_end', atMs: number, outcome: MarkedOutcome | null = null): boolean {
    const starts = type === 'fight_start';
    if (starts === this.#inFight || this.#finishing !== null) return false;
    this.#inFight = starts;
    if (starts) this.#fights += 1;
    this.#lastMarkerMs = Math.max(this.#lastMarkerMs, atMs);
    this.#log({ event: 'marker', type, t: this.#unixSeconds(this.#lastMarkerMs), outcome });
    return true;
  }

  /** What the game's meters show from the picture of this time on. */
  meters(values: MetersLine['values'], atMs: number): void {
    if (this.#finishing === null) this.#log({ event: 'meters', values, t: this.#unixSeconds(atMs) });
  }

  /**
   * Ends the session: fills the last slots, releases the keys that are down (marked `final`), closes an open fight,
   * and closes the files. Idempotent; never throws for a failed write: see {@link failure}.
   *
   * @param reason for people and for `session info`: `stopped`, `window-closed`
   */
  finish(reason: string): Promise<WriterStatus> {
    return (this.#finishing ??= this.#finish(reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish('disposed');
  }

  async #finish(reason: string): Promise<WriterStatus> {
    const nowMs = this.#options.clock.nowMs();
    const t = this.#unixSeconds(nowMs);
    this.#repeat(this.#schedule.filled, this.#schedule.closeAll(nowMs));
    const status = this.status;
    for (const { name: key, synthetic, source } of this.#held.values()) {
      this.#log({ event: 'keyup', key, t, synthetic, source, final: true });
    }
    if (this.#inFight) this.#log({ event: 'marker', type: 'fight_end', t, final: true });
    await this.#pictures.finish();
    const { frames, duplicates, failedGrabs } = status;
    this.#log({ event: 'end', reason, frames, duplicates, failedGrabs, t });
    await this.#logs.close().catch((error: unknown) => this.#fail(writeFailed('the logs', error)));
    return status;
  }

  #repeat(firstSlot: number, times: number): void {
    this.#pictures.repeat(times);
    for (let slot = firstSlot; slot < firstSlot + times; slot += 1) this.#frameLine(slot, true);
  }

  #frameLine(slot: number, duplicate: boolean): void {
    const t = this.#unixSeconds(this.#schedule.dueMs(slot));
    if (duplicate) this.#duplicates += 1;
    this.#logs.frame(frameToJson({ t, captured: this.#lastCaptured, duplicate }));
  }

  #keyLine(event: KeyLine['event'], key: string, atMs: number, { synthetic, initial, source }: KeyOrigin): void {
    this.#log({ event, key, t: this.#unixSeconds(atMs), synthetic, initial, source });
  }

  #log(line: EventLine): void {
    this.#logs.event(eventToJson(line));
  }

  #nameOf(key: string | { readonly action: string }): string | null {
    if (typeof key !== 'string') return keyNameOf(key.action, this.#keys);
    return this.#keys.has(key) ? key : null;
  }

  /** The log's time: the wall clock at the start plus the monotonic time since then; rounded to microseconds. */
  #unixSeconds(atMs: number): number {
    return Math.round((atMs + this.#wallOffsetMs) * 1000) / 1e6;
  }

  /**
   * Wall clock minus monotonic clock, read as close together as possible: a process that is suspended between the two
   * readings would see a step.
   */
  #offsetNow(): number {
    const { clock, wallMs = Date.now } = this.#options;
    let offsetMs = 0;
    let closestMs = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < CLOCK_READINGS && closestMs > 1; tries += 1) {
      const beforeMs = clock.nowMs();
      const readMs = wallMs();
      const tookMs = clock.nowMs() - beforeMs;
      if (tookMs >= closestMs) continue;
      closestMs = tookMs;
      offsetMs = readMs - beforeMs - tookMs / 2;
    }
    return offsetMs;
  }

  #fail(error: UnderstudyError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#options.onFailure?.(error);
  }
}

/** Distinguishes one hold of a key from another: who pressed it, and its log name. */
function holdId(name: string, { source }: KeyOrigin): string {
  return `${source ?? ''} ${name}`;
}

function sizeChanged(options: SessionWriterOptions, picture: BgraImage): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `The picture changed from ${options.width}x${options.height} to ${picture.width}x${picture.height} px: a session has one size.`,
    next: 'Keep the window at one size while recording; what was recorded before is kept.',
  });
}
