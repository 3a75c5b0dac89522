/**
 * Faults that are done to the process and its environment rather than by a faulty part of the loop: signals, the disk,
 * the window, the display. The caller passes in the functions that do them; this module decides only when they run.
 */
import { badOption } from '../../core/errors.js';
import { faultKind, type FaultName } from './kinds.js';
import type { FaultPlan } from './plan.js';
import type { Fault } from './spec.js';

/** Makes the fault happen. @returns what undoes it at the end of its time, where it can be undone */
export type Act = (fault: Fault) => (() => void) | void;

/** The faults that can be done where this run plays, each with its function. */
export type FaultActs = Readonly<Partial<Record<FaultName, Act>>>;

/** The faults that no faulty part of the loop produces. */
const ACTS: readonly FaultName[] = [
  'stop-daemon',
  'kill-guard',
  'full-disk',
  'close-window',
  'move-window',
  'cover-window',
  'lose-focus',
  'cut-x11',
  'human-keys',
];

/** @throws UnderstudyError `bad-option` for a fault that cannot be done here */
export function requireActs(faults: readonly Fault[], acts: FaultActs): void {
  const missing = faults.find(({ name }) => ACTS.includes(name) && acts[name] === undefined);
  if (missing === undefined) return;
  const { needs } = faultKind(missing.name);
  throw badOption(
    `--fault ${missing.name} cannot be done here: it needs ${needs === 'nothing' ? 'Linux' : `a ${needs} on X11`}.`,
    'Leave it out, or play a window (--window, --browser) on X11.',
  );
}

/**
 * Does each act of the plan at its time, and undoes it; to be called when the plan starts.
 *
 * @param onFailure called where an act throws: a fault that cannot be done must not end the run
 * @returns undoes what is in effect and cancels the rest
 */
export function startActs(
  plan: FaultPlan,
  acts: FaultActs,
  onFailure: (fault: Fault, error: unknown) => void,
): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const undo = new Set<() => void>();
  const later = (delayMs: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs).unref();
    timers.add(timer);
  };
  for (const fault of plan.faults) {
    const act = acts[fault.name];
    if (act === undefined) continue;
    later(fault.startMs, () => {
      plan.noteBegin(fault);
      const guarded = (run: () => (() => void) | void): (() => void) | void => {
        try {
          return run();
        } catch (error) {
          onFailure(fault, error);
        }
      };
      const end = guarded(() => act(fault));
      if (end === undefined) return;
      const ended = (): void => {
        undo.delete(ended);
        guarded(end);
      };
      undo.add(ended);
      if (fault.durationMs > 0) later(fault.durationMs, ended);
    });
  }
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const ended of [...undo]) ended();
  };
}
