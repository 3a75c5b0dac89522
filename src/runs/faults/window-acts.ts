/** Everything that `--fault` can do to a run on a window: nothing is opened for a run without faults. */
import type { GameWindow } from '../../capture/game-window.js';
import type { FaultActs } from './acts.js';
import type { Fault } from './spec.js';
import type { KeyBindings } from '../../keyboard/key-map.js';
import { processActs } from './process-acts.js';
import { X11Acts } from './x11-acts.js';

/**
 * @param faults of the run; none: nothing is opened
 * @param bindings null in a dry run
 */
export function windowActs(
  faults: readonly Fault[],
  window: GameWindow,
  bindings: KeyBindings | null,
  guardPid: () => number | null,
): AsyncDisposable & { readonly surroundings: FaultActs } {
  const keycodes = bindings?.map(({ keycode }) => keycode) ?? [];
  const x11 =
    faults.length === 0 || window.display === null ? null : new X11Acts(window.display, window.info.id, keycodes);
  return {
    surroundings: { ...processActs(guardPid), ...x11?.surroundings },
    [Symbol.asyncDispose]: () => {
      x11?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
