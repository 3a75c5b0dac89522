/** Faults that are done to a game window and to its desktop, as a desktop offers them. What happens when is not here. */

/** By the names of `--fault`. */
export type WindowFault = 'close-window' | 'move-window' | 'cover-window' | 'lose-focus' | 'cut-x11' | 'human-keys';

/** Does it; answers what undoes it, where that can be undone. `value` is the fault's size: how many keys are pressed. */
export type WindowAct = (fault: { readonly value: number }) => (() => void) | void;

/** Disposal ends what is under way and closes what it needed. */
export interface WindowFaultActs extends Disposable {
  readonly acts: Readonly<Partial<Record<WindowFault, WindowAct>>>;
}
