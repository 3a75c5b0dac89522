/** Opens the sink for a game window: key map from the game file and --keys, guard events into the run. */
import { UnderstudyError } from '../../core/errors.js';
import type { ReleaseReason } from '../../core/keys.js';
import { DEFAULT_KEYS, parseKeys, type KeyMap } from '../../keyboard/key-map.js';
import { bindToKeyboard, openKeySink, type OpenedKeySink } from '../../keyboard/open-key-sink.js';
import type { GameFile } from '../game-file.js';
import type { WindowOptions } from '../window-options.js';

/** What a run wants to hear of the guard. */
export interface GuardListener {
  /** The guard let go by itself. */
  readonly onRelease: (reason: ReleaseReason, afterMs: number) => void;
  /** The guard is lost: the run ends with it. */
  readonly onFault: (message: string) => void;
}

/** The key map in force: the default, the game file's on top, --keys on top of that. */
export function keyMapOf(options: { readonly keys?: string }, game: GameFile | null): KeyMap {
  const base = { ...DEFAULT_KEYS, ...game?.keys };
  return options.keys === undefined ? base : parseKeys(options.keys, base);
}

/**
 * Whether the keys can be pressed on the display that $DISPLAY names: asked before the window is waited for and the
 * model opened, so that a slip in --keys is told at once. Presses nothing; a dry run looks at no keyboard.
 *
 * @throws UnderstudyError `bad-option`, `unknown-action`, `unknown-key`, `key-unreachable`, `no-display`, `wayland`
 */
export function checkGameKeys(options: WindowOptions, game: GameFile | null): void {
  const keys = keyMapOf(options, game);
  if (options.dryRun && options.sink !== 'auto') {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `--dry-run presses nothing, but --sink ${options.sink} was asked for.`,
      next: 'Leave one of the two out.',
    });
  }
  if (!options.dryRun) bindToKeyboard({ keys });
}

/** @throws UnderstudyError what openKeySink throws; the signal's reason when it aborts before the guard is ready */
export function openGameKeyboard(
  options: WindowOptions,
  game: GameFile | null,
  periodMs: number,
  display: string | null,
  listener: GuardListener,
  signal: AbortSignal,
): Promise<OpenedKeySink> {
  return openKeySink({
    sink: options.dryRun ? 'dry-run' : options.sink,
    keys: keyMapOf(options, game),
    periodMs,
    signal,
    ...(display === null ? {} : { display }),
    onGuardEvent: (event) => {
      if (event.kind === 'fault') listener.onFault(event.message);
      else if (event.by !== 'daemon') listener.onRelease(event.reason, event.afterMs);
    },
  });
}
