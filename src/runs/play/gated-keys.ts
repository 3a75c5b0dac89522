/** The keys of a run on a real window, and everything that may keep them up: arming, gates, guard and its hot keys. */
import { Arming } from '../../agent/arming.js';
import type { Gate } from '../../agent/gate.js';
import type { Clock } from '../../core/clock.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { GuardedKeySink, leaseMsFor } from '../../keyboard/guarded-key-sink.js';
import type { OpenedKeySink } from '../../keyboard/open-key-sink.js';
import type { GameFile } from '../../games/game-file.js';
import type { ChosenPolicy } from '../chosen-policy.js';
import { openGameKeyboard } from '../game-keyboard.js';
import { GuardWiring } from './guard-wiring.js';
import type { PlayContext } from '../../cli/options/play.js';
import { guardGate, windowGates, type WindowGates } from './window-gates.js';

export interface GatedKeys extends OpenedKeySink, Pick<WindowGates, 'pictureGates' | 'off'> {
  /** The arming's, the focus and the rest; the sink presses nothing that they did not let through. */
  readonly gates: readonly Gate[];
  readonly arming: Arming;
  readonly leaseMs: number;
  /** Tells the run of the guard, once there is one. */
  readonly wiring: GuardWiring;
  /** Null in a dry run. */
  readonly guarded: GuardedKeySink | null;
}

export interface GatedKeysRequest {
  readonly context: PlayContext;
  readonly window: Pick<DesktopWindow, 'desktop' | 'hasFocus'>;
  readonly game: GameFile | null;
  readonly clock: Clock;
  readonly chosen: ChosenPolicy;
}

/** @throws UnderstudyError what openGameKeyboard throws; the signal's reason when it aborts before the guard is ready */
export async function openGatedKeys({ context, window, game, clock, chosen }: GatedKeysRequest): Promise<GatedKeys> {
  const { options, signals, say, watch } = context;
  const periodMs = 1000 / chosen.rateHz;
  const arming = new Arming({ nowMs: () => clock.nowMs(), armed: options.armed === 'yes' });
  const leaseMs = options.leaseMs ?? leaseMsFor(periodMs);
  const { gates, pictureGates, takeover, off } = windowGates({
    clock,
    arming,
    chosen,
    hasFocus: options.dryRun ? null : () => window.hasFocus(),
    leaseMs,
    resumeAfterMs: options.resumeAfter * 1000,
    frozenAfterMs: options.frozenAfterMs,
  });
  const wiring = new GuardWiring({ arming, takeover, say, armKey: options.armKey });
  const keyboard = await openGameKeyboard({
    options,
    game,
    periodMs,
    desktop: window.desktop,
    onGuardEvent: (event) => wiring.hear(event),
    signal: signals.signal,
  });
  const guarded = keyboard.sink instanceof GuardedKeySink ? keyboard.sink : null;
  arming.onChange(({ state }) => {
    if (state === 'armed') guarded?.resume();
  });
  if (guarded !== null) watch?.watchHuman(() => wiring.hands);
  const all = guarded === null ? gates : [...gates, guardGate(guarded)];
  return { ...keyboard, gates: all, pictureGates, off, arming, leaseMs, wiring, guarded };
}
