/** Opens the sink for a game window: key map from the game file and --keys, guard events into the run. */
import { UnderstudyError } from '../../core/errors.js';
import type { ReleaseReason } from '../../core/keys.js';
import { DEFAULT_KEYS, parseKeys, type KeyMap } from '../../keyboard/key-map.js';
import { openKeySink, type OpenedKeySink } from '../../keyboard/open-key-sink.js';
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

/** @throws UnderstudyError what openKeySink throws */
export function openGameKeyboard(
  options: WindowOptions,
  game: GameFile | null,
  periodMs: number,
  display: string | null,
  listener: GuardListener,
): Promise<OpenedKeySink> {
  if (options.dryRun && options.sink !== 'auto') {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `--dry-run presses nothing, but --sink ${options.sink} was asked for.`,
      next: 'Leave one of the two out.',
    });
  }
  return openKeySink({
    sink: options.dryRun ? 'dry-run' : options.sink,
    keys: keyMapOf(options, game),
    periodMs,
    ...(display === null ? {} : { display }),
    onGuardEvent: (event) => {
      if (event.kind === 'fault') listener.onFault(event.message);
      else if (event.by !== 'daemon') listener.onRelease(event.reason, event.afterMs);
    },
  });
}
