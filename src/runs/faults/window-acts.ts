/** Everything that `--fault` can do to a run on a window: nothing is opened for a run without faults. */
import type { DesktopWindow } from '../../desktop/desktop.js';
import type { FaultActs } from './acts.js';
import type { KeyBindings } from '../../keyboard/key-map.js';
import { processActs } from './process-acts.js';

/**
 * @param specs as typed; none: nothing can be done, nothing is opened
 * @param bindings null in a dry run
 */
export function windowActs(
  specs: readonly string[] | undefined,
  { desktop, info }: DesktopWindow,
  bindings: KeyBindings | null,
  guardPid: () => number | null,
): AsyncDisposable & { readonly surroundings: FaultActs } {
  const keycodes = bindings?.map(({ keycode }) => keycode) ?? [];
  const onDesktop = specs === undefined ? undefined : desktop.openFaultActs?.(info, keycodes);
  return {
    surroundings: { ...processActs(guardPid), ...onDesktop?.acts },
    [Symbol.asyncDispose]: () => {
      onDesktop?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
