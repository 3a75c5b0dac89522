/** The keyboard of a game window: its key map, and whether its keys can be pressed here. */
import type { ActionSet } from '../core/action-set.js';
import { DEFAULT_KEYS, isUnmapped, parseKeys, type KeysymOfAction } from '../keyboard/key-map.js';
import { bindToKeyboard } from '../keyboard/open-key-sink.js';
import type { GameFile } from '../games/game-file.js';
import type { PressedScreenRequest, SafetyRequest } from './request.js';

/** The key map in use: --keys over the game file's map, or over the default one. */
export function keyMapOf(options: { readonly keys?: string }, game: GameFile | null): KeysymOfAction {
  const base = game === null ? DEFAULT_KEYS : { actions: game.actions, keysyms: game.keys };
  return options.keys === undefined ? base : parseKeys(options.keys, base);
}

/** All actions of a key map, and those of them that have no key. */
export function actionsOfKeys(keys: KeysymOfAction): { readonly actions: ActionSet; readonly unmapped: string[] } {
  const { actions } = keys;
  return { actions, unmapped: actions.names.filter((action) => isUnmapped(keys, action)) };
}

/** Which keys are pressed, and through what. */
interface KeyboardChoice {
  readonly screen: Pick<PressedScreenRequest, 'sink' | 'keys'>;
  readonly safety: Pick<SafetyRequest, 'hotKeys'>;
}

/**
 * Checks that the keys can be pressed on the desktop of this session: called before the wait for the window and before
 * the model is opened, so that a mistake in --keys is reported at once. Presses nothing; a dry run opens no keyboard.
 *
 * @throws UnderstudyError `bad-option`, `unknown-key`, `key-unreachable`, `no-display`, `wayland`
 */
export function checkGameKeys({ screen, safety }: KeyboardChoice): void {
  if (screen.sink !== 'dry-run') bindToKeyboard({ keys: screen.keys, hotKeys: safety.hotKeys });
}
