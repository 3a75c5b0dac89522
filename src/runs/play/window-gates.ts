/** The gates of a run on a real window, and which of them are off in this run. */
import type { Arming } from '../../agent/arming.js';
import type { Gate, PictureGate } from '../../agent/gate.js';
import { BlackGate } from '../../agent/gates/black.js';
import { focusGate } from '../../agent/gates/focus.js';
import { FreshnessGate } from '../../agent/gates/freshness.js';
import { FrozenGate, frozenAfterMsFor } from '../../agent/gates/frozen.js';
import { StallGate } from '../../agent/gates/stall.js';
import { PictureView } from '../../agent/gates/picture-view.js';
import { StrangeGate } from '../../agent/gates/strange.js';
import { TakeoverGate } from '../../agent/gates/takeover.js';
import type { ActionSet } from '../../core/action-set.js';
import type { Clock } from '../../core/clock.js';
import type { UnderstudyError } from '../../core/errors.js';
import type { ChosenPolicy } from '../chosen-policy.js';

export interface WindowGates {
  readonly gates: readonly Gate[];
  readonly pictureGates: readonly PictureGate[];
  readonly takeover: TakeoverGate;
  /** Gates that are off, and why, for people. */
  readonly off: readonly string[];
}

export interface WindowGatesRequest {
  readonly clock: Clock;
  readonly arming: Arming;
  /** What the mapped keys stand for. */
  readonly actions: ActionSet;
  readonly chosen: Pick<ChosenPolicy, 'contract' | 'pictures' | 'rateHz'>;
  /** Whether the game window has the focus; null where nothing is pressed. */
  readonly hasFocus: (() => boolean) | null;
  readonly leaseMs: number;
  readonly resumeAfterMs: number;
  /** As asked for; null: derived from the training's pictures. */
  readonly frozenAfterMs: number | null;
}

export function windowGates(request: WindowGatesRequest): WindowGates {
  const { clock, arming, actions, chosen, hasFocus, leaseMs, resumeAfterMs } = request;
  const { pictures } = chosen;
  const takeover = new TakeoverGate({ arming, actions, nowMs: () => clock.nowMs(), resumeAfterMs });
  const view = new PictureView(chosen.contract);
  const frozenAfterMs = request.frozenAfterMs ?? (pictures === null ? null : frozenAfterMsFor(pictures.longestStillMs));
  const off = [
    ...(pictures === null ? ['pictures unlike the training (the bundle has no record of its pictures)'] : []),
    ...(frozenAfterMs === null ? ['a frozen picture (give --frozen-after-ms)'] : []),
  ];
  return {
    gates: [
      ...(hasFocus === null ? [] : [focusGate(hasFocus)]),
      takeover, // before the arming's gate: it may arm the agent again
      arming.gate(),
      new StallGate(1000 / chosen.rateHz, leaseMs),
    ],
    pictureGates: [
      new FreshnessGate(clock, leaseMs),
      new BlackGate(view),
      ...(frozenAfterMs === null ? [] : [new FrozenGate(view, frozenAfterMs)]),
      ...(pictures === null ? [] : [new StrangeGate(view, pictures)]),
    ],
    takeover,
    off,
  };
}

/** Closed while the key guard is started again; a guard that is lost permanently ends the run with its error. */
export function guardGate(sink: { readonly restarting: boolean; readonly fault: UnderstudyError | null }): Gate {
  return {
    name: 'guard',
    closedBecause: () => {
      if (sink.fault !== null) throw sink.fault;
      return sink.restarting ? 'the key guard is being started again' : null;
    },
  };
}
