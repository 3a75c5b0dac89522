/** Chooses and opens the sink that a run presses keys with, and says which one and why. */
import type { KeySink } from '../core/keys.js';
import { thisDesktop } from '../desktop/choose.js';
import type { Desktop } from '../desktop/desktop.js';
import type { InjectorKind } from '../desktop/key-injector.js';
import { DryRunKeySink } from './dry-run-key-sink.js';
import type { GuardEvent } from './guard-events.js';
import { GuardedKeySink } from './guarded-key-sink.js';
import type { KeyLimits } from './guard/protocol.js';
import { bindHotKeys, type HotKeyNames } from './hot-keys.js';
import { defaultLimits } from './key-limits.js';
import { bindKeys, type KeyBindings, type KeysymOfAction } from './key-map.js';

export type SinkKind = InjectorKind | 'dry-run';

export interface KeySinkOptions {
  readonly sink: 'auto' | SinkKind;
  readonly keys: KeysymOfAction;
  /** How long held keys stay down after the loop's last message, ms: see leaseMsFor. */
  readonly leaseMs: number;
  /** The desktop whose keys are pressed. Default: that of this session. */
  readonly desktop?: Desktop;
  /** Default: opposing keys are never together. */
  readonly limits?: KeyLimits;
  /** With it the guard releases everything when a person presses a mapped key or one of these keys. */
  readonly hotKeys?: HotKeyNames;
  /** How often a lost guard is started again. Default 0: its loss ends the sink. */
  readonly maxRestarts?: number;
  readonly onGuardEvent?: (event: GuardEvent) => void;
  /** When aborted during the start, the guard ends and the opening rejects with its reason; later it has no effect. */
  readonly signal?: AbortSignal;
}

export interface OpenedKeySink {
  readonly sink: KeySink;
  readonly kind: SinkKind;
  /** For the log and the status line: "XTEST, the default on X11". */
  readonly why: string;
  /** Which key is pressed for which action; null in a dry run, which looks at no keyboard. */
  readonly bindings: KeyBindings | null;
}

/** The sink that 'auto' means on a desktop, and why. */
function chooseSink(
  wanted: KeySinkOptions['sink'],
  desktop: Pick<Desktop, 'preferredInjector'>,
): { readonly kind: SinkKind; readonly why: string } {
  return wanted === 'auto' ? desktop.preferredInjector : { kind: wanted, why: `${wanted}, as asked for` };
}

/**
 * Opens a sink.
 *
 * @throws UnderstudyError `unknown-key`, `key-unreachable`, `bad-option` (two actions on one key, a lease that is too
 *   short), `no-display`, `wayland`, `guard-failed`, `keyboard-busy` (another agent presses on this display); the
 *   signal's reason (an AbortError) when it is aborted
 */
export async function openKeySink(options: KeySinkOptions): Promise<OpenedKeySink> {
  options.signal?.throwIfAborted();
  const { desktop = thisDesktop() } = options;
  const { kind, why } = chooseSink(options.sink, desktop);
  if (kind === 'dry-run') return { sink: new DryRunKeySink(), kind, why, bindings: null };
  const { bindings, hotKeys } = bindToKeyboard({ ...options, desktop });
  const sink = await GuardedKeySink.start({
    sink: kind,
    bindings,
    leaseMs: options.leaseMs,
    desktop,
    ...(options.hotKeys ? { watch: { yieldToHands: true, hotKeys } } : {}),
    limits: options.limits ?? defaultLimits(options.keys.actions),
    ...(options.maxRestarts === undefined ? {} : { maxRestarts: options.maxRestarts }),
    ...(options.onGuardEvent ? { onGuardEvent: options.onGuardEvent } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { sink, kind, why, bindings };
}

/**
 * Looks the keys up on the layout of a desktop, to check that they can be pressed. Presses nothing.
 *
 * @throws UnderstudyError `unknown-key`, `key-unreachable`, `bad-option`, `no-display`, `wayland`
 */
export function bindToKeyboard(options: Pick<KeySinkOptions, 'keys' | 'hotKeys' | 'desktop'>): {
  readonly bindings: KeyBindings;
  readonly hotKeys: ReturnType<typeof bindHotKeys>;
} {
  const { desktop = thisDesktop() } = options;
  using layout = desktop.openLayout();
  const bindings = bindKeys(options.keys, layout);
  return { bindings, hotKeys: options.hotKeys ? bindHotKeys(options.hotKeys, bindings, layout) : [] };
}
