/** The keyboard of a game window: its key map, whether its keys can be pressed here, and the sink that presses them. */
import type { Desktop } from '../desktop/desktop.js';
import type { GuardEvent } from '../keyboard/guard-events.js';
import { DEFAULT_KEYS, parseKeys, type KeysymOfAction } from '../keyboard/key-map.js';
import { bindToKeyboard, openKeySink, type OpenedKeySink } from '../keyboard/open-key-sink.js';
import type { GameFile } from '../games/game-file.js';
import type { PressedScreenRequest, SafetyRequest } from './request.js';

/** A guard that was lost more often than this in one run is not started again: that is not chance. */
const MAX_RESTARTS = 3;

/** The key map in use: --keys over the game file's map, or over the default one. */
export function keyMapOf(options: { readonly keys?: string }, game: GameFile | null): KeysymOfAction {
  const base = game === null ? DEFAULT_KEYS : { actions: game.actions, keysyms: game.keys };
  return options.keys === undefined ? base : parseKeys(options.keys, base);
}

/**
 * Checks that the keys can be pressed on the desktop of this session: called before the wait for the window and before
 * the model is opened, so that a mistake in --keys is reported at once. Presses nothing; a dry run opens no keyboard.
 *
 * @throws UnderstudyError `bad-option`, `unknown-key`, `key-unreachable`, `no-display`, `wayland`
 */
export function checkGameKeys({ screen, safety }: Pick<GameKeyboardRequest, 'screen' | 'safety'>): void {
  if (screen.sink !== 'dry-run') bindToKeyboard({ keys: screen.keys, hotKeys: safety.hotKeys });
}

export interface GameKeyboardRequest {
  readonly screen: Pick<PressedScreenRequest, 'sink' | 'keys'>;
  readonly safety: Pick<SafetyRequest, 'hotKeys' | 'limits'>;
  /** How long held keys outlive the loop's last message, ms. */
  readonly leaseMs: number;
  /** The desktop of the game window. */
  readonly desktop: Desktop;
  readonly onGuardEvent: (event: GuardEvent) => void;
  readonly signal: AbortSignal;
}

/** @throws UnderstudyError what openKeySink throws; the signal's reason when it aborts before the guard is ready */
export function openGameKeyboard(request: GameKeyboardRequest): Promise<OpenedKeySink> {
  const { screen, safety, leaseMs, desktop, onGuardEvent, signal } = request;
  return openKeySink({
    sink: screen.sink,
    keys: screen.keys,
    hotKeys: safety.hotKeys,
    limits: safety.limits,
    maxRestarts: MAX_RESTARTS,
    leaseMs,
    desktop,
    signal,
    onGuardEvent,
  });
}
