/** Every act that `--fault` can do to a run on a window. Nothing is opened for a run without faults. */
import { realKeys } from '../../desktop/key-injector.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import type { FaultActs } from './acts.js';
import type { Fault } from './spec.js';
import type { KeyBindings } from '../../keyboard/key-map.js';
import { processActs } from './process-acts.js';

/**
 * @param faults of the run; where there is none, nothing is opened
 * @param bindings null in a dry run
 */
export function windowActs(
  faults: readonly Fault[],
  { desktop, info }: DesktopWindow,
  bindings: KeyBindings | null,
  guardPid: () => number | null,
): Disposable & { readonly acts: FaultActs } {
  const keycodes = realKeys(bindings ?? []).map(({ keycode }) => keycode);
  const onDesktop = faults.length === 0 ? undefined : desktop.openFaultActs?.(info, keycodes);
  return {
    acts: { ...processActs(guardPid), ...onDesktop?.acts },
    [Symbol.dispose]: () => onDesktop?.[Symbol.dispose](),
  };
}
