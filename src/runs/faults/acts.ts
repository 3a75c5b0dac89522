/**
 * Faults that are done to the process and its surroundings rather than answered by a part of it: signals, the disk, the
 * window, the display. What can be done is handed in; here is only when.
 */
import { UnderstudyError } from '../../core/errors.js';
import { faultKind, type FaultName } from './kinds.js';
import type { FaultPlan } from './plan.js';
import type { Fault } from './spec.js';

/** Does it; answers what undoes it once its time is over, where that can be undone. */
export type Act = (fault: Fault) => (() => void) | void;

/** What can be done where this run plays. */
export type FaultActs = Readonly<Partial<Record<FaultName, Act>>>;

/** Those that no part of the loop plays. */
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
export function requireSurroundings(faults: readonly Fault[], surroundings: FaultActs): void {
  const missing = faults.find(({ name }) => ACTS.includes(name) && surroundings[name] === undefined);
  if (missing === undefined) return;
  const { needs } = faultKind(missing.name);
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `--fault ${missing.name} cannot be done here: it needs ${needs === 'nothing' ? 'Linux' : `a ${needs} on X11`}.`,
    next: 'Leave it out, or play a window (--window, --browser) on X11.',
  });
}

/**
 * Does each act of the plan at its time, and undoes it; call it when the plan starts.
 *
 * @param onFailure told where an act throws: a fault that fails is not a fault of the run
 * @returns undoes what is under way and does nothing more
 */
export function startActs(
  plan: FaultPlan,
  surroundings: FaultActs,
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
    const act = surroundings[fault.name];
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
