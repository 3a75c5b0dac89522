/** Chooses and opens the sink that a run presses with, and says which one and why. */
import type { KeySink } from '../core/keys.js';
import { XConnection } from '../desktop/x11/connection.js';
import { isX11Platform } from '../desktop/platform.js';
import { DryRunKeySink } from './dry-run-key-sink.js';
import type { GuardEvent } from './guard-events.js';
import { GuardedKeySink } from './guarded-key-sink.js';
import type { InjectorKind, KeyLimits } from './guard/protocol.js';
import { bindHotKeys, type HotKeyNames } from './hot-keys.js';
import { defaultLimits } from './key-limits.js';
import { NUT_JS_KEYS } from './guard/nut-js-keys.js';
import { bindKeys, type KeyBindings, type KeyLayout, type KeysymOfAction } from './key-map.js';
import { x11Layout } from './x11-layout.js';

export type SinkKind = InjectorKind | 'dry-run';

export interface KeySinkOptions {
  readonly sink: 'auto' | SinkKind;
  readonly keys: KeysymOfAction;
  /** How long held keys outlive the loop's last word, ms: see leaseMsFor. */
  readonly leaseMs: number;
  /** X display; $DISPLAY when left out. */
  readonly display?: string;
  /** Default: opposing keys are never together. */
  readonly limits?: KeyLimits;
  /** With it the guard lets go when a person presses a mapped key, and at these keys. */
  readonly hotKeys?: HotKeyNames;
  /** How often a lost guard is started again. Default 0: its loss ends the sink. */
  readonly maxRestarts?: number;
  readonly onGuardEvent?: (event: GuardEvent) => void;
  readonly platform?: NodeJS.Platform;
  /** Aborted during the start, it ends the guard and the opening rejects with its reason; afterwards it means nothing. */
  readonly signal?: AbortSignal;
}

export interface OpenedKeySink {
  readonly sink: KeySink;
  readonly kind: SinkKind;
  /** For the log and the status line: "XTEST, the default on X11". */
  readonly why: string;
  /** Which key is which; null in a dry run, which looks at no keyboard. */
  readonly bindings: KeyBindings | null;
}

/** The sink that 'auto' means on a platform, and why. */
export function chooseSink(
  wanted: KeySinkOptions['sink'],
  platform: NodeJS.Platform = process.platform,
): { readonly kind: SinkKind; readonly why: string } {
  if (wanted !== 'auto') return { kind: wanted, why: `${wanted}, as asked for` };
  return isX11Platform(platform)
    ? { kind: 'xtest', why: 'XTEST, the default on X11' }
    : { kind: 'nut-js', why: `nut-js, the default on ${platform === 'win32' ? 'Windows' : 'macOS'}` };
}

/**
 * Opens a sink.
 *
 * @throws UnderstudyError `unknown-key`, `key-unreachable`, `bad-option` (two actions on one key, a lease that no guard takes),
 *   `no-display`, `wayland`, `guard-failed`, `keyboard-busy` (another agent presses on this display); the signal's
 *   reason (an AbortError) when it is aborted
 */
export async function openKeySink(options: KeySinkOptions): Promise<OpenedKeySink> {
  options.signal?.throwIfAborted();
  const { kind, why } = chooseSink(options.sink, options.platform);
  if (kind === 'dry-run') return { sink: new DryRunKeySink(), kind, why, bindings: null };
  const onX11 = isX11Platform(options.platform);
  const display = onX11 ? (options.display ?? process.env.DISPLAY ?? null) : null;
  const { bindings, hotKeys } = bindToKeyboard(options);
  const sink = await GuardedKeySink.start({
    sink: kind,
    bindings,
    leaseMs: options.leaseMs,
    display,
    ...(options.hotKeys ? { watch: { yieldToHands: true, hotKeys } } : {}),
    limits: options.limits ?? defaultLimits(options.keys.actions),
    ...(options.maxRestarts === undefined ? {} : { maxRestarts: options.maxRestarts }),
    ...(options.onGuardEvent ? { onGuardEvent: options.onGuardEvent } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { sink, kind, why, bindings };
}

/**
 * Looks the keys up on the keyboard of this machine, and presses nothing: whether they can be pressed at all.
 *
 * @throws UnderstudyError `unknown-key`, `key-unreachable`, `bad-option`, `no-display`, `wayland`
 */
export function bindToKeyboard(options: Pick<KeySinkOptions, 'keys' | 'hotKeys' | 'display' | 'platform'>): {
  readonly bindings: KeyBindings;
  readonly hotKeys: ReturnType<typeof bindHotKeys>;
} {
  const bindOn = (layout: KeyLayout) => {
    const bindings = bindKeys(options.keys, layout);
    return { bindings, hotKeys: options.hotKeys ? bindHotKeys(options.hotKeys, bindings, layout) : [] };
  };
  if (!isX11Platform(options.platform)) return bindOn(nutJsLayout());
  using connection = XConnection.open(options.display);
  return bindOn(x11Layout(connection));
}

/** Where there is no X server to ask: the keys that nut-js knows, numbered as in its table. */
export function nutJsLayout(): KeyLayout {
  const names = [...NUT_JS_KEYS.keys()];
  const keys = [...new Set(NUT_JS_KEYS.values())];
  return {
    title: "nut-js' US keyboard",
    find: (name) => {
      const key = NUT_JS_KEYS.get(name);
      if (key !== undefined) return { found: 'plain', keycode: keys.indexOf(key) };
      const plainName = name.toLowerCase();
      return NUT_JS_KEYS.has(plainName) ? { found: 'with-modifier', plainName } : { found: 'unknown' };
    },
    names: () => names,
  };
}
