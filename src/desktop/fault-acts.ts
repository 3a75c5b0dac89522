/** Faults that a desktop can cause on a game window and on itself. When they happen is decided elsewhere. */

/** Named as in `--fault`. */
export type WindowFault = 'close-window' | 'move-window' | 'cover-window' | 'lose-focus' | 'cut-x11' | 'human-keys';

/** Causes the fault; returns what undoes it, if it can be undone. `value` is the fault's size: how many keys are pressed. */
export type WindowAct = (fault: { readonly value: number }) => (() => void) | void;

/** Disposal ends faults that are still running and closes what they need. */
export interface WindowFaultActs extends Disposable {
  readonly acts: Readonly<Partial<Record<WindowFault, WindowAct>>>;
}
