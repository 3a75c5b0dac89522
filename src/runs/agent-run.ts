/**
 * One run of the agent: the loop with its view, its log and its folder. What differs between an arena, a page and a
 * window is passed in as {@link RunParts}; everything else is the same.
 */
import { basename, resolve } from 'node:path';
import type { Arming, ArmingState, ArmingStatus } from '../agent/arming.js';
import { AgentLoop } from '../agent/loop.js';
import type { Gate, PictureGate } from '../agent/gate.js';
import { RunFolder } from './folder.js';
import { Telemetry } from '../agent/telemetry.js';
import { Unpaced } from '../agent/unpaced.js';
import { NONE_HELD, type ActionSet, type HeldActions } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Policy } from '../core/policy.js';
import { messageOf } from '../core/errors.js';
import { given } from '../core/given.js';
import type { FrameSource } from '../core/frame.js';
import type { KeySink, ReleaseReason } from '../core/key-sink.js';
import type { MeterValues, SeenGame } from '../core/seen-game.js';
import type { StatusFigures, TickObserver, TickReport } from '../core/tick-report.js';
import { LiveView } from '../terminal/live-view.js';
import { canShowPicture } from '../terminal/screen.js';
import { statusLine, type Health, type Played } from '../terminal/status-line.js';
import type { WatchedEnvironment } from './environment.js';
import { MemoryTrim } from './memory-trim.js';
import { RunControl } from './control-methods.js';
import { RunLog } from './log.js';
import { RunNotes } from './notes.js';
import type { KeepRequest, PaceRequest } from './request.js';
import { RunVideo } from './video.js';
import type { RunOutcome, RunSummary } from './summary.js';

/** Who plays and where: everything that differs between the modes. */
export interface RunParts {
  readonly mode: 'arena' | 'browser' | 'window' | 'session' | 'shadow';
  /** The bundle's folder. */
  readonly model: string;
  /** The game's actions: the held sets and probabilities of policy and sink refer to them. */
  readonly actions: ActionSet;
  /** Ticks a second. */
  readonly rateHz: number;
  readonly clock: Clock;
  readonly source: FrameSource;
  readonly policy: Policy;
  readonly sink: KeySink;
  readonly gates: readonly Gate[];
  /** Whether it is meant to act; its gate is among the gates. Absent where a run cannot be paused. */
  readonly arming?: Arming;
  readonly pictureGates?: readonly PictureGate[];
  /** How long held keys outlive the last decision, ms: leaseMsFor decides it once a run. */
  readonly leaseMs: number;
  readonly applyDelayTicks: number;
  /** Health of player and boss for the status line; null where the game does not report it. */
  readonly health: () => Health | null;
  /** What the game's cues and meters say; absent where it has neither. */
  readonly seen?: () => SeenGame;
  /** Further observers of each tick. */
  readonly observers?: readonly TickObserver[];
}

/** What a run takes from its request. */
export interface RunTerms {
  readonly pace: Pick<PaceRequest, 'budgetMs' | 'unpaced'>;
  readonly keep: KeepRequest;
  readonly view: 'terminal' | 'none';
}

/** Late ticks in a row that may pass with keys held: 0.3 s at 10 Hz, about the lease. */
const MAX_LATE_IN_ROW = 3;

/** The reason of the release when the agent stops being armed. */
const RELEASE_AT: Readonly<Record<Exclude<ArmingState, 'armed'>, ReleaseReason>> = {
  disarmed: 'disarmed',
  paused: 'paused',
  'taken-over': 'takeover',
  panicked: 'panic',
};

export class AgentRun implements AsyncDisposable {
  readonly folder: RunFolder;
  readonly telemetry = new Telemetry();
  /** Releases of keys, and refused presses. */
  readonly notes: RunNotes;
  readonly #parts: RunParts;
  readonly #terms: RunTerms;
  readonly #environment: WatchedEnvironment;
  readonly #log: RunLog;
  readonly #view: LiveView;
  readonly #video: RunVideo | null;
  readonly #beganMs: number;
  readonly #memoryTrim = new MemoryTrim();
  /** The requests that the run answers from other terminals; more methods may be added before it plays. */
  readonly control: RunControl;
  #lastGate: string | null = null;
  #lastReport: TickReport | null = null;
  readonly #stopListening: () => void;

  constructor(parts: RunParts, terms: RunTerms, environment: WatchedEnvironment) {
    this.#parts = parts;
    this.#terms = terms;
    this.#environment = environment;
    const { mode, model, actions, rateHz, applyDelayTicks, clock, arming, seen } = parts;
    const { keep, pace } = terms;
    const { signals, say, watch } = environment;
    this.folder = RunFolder.create(keep.runs, actions, { meters: () => metersOf(seen) });
    const folder = this.folder.path;
    const name = basename(folder);
    this.notes = new RunNotes(actions, (message, fields) => this.event(message, fields));
    this.#log = new RunLog(folder, keep.logLevel);
    this.#video = keep.video ? new RunVideo({ folder, mode, model, actions, rateHz, applyDelayTicks, say }) : null;
    this.#beganMs = clock.nowMs();
    this.#view = new LiveView({
      screen: process.stderr,
      picture: mode === 'arena' && canShowPicture(process.stderr),
      statusLine: (report, colour) => statusLine(report, this.#figures(), this.#played(), colour),
    });
    this.#stopListening = arming?.onChange((status, before) => this.#onArming(status, before)) ?? (() => undefined);
    this.control = new RunControl(name, {
      status: () => this.#status(),
      arming: arming ?? null,
      stop: () => signals.stop(),
    });
    const { budgetMs } = pace;
    watch?.begin({ mode, name, rateHz, budgetMs, actions: actions.names, arming, seen });
    this.event('run began', { mode, rateHz, budgetMs });
  }

  /** Seconds since the run began, by the run's own clock. */
  get seconds(): number {
    return (this.#parts.clock.nowMs() - this.#beganMs) / 1000;
  }

  /** Key edges sent so far; complete once no key is down. */
  get edgesSent(): number {
    return this.#parts.sink.edgesSent;
  }

  event(message: string, fields: object = {}): void {
    this.#log.event(message, fields);
  }

  /** Plays until `isOver` or the signal. May be called again for another fight. */
  async play(isOver: () => boolean): Promise<void> {
    await this.#serve();
    const { pace, view } = this.#terms;
    const { signals, watch } = this.#environment;
    const watchGates: TickObserver = { isEssential: true, onTick: (report) => this.#noteGate(report) };
    const loop = new AgentLoop({
      ...this.#parts,
      ...given({ schedule: pace.unpaced ? new Unpaced(this.#parts.clock) : undefined }),
      budgetMs: pace.budgetMs,
      signal: signals.signal,
      isOver,
      observers: [
        this.telemetry,
        this.folder,
        this.#log,
        watchGates,
        this.#memoryTrim,
        ...(this.#parts.observers ?? []),
        ...(this.#environment.observers ?? []),
        ...(this.#video === null ? [] : [this.#video]),
        ...(watch === null ? [] : [watch]),
        ...(view === 'terminal' ? [this.#view] : []),
      ],
      maxLateInRow: MAX_LATE_IN_ROW,
      onRelease: (reason, afterMs, { held, gate }) =>
        this.notes.release({ reason, afterMs, by: 'agent', actions: this.#namesOf(held), gate }),
      onObserverTrouble: ({ observer, message }) => {
        this.event('observer let go of', { observer, message });
        this.#environment.say(`${observer} stopped watching: ${message}`);
      },
    });
    try {
      await loop.run();
    } catch (error) {
      this.event('run failed', { error: messageOf(error) });
      throw error;
    } finally {
      this.#view.finish();
    }
  }

  /**
   * The summary of the run, also written to its folder. Call it when no key is down: only then are all edges counted.
   *
   * @param extra fields that only this mode has, or that it fills differently
   */
  conclude(outcome: RunOutcome, fights: RunSummary['fights'], extra: Partial<RunSummary> = {}): RunSummary {
    const summary: RunSummary = {
      mode: this.#parts.mode,
      model: this.#parts.model,
      outcome,
      fights,
      seconds: Number(this.seconds.toFixed(3)),
      ...this.telemetry.figures(),
      edgesSent: this.edgesSent,
      ...this.notes.summary(),
      ...extra,
      runDir: this.folder.path,
    };
    const unwritten = this.folder.writeSummary(summary);
    if (unwritten !== null) this.#environment.say(`the summary is not in ${this.folder.path}: ${unwritten}`);
    this.event('run ended', { outcome, ticks: summary.ticks });
    this.control.settle({ outcome, runDir: this.folder.path, edgesSent: this.edgesSent });
    return summary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // no effect after conclude()
    this.control.settle({ outcome: 'failed', runDir: this.folder.path, edgesSent: this.edgesSent });
    await this.control[Symbol.asyncDispose]();
    this.#stopListening();
    await this.#video?.[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
    const { failure, droppedTicks } = this.folder;
    if (failure !== null || droppedTicks > 0) {
      const why = failure === null ? 'the disk did not keep up' : failure.message;
      this.#environment.say(`${droppedTicks} ticks are missing from ${this.folder.path}/ticks.jsonl: ${why}`);
    }
    await this.#log[Symbol.asyncDispose]();
  }

  /**
   * A run that was started by hand continues without its socket: a full disk or a folder of another user must not
   * prevent play. A run in the background fails instead: without the socket it could not be stopped.
   */
  async #serve(): Promise<void> {
    if (this.#parts.mode === 'session') return; // a replay runs as fast as it can and presses nothing: nothing to pause
    const { onServing, say } = this.#environment;
    try {
      const socket = await this.control.serve();
      onServing?.({ runDir: this.folder.path, socket });
    } catch (error) {
      if (onServing !== undefined) throw error;
      this.event('no control socket', { error: messageOf(error) });
      say(`no other terminal can reach this run: ${messageOf(error)}`);
    }
  }

  /** The answer to `status`; fields as documented in docs/control.md. */
  #status(): object {
    const { clock, mode, model, rateHz, arming, health } = this.#parts;
    const report = this.#lastReport;
    const figures = { ...this.#figures(), ...this.telemetry.counts() };
    const { latencyMs, ticks, missedTicks, lateTicks, starvedTicks, gatedTicks } = figures;
    return {
      pid: process.pid,
      mode,
      model,
      runDir: resolve(this.folder.path),
      seconds: Number(this.seconds.toFixed(3)),
      state: arming?.state ?? 'armed',
      reason: arming?.status.reason ?? null,
      stateBy: arming?.status.by ?? 'start',
      stateForMs: arming === undefined ? null : Math.max(0, Math.round(clock.nowMs() - arming.status.sinceMs)),
      held: report === null ? [] : this.#namesOf(report.held),
      outcome: report?.outcome ?? null,
      gate: report?.gate ?? null,
      ready: report?.decision?.ready ?? false,
      targetRateHz: rateHz,
      rateHz: Number(figures.rateHz.toFixed(3)),
      latencyMs: latencyMs === null ? null : Number(latencyMs.toFixed(3)),
      ticks,
      missedTicks,
      lateTicks,
      starvedTicks,
      gatedTicks,
      edgesSent: this.edgesSent,
      releases: this.notes.releaseCount,
      lastRelease: this.notes.lastRelease,
      health: health(),
      meters: metersOf(this.#parts.seen),
      line: report === null ? 'it has not looked yet' : statusLine(report, figures, this.#played(), false),
      watch: this.#environment.watch?.url ?? null,
    };
  }

  #played(): Played {
    const { actions, health, seen } = this.#parts;
    return { actions, health: health(), seen: seen?.() ?? null };
  }

  #namesOf(held: HeldActions): string[] {
    return this.#parts.actions.heldNames(held);
  }

  #figures(): StatusFigures {
    return { ...this.telemetry.status(), notice: this.notes.recent() };
  }

  /** Releases the keys now, not at the next tick. */
  #onArming(status: ArmingStatus, before: ArmingStatus): void {
    const { sink } = this.#parts;
    const { state, reason, by } = status;
    const { held } = sink;
    if (state !== 'armed') sink.releaseAll(RELEASE_AT[state]);
    this.event(state, { reason, by, before: before.state });
    if (this.#terms.view === 'none') this.#environment.say(reason === null ? state : `${state}: ${reason}`);
    if (state === 'armed' || held === NONE_HELD) return;
    const release = { reason: RELEASE_AT[state], afterMs: 0, by: 'agent', actions: this.#namesOf(held) } as const;
    this.notes.release({ ...release, gate: `arming: ${reason}` });
  }

  /** Only changes are logged: a gate that stays closed is logged once. */
  #noteGate(report: TickReport): void {
    this.#lastReport = report;
    if (report.gate === this.#lastGate) return;
    this.event(report.gate === null ? 'gates open' : 'gate closed', { tick: report.tick, gate: report.gate });
    this.#lastGate = report.gate;
  }
}

/** Null where the game has no meters, and before its first picture. */
function metersOf(seen: RunParts['seen']): MeterValues | null {
  const { meters = {} } = seen?.() ?? {};
  return Object.keys(meters).length === 0 ? null : meters;
}
