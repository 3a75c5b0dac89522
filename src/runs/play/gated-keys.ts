/** The keys of a run on a real window, and everything that may prevent presses: arming, gates, guard and its hot keys. */
import { Arming } from '../../agent/arming.js';
import type { Gate } from '../../agent/gate.js';
import type { Clock } from '../../core/clock.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { GuardedKeySink } from '../../keyboard/guarded-key-sink.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import type { OpenedKeySink } from '../../keyboard/open-key-sink.js';
import type { LiveWatch } from '../../watch/live-watch.js';
import type { ChosenPolicy } from '../chosen-policy.js';
import { openGameKeyboard } from '../game-keyboard.js';
import type { PressedScreenRequest, SafetyRequest } from '../request.js';
import { GuardWiring } from './guard-wiring.js';
import { guardGate, windowGates, type WindowGates } from './window-gates.js';

export interface GatedKeys extends OpenedKeySink, Pick<WindowGates, 'pictureGates' | 'off'> {
  /** All gates: arming, focus and the rest. Nothing is pressed while one of them is closed. */
  readonly gates: readonly Gate[];
  readonly arming: Arming;
  readonly leaseMs: number;
  /** Passes the guard's events to the run, once there is one. */
  readonly wiring: GuardWiring;
  /** Null in a dry run. */
  readonly guarded: GuardedKeySink | null;
}

export interface GatedKeysRequest {
  readonly screen: Pick<PressedScreenRequest, 'sink' | 'keys'>;
  readonly safety: SafetyRequest;
  readonly window: Pick<DesktopWindow, 'desktop' | 'hasFocus'>;
  readonly clock: Clock;
  readonly chosen: Pick<ChosenPolicy, 'contract' | 'pictures' | 'rateHz'>;
  /** Ends the wait for the guard. */
  readonly signal: AbortSignal;
  /** Text for people. */
  readonly say: (text: string) => void;
  /** Shows which keys a person holds; null where no page is served. */
  readonly watch: Pick<LiveWatch, 'watchHuman'> | null;
}

/** @throws as leaseMsFor and openGameKeyboard do; the signal's reason when it aborts before the guard is ready */
export async function openGatedKeys(request: GatedKeysRequest): Promise<GatedKeys> {
  const { screen, safety, window, clock, chosen, signal, say, watch } = request;
  const arming = new Arming({ nowMs: () => clock.nowMs(), armed: safety.armed });
  const isDryRun = screen.sink === 'dry-run';
  const leaseMs = leaseOf(safety, 1000 / chosen.rateHz, isDryRun);
  const { gates, pictureGates, takeover, off } = windowGates({
    clock,
    arming,
    actions: screen.keys.actions,
    chosen,
    hasFocus: isDryRun ? null : () => window.hasFocus(),
    leaseMs,
    resumeAfterMs: safety.resumeAfterMs,
    frozenAfterMs: safety.frozenAfterMs,
  });
  const wiring = new GuardWiring({ arming, takeover, say, armKey: safety.hotKeys.arm });
  const keyboard = await openGameKeyboard({
    screen,
    safety,
    leaseMs,
    desktop: window.desktop,
    onGuardEvent: (event) => wiring.onEvent(event),
    signal,
  });
  const guarded = keyboard.sink instanceof GuardedKeySink ? keyboard.sink : null;
  arming.onChange(({ state }) => {
    if (state === 'armed') guarded?.resume();
  });
  if (guarded !== null) watch?.watchHuman(() => wiring.hands);
  const all = guarded === null ? gates : [...gates, guardGate(guarded)];
  return { ...keyboard, gates: all, pictureGates, off, arming, leaseMs, wiring, guarded };
}

/** A dry run holds no key: any lease is allowed, since no guard has to enforce it. */
function leaseOf({ leaseMs }: SafetyRequest, periodMs: number, isDryRun: boolean): number {
  return isDryRun && leaseMs !== null ? leaseMs : leaseMsFor(periodMs, leaseMs);
}
