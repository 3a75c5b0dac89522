/** Chooses and opens the sink that a run presses keys with, and says which one and why. */
import { given } from '../core/given.js';
import type { KeySink } from '../core/key-sink.js';
import { thisDesktop } from '../desktop/choose.js';
import type { Desktop } from '../desktop/desktop.js';
import type { InjectorKind, NamedKey } from '../desktop/key-injector.js';
import { ofAnotherPlatform } from '../desktop/of-another-platform.js';
import { DryRunKeySink } from './dry-run-key-sink.js';
import { GuardedKeySink, type GuardedSinkOptions } from './guarded-key-sink.js';
import type { KeyLimits } from './guard/protocol.js';
import { bindHotKeys, modifiersBeside, type HotKeyNames } from './hot-key-bindings.js';
import { defaultLimits } from './key-limits.js';
import { bindKeys, type KeyBindings, type KeysymOfAction } from './key-map.js';

export type SinkKind = InjectorKind | 'dry-run';

export interface KeySinkOptions extends Pick<
  GuardedSinkOptions,
  'leaseMs' | 'gameWindow' | 'maxRestarts' | 'onGuardEvent' | 'signal'
> {
  readonly sink: 'auto' | SinkKind;
  readonly keys: KeysymOfAction;
  /** The desktop whose keys are pressed. Default: that of this session. */
  readonly desktop?: Desktop;
  /** Default: opposing keys are never together. */
  readonly limits?: KeyLimits;
  /** With it the guard releases everything when a person presses a mapped key or one of these keys. */
  readonly hotKeys?: HotKeyNames;
}

export interface OpenedKeySink {
  readonly sink: KeySink;
  readonly kind: SinkKind;
  /** For the log and the status line: "XTEST, the default on X11". */
  readonly why: string;
  /** Which key is pressed for which action; null in a dry run, which looks at no keyboard. */
  readonly bindings: KeyBindings | null;
}

/**
 * Opens a sink.
 *
 * @throws UnderstudyError `unknown-key`, `key-unreachable`, `bad-option` (two actions on one key, a lease that is too
 *   short, a sink of another platform), `no-display`, `wayland`, `guard-failed`, `keyboard-busy` (another agent presses on this display); the
 *   signal's reason (an AbortError) when it is aborted
 */
export async function openKeySink(options: KeySinkOptions): Promise<OpenedKeySink> {
  options.signal?.throwIfAborted();
  const { desktop = thisDesktop() } = options;
  const { kind, why } =
    options.sink === 'auto' ? desktop.preferredInjector : { kind: options.sink, why: `${options.sink}, as asked for` };
  if (kind === 'dry-run') return { sink: new DryRunKeySink(), kind, why, bindings: null };
  if (!desktop.injectors.includes(kind)) throw ofAnotherPlatform('--sink', kind);
  const { bindings, hotKeys, modifiers } = bindToKeyboard({ ...options, desktop });
  const sink = await GuardedKeySink.start({
    sink: kind,
    bindings,
    leaseMs: options.leaseMs,
    desktop,
    limits: options.limits ?? defaultLimits(options.keys.actions),
    ...given({
      watch: options.hotKeys && { yieldToHands: true, hotKeys, modifiers },
      gameWindow: options.gameWindow,
      maxRestarts: options.maxRestarts,
      onGuardEvent: options.onGuardEvent,
      signal: options.signal,
    }),
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
  /** Modifiers of the layout that are neither the game's nor hot keys. */
  readonly modifiers: readonly NamedKey[];
} {
  const { desktop = thisDesktop() } = options;
  using layout = desktop.openLayout();
  const bindings = bindKeys(options.keys, layout);
  const hotKeys = options.hotKeys ? bindHotKeys(options.hotKeys, bindings, layout) : [];
  return { bindings, hotKeys, modifiers: modifiersBeside([...bindings, ...hotKeys], layout) };
}
