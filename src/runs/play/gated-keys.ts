/** The keys of a run on a real window, and everything that may prevent presses: arming, gates, guard and hot keys. */
import { Arming } from '../../agent/arming.js';
import type { Gate, PictureGate } from '../../agent/gate.js';
import { BlackGate } from '../../agent/gates/black.js';
import { focusGate } from '../../agent/gates/focus.js';
import { keyboardGate } from '../../agent/gates/keyboard.js';
import { FreshnessGate } from '../../agent/gates/freshness.js';
import { FrozenGate, frozenAfterMsFor } from '../../agent/gates/frozen.js';
import { StallGate } from '../../agent/gates/stall.js';
import { PictureView } from '../../agent/gates/picture-view.js';
import { StrangeGate } from '../../agent/gates/strange.js';
import { TakeoverGate } from '../../agent/gates/takeover.js';
import type { WindowInfo } from '../../capture/game-window.js';
import type { Clock } from '../../core/clock.js';
import type { Desktop, DesktopWindow } from '../../desktop/desktop.js';
import type { KeyMeaning } from '../../desktop/key-meaning.js';
import { GuardedKeySink } from '../../keyboard/guarded-key-sink.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import { openKeySink, type OpenedKeySink } from '../../keyboard/open-key-sink.js';
import type { LiveWatch } from '../../watch/live-watch.js';
import type { ChosenPolicy } from '../chosen-policy.js';
import type { PressedScreenRequest, SafetyRequest } from '../request.js';
import { GuardWiring } from './guard-wiring.js';

/** A guard that was lost more often than this in one run is not started again: that is not chance. */
const MAX_RESTARTS = 3;

export interface GatedKeys extends OpenedKeySink {
  /** All gates: arming, focus and the rest. Nothing is pressed while one of them is closed. */
  readonly gates: readonly Gate[];
  readonly pictureGates: readonly PictureGate[];
  /** Gates that are off in this run, and why, for people. */
  readonly off: readonly string[];
  readonly arming: Arming;
  readonly leaseMs: number;
  /** Passes the guard's events to the run, once there is one. */
  readonly wiring: GuardWiring;
  /** Null in a dry run. */
  readonly guarded: GuardedKeySink | null;
  /** What one of the gates asks; null in a dry run, and where the desktop cannot be asked. The caller disposes it. */
  readonly meaning: KeyMeaning | null;
}

export interface GatedKeysRequest {
  readonly screen: Pick<PressedScreenRequest, 'sink' | 'keys'>;
  readonly safety: SafetyRequest;
  readonly window: Pick<DesktopWindow, 'desktop' | 'hasFocus' | 'isKeyboardGrabbed'> & {
    readonly info: Pick<WindowInfo, 'id'>;
  };
  readonly clock: Clock;
  readonly chosen: Pick<ChosenPolicy, 'contract' | 'pictures' | 'rateHz' | 'takesTurns'>;
  /** The window is captured together with what covers it: without the focus its pictures may show another program. */
  readonly seesWhatCovers: boolean;
  /** Ends the wait for the guard. */
  readonly signal: AbortSignal;
  /** Text for people. */
  readonly say: (text: string) => void;
  /** Shows which keys a person holds; null where no page is served. */
  readonly watch: Pick<LiveWatch, 'watchHuman'> | null;
}

/** @throws as leaseMsFor and openKeySink do; the signal's reason when it aborts before the guard is ready */
export async function openGatedKeys(request: GatedKeysRequest): Promise<GatedKeys> {
  const { screen, safety, window, clock, chosen, signal, say, watch } = request;
  const arming = new Arming({ nowMs: () => clock.nowMs(), armed: safety.armed });
  const isDryRun = screen.sink === 'dry-run';
  const leaseMs = leaseOf(safety, 1000 / chosen.rateHz, isDryRun);
  const takeover = new TakeoverGate({
    arming,
    actions: screen.keys.actions,
    nowMs: () => clock.nowMs(),
    resumeAfterMs: safety.resumeAfterMs,
  });
  const gates = [
    ...(isDryRun ? [] : [focusGate(window, request.seesWhatCovers)]),
    takeover, // before the arming's gate: it may arm the agent again
    arming.gate(),
    new StallGate(1000 / chosen.rateHz, leaseMs),
  ];
  const pictureGates = pictureGatesOf(request, leaseMs);
  const wiring = new GuardWiring({ arming, takeover, say, armKey: safety.hotKeys.arm });
  const keyboard = await openKeySink({
    sink: screen.sink,
    keys: screen.keys,
    hotKeys: safety.hotKeys,
    limits: safety.limits,
    maxRestarts: MAX_RESTARTS,
    leaseMs,
    desktop: window.desktop,
    gameWindow: window.info.id,
    signal,
    onGuardEvent: (event) => wiring.onEvent(event),
  });
  const guarded = keyboard.sink instanceof GuardedKeySink ? keyboard.sink : null;
  arming.onChange(({ state }) => {
    if (state === 'armed') guarded?.resume();
  });
  if (guarded !== null) watch?.watchHuman(() => wiring.hands);
  const meaning = await openMeaning(window.desktop, keyboard);
  const all = [
    ...gates,
    ...(meaning === null ? [] : [keyboardGate(() => meaning.changedBecause())]),
    ...(guarded === null ? [] : [guardGate(guarded)]),
  ];
  return { ...keyboard, gates: all, ...pictureGates, arming, leaseMs, wiring, guarded, meaning };
}

/** Where it cannot be opened, the sink is closed: nothing may be pressed. */
async function openMeaning(desktop: Desktop, { bindings, sink }: OpenedKeySink): Promise<KeyMeaning | null> {
  try {
    return bindings === null ? null : (desktop.openKeyMeaning?.(bindings) ?? null);
  } catch (error) {
    await sink[Symbol.asyncDispose]();
    throw error;
  }
}

/** The gates that judge pictures; what they compare with comes from the training, or from an option. */
function pictureGatesOf(
  { clock, chosen, safety }: GatedKeysRequest,
  leaseMs: number,
): Pick<GatedKeys, 'pictureGates' | 'off'> {
  const { pictures, contract, takesTurns = false } = chosen;
  const view = new PictureView(contract);
  const frozenAfterMs = safety.frozenAfterMs ?? (pictures === null ? null : frozenAfterMsFor(pictures.longestStillMs));
  return {
    pictureGates: [
      new FreshnessGate(clock, leaseMs),
      new BlackGate(view),
      ...(frozenAfterMs === null ? [] : [new FrozenGate(view, frozenAfterMs)]),
      ...(pictures === null ? [] : [new StrangeGate(view, pictures)]),
    ],
    off: takesTurns
      ? ['pictures unlike a training, or frozen: players with trainings of their own take turns']
      : [
          ...(pictures === null ? ['pictures unlike the training (the bundle has no record of its pictures)'] : []),
          ...(frozenAfterMs === null ? ['a frozen picture (give --frozen-after-ms)'] : []),
        ],
  };
}

/** A dry run holds no key: any lease is allowed, since no guard has to enforce it. */
function leaseOf({ leaseMs }: SafetyRequest, periodMs: number, isDryRun: boolean): number {
  return isDryRun && leaseMs !== null ? leaseMs : leaseMsFor(periodMs, leaseMs);
}

/** Closed while the key guard is started again; a guard that is lost permanently ends the run with its error. */
function guardGate(sink: GuardedKeySink): Gate {
  return {
    name: 'guard',
    closedBecause: () => {
      if (sink.fault !== null) throw sink.fault;
      return sink.restarting ? 'the key guard is being started again' : null;
    },
  };
}
