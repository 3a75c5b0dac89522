/** Opens the sink for a game window: key map from the game file and --keys, hot keys and bounds from the options. */
import { UnderstudyError } from '../core/errors.js';
import type { GuardEvent } from '../keyboard/guard-events.js';
import { DEFAULT_KEYS, parseKeys, type KeysymOfAction } from '../keyboard/key-map.js';
import { bindToKeyboard, openKeySink, type OpenedKeySink } from '../keyboard/open-key-sink.js';
import type { GameFile } from '../games/game-file.js';
import type { WindowOptions } from '../cli/options/window.js';
import { hotKeyNames, keyLimits, type SafetyOptions } from '../cli/options/safety.js';

/** A guard that was lost this often in one run is not lost by chance. */
const MAX_RESTARTS = 3;

/** The key map in force: the default, the game file's on top, --keys on top of that. */
export function keyMapOf(options: { readonly keys?: string }, game: GameFile | null): KeysymOfAction {
  const base = game === null ? DEFAULT_KEYS : { actions: game.actions, keysyms: game.keys };
  return options.keys === undefined ? base : parseKeys(options.keys, base);
}

/**
 * Whether the keys can be pressed on the display that $DISPLAY names: asked before the window is waited for and the
 * model opened, so that a slip in --keys is told at once. Presses nothing; a dry run looks at no keyboard.
 *
 * @throws UnderstudyError `bad-option`, `unknown-action`, `unknown-key`, `key-unreachable`, `no-display`, `wayland`
 */
export function checkGameKeys(options: WindowOptions & SafetyOptions, game: GameFile | null): void {
  const keys = keyMapOf(options, game);
  keyLimits(options, game);
  if (options.dryRun && options.sink !== 'auto') {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `--dry-run presses nothing, but --sink ${options.sink} was asked for.`,
      next: 'Leave one of the two out.',
    });
  }
  if (!options.dryRun) bindToKeyboard({ keys, hotKeys: hotKeyNames(options) });
}

export interface GameKeyboardRequest {
  readonly options: WindowOptions & SafetyOptions;
  readonly game: GameFile | null;
  readonly periodMs: number;
  readonly display: string | null;
  readonly onGuardEvent: (event: GuardEvent) => void;
  readonly signal: AbortSignal;
}

/** @throws UnderstudyError what openKeySink throws; the signal's reason when it aborts before the guard is ready */
export function openGameKeyboard(request: GameKeyboardRequest): Promise<OpenedKeySink> {
  const { options, game, periodMs, display, onGuardEvent, signal } = request;
  return openKeySink({
    sink: options.dryRun ? 'dry-run' : options.sink,
    keys: keyMapOf(options, game),
    hotKeys: hotKeyNames(options),
    limits: keyLimits(options, game),
    maxRestarts: MAX_RESTARTS,
    periodMs,
    signal,
    onGuardEvent,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    ...(display === null ? {} : { display }),
  });
}
