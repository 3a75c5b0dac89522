/**
 * Joins a window, a person's keys, a recording and a model that only watches: the loop of `play` with a sink that
 * cannot press. The result is one recording, and the scores of the model against what the person did.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import type { PictureGate } from '../../agent/gate.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import type { HeldActions } from '../../core/action-set.js';
import { SystemClock } from '../../core/clock.js';
import type { UnderstudyError } from '../../core/errors.js';
import type { FrameSource } from '../../core/frame.js';
import { given } from '../../core/given.js';
import type { TickObserver, TickReport } from '../../core/tick-report.js';
import { LivePredictions } from '../../evaluation/live-predictions.js';
import { DryRunKeySink } from '../../keyboard/dry-run-key-sink.js';
import type { ModelPolicy } from '../../policy/model-policy.js';
import { KeyRecorder } from '../../session/key-recorder.js';
import { actionsHeld, shownKeys, type ActionOfKey } from '../../session/key-names.js';
import type { Recorder } from '../../session/recorder.js';
import { filesAt, type SessionFiles } from '../../session/session-files.js';
import type { SessionWriter } from '../../session/session-writer.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { seenTexts } from '../../terminal/seen-text.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import type { CueAccount } from '../../games/cue-account.js';
import { adviceAfter, CuedFights, marksFights, openWatcher } from '../record/cued-fights.js';
import { fightsByFocus } from '../record/fights-by-focus.js';
import { FocusedKeys } from '../record/focused-keys.js';
import { chooseKeySource, type KeySource } from '../record/key-source.js';
import { openWindowWriter } from '../record/window-recorder.js';
import { AgentRun } from '../agent-run.js';
import { openChosenPolicy, recordedContract, type ChosenPolicy } from '../chosen-policy.js';
import { actionsOfKeys } from '../game-keyboard.js';
import type { RunSignals, WatchedEnvironment } from '../environment.js';
import type { ShadowRequest } from '../request.js';
import { OpenParts } from '../open-parts.js';
import { playUntilClosed } from '../play/play-window.js';
import type { RunSummary } from '../summary.js';
import { parseThresholds } from '../../policy/threshold-list.js';
import { LiveScores, ROLLING_SECONDS } from './live-scores.js';
import { ShadowPolicy } from './shadow-policy.js';

/** The result of a shadow run; its scores are computed from the recording. */
export interface ShadowedWindow {
  readonly files: SessionFiles;
  readonly summary: RunSummary;
  readonly model: ModelPolicy;
  /** The bundle's folder. */
  readonly modelPath: string;
  readonly predictions: LivePredictions;
  /** Key edges that the loop's sink was given: always 0. */
  readonly injectedEvents: number;
  /** The error that ended the recording; null where there was none. */
  readonly failure: UnderstudyError | null;
}

/** What marks where fights begin and end. */
export type FightRecorder = Pick<Recorder, 'marker' | 'inFight'>;

/**
 * @param byPage lets a page mark the fights; null: the game's cues do, or a fight lasts while the window has the focus
 * @throws UnderstudyError for what fails before the first frame; a recording that fails later is in the result
 */
export async function shadowWindow(
  request: ShadowRequest,
  environment: WatchedEnvironment,
  window: DesktopWindow,
  byPage: ((recorder: FightRecorder) => void) | null,
): Promise<ShadowedWindow> {
  const { say } = environment;
  // a hook cannot distinguish a person's keys from a program's, and needs no person's device
  if (request.keysFrom !== 'uiohook') window.desktop.requireHumanDevice();
  await using parts = new OpenParts();
  const opened = await openShadow(parts, request, environment, window);
  const { clock, chosen, writer, keySource, cued } = opened;
  const byFocus = byPage === null && !marksFights(request.screen.game);
  const ending = new AbortController();
  const keys = new KeyRecorder({ writer, hotKeys: request.keys.hotKeys, onStop: () => ending.abort() });
  using focused = await FocusedKeys.start({
    source: keySource,
    recorder: byFocus ? fightsByFocus(keys, writer) : keys,
    hasFocus: () => window.hasFocus(),
    hasPointer: () => window.hasPointer(),
    nowMs: () => clock.nowMs(),
    onLost: (error) => {
      say(`the keyboard can no longer be seen, so the run ends: ${error.message}`);
      ending.abort();
    },
  });
  const predictions = new LivePredictions(opened.chosen.policy.actions);
  const line = new InPlaceLine(process.stderr);
  const look = (): void => focused.look();
  const { run, sink } = startRun(parts, { request, environment, opened, predictions, ending, line, look });
  byPage?.(markerOf(writer));
  say(`recording ${opened.files.base}; keys through ${keySource.kind}; pressing nothing`);
  const isOver = (): boolean => writer.failure !== null || run.seconds >= request.pace.seconds;
  const outcome = await playUntilClosed(run, window, isOver).finally(() => line.finish());
  focused.look();
  cued?.finish(clock.nowMs());
  const of = { session: opened.files.base, game: request.screen.game?.path ?? '' };
  if (opened.account !== null) for (const note of adviceAfter(opened.account, of)) say(`note: ${note}`);
  await writer.finish(outcome);
  return {
    files: opened.files,
    summary: run.conclude(outcome, []),
    model: chosen.policy,
    modelPath: chosen.path,
    predictions,
    injectedEvents: sink.edgesSent,
    failure: writer.failure,
  };
}

/** The opened parts: the model, the window's pictures, the recording, and the source of keys. */
interface ShadowParts {
  readonly clock: SystemClock;
  readonly chosen: ChosenPolicy;
  readonly source: FrameSource;
  readonly files: SessionFiles;
  readonly writer: SessionWriter;
  readonly keySource: KeySource;
  /** Null where the game has neither cues nor meters. */
  readonly cued: CuedFights | null;
  /** What its cues said; null likewise. */
  readonly account: CueAccount | null;
}

async function openShadow(
  parts: OpenParts,
  request: ShadowRequest,
  environment: WatchedEnvironment,
  window: DesktopWindow,
): Promise<ShadowParts> {
  const { screen, keys } = request;
  const { actions } = screen.keys;
  const { signals, say } = environment;
  const clock = new SystemClock();
  const chosen = await openChosenPolicy(
    { ...request, game: screen.game?.name ?? null, ...actionsOfKeys(screen.keys) },
    clock,
    environment,
  );
  parts.use(chosen.policy);
  const keySource = chooseKeySource(request.keysFrom, window.desktop, screen.keys, keys);
  const files = filesAt(request.session);
  const recording = {
    window,
    capture: screen.capture,
    rateHz: chosen.rateHz,
    files,
    contract: recordedContract(chosen),
    actions,
    keys: keys.map,
    game: screen.game,
    keepsVideo: request.keepsVideo,
    besideAgent: false,
    signal: signals.signal,
    say,
  };
  const watcher = await openWatcher(screen.game);
  const { source, writer, width, height } = await openWindowWriter(parts, recording, clock);
  for (const note of watcher?.notesFor({ width, height }) ?? []) say(note);
  const cued = watcher === null ? null : new CuedFights(watcher, writer);
  return { clock, chosen, source, files, writer, keySource, cued, account: watcher?.account ?? null };
}

interface ShadowRunRequest {
  readonly request: ShadowRequest;
  readonly environment: WatchedEnvironment;
  readonly opened: ShadowParts;
  readonly predictions: LivePredictions;
  /** Aborted when the run is to end. */
  readonly ending: AbortController;
  readonly line: InPlaceLine;
  /** Takes the keys that have arrived. */
  readonly look: () => void;
}

function startRun(
  parts: OpenParts,
  { request, environment, opened, predictions, ending, line, look }: ShadowRunRequest,
): { readonly run: AgentRun; readonly sink: DryRunKeySink } {
  const { pace, keep, keys, evidenceFloor } = request;
  const { watch } = environment;
  const { clock, chosen, source, writer, cued } = opened;
  const { rateHz, policy: model } = chosen;
  const horizonFrames = model.manifest.horizon * model.stride;
  const scores = new LiveScores({ actions: model.actions, rateHz, horizonFrames, evidenceFloor });
  const human = (): HeldActions => actionsHeld(writer.status.heldKeys, keys.map, model.actions);
  const policy = new ShadowPolicy({
    model,
    writer,
    predictions,
    periodMs: 1000 / rateHz,
    onAnswer: ({ frame, decision }) => {
      look();
      const nowMs = clock.nowMs();
      scores.human(human(), nowMs);
      scores.frame(frame, nowMs, decision.ready ? decision.held : null);
    },
  });
  watch?.watchHuman(human);
  watch?.watchScores(() => ({
    rolling: scores.rolling(),
    whole: scores.whole(),
    rollingSeconds: ROLLING_SECONDS,
    evidenceFloor,
  }));
  const sink = new DryRunKeySink();
  const observers = [slotsOf(writer), new ShadowLine(line, () => lineText(writer, keys.map, scores, cued))];
  const run = parts.use(
    new AgentRun(
      {
        mode: 'shadow',
        model: chosen.path,
        actions: model.actions,
        rateHz,
        clock,
        source,
        policy,
        sink,
        observers,
        gates: [],
        pictureGates: cued === null ? [] : [looksOf(cued)],
        ...given({ seen: cued === null ? undefined : () => cued.seen }),
        leaseMs: leaseMsFor(1000 / rateHz),
        applyDelayTicks: 0,
        health: () => null,
      },
      { pace, keep, view: 'none' },
      { ...environment, signals: endedBy(environment, ending) },
    ),
  );
  run.control.methods.add('threshold', z.strictObject({ threshold: z.string().max(200) }), ({ threshold }) => {
    model.retune(parseThresholds(threshold, model.actions));
    run.event('thresholds', { thresholds: model.thresholds });
    return { run: basename(run.folder.path), thresholds: model.thresholds };
  });
  return { run, sink };
}

/** The run ends when the program is to end, or when the recording ends. */
function endedBy({ signals }: WatchedEnvironment, ending: AbortController): RunSignals {
  return { signal: AbortSignal.any([signals.signal, ending.signal]), stop: () => ending.abort() };
}

function markerOf(writer: SessionWriter): FightRecorder {
  return {
    get inFight() {
      return writer.status.inFight;
    },
    marker: (type, atMs) => writer.marker(type, atMs),
  };
}

/** The writer fills the slots that had no picture. */
function slotsOf(writer: SessionWriter): TickObserver {
  return {
    isEssential: true,
    onTick: (_report, frame) => {
      if (frame === null) writer.grabFailed();
      writer.tick();
    },
  };
}

/** Looks for the game's cues and meters in each new picture, as `play` does: before the tick is logged. Always open. */
function looksOf(cued: CuedFights): PictureGate {
  return {
    name: 'cues',
    blind: false,
    see: (frame) => {
      if (frame !== null) cued.look(frame);
    },
    closedBecause: () => null,
  };
}

class ShadowLine implements TickObserver {
  readonly #line: InPlaceLine;
  readonly #text: () => string;

  constructor(line: InPlaceLine, text: () => string) {
    this.#line = line;
    this.#text = text;
  }

  onTick({ deadlineMs }: TickReport): void {
    this.#line.show(deadlineMs, this.#text);
  }
}

function lineText({ status }: SessionWriter, keys: ActionOfKey, scores: LiveScores, cued: CuedFights | null): string {
  const { seconds, fights, heldKeys } = status;
  const seen = cued === null ? [] : seenTexts(cued.seen);
  const known = [`${seconds.toFixed(0)} s`, `${fights} fights`, ...seen, `held ${shownKeys(heldKeys, keys)}`];
  return [...known, scores.line()].join(' | ');
}
