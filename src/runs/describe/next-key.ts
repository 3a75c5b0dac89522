/** The next key that is pressed in a window, by the name that a game file has for it. Only listens. */
import type { WindowInfo } from '../../capture/game-window.js';
import type { Desktop } from '../../desktop/desktop.js';
import { isButtonName } from '../../desktop/key-layout.js';
import { UnderstudyError } from '../../core/errors.js';

export interface NextKey extends Disposable {
  /** Resolves with its keysym name; never where keys cannot be watched here. */
  readonly key: Promise<string>;
}

/**
 * The caller disposes it. Keys that go to another window, such as the terminal, are not seen; nor are mouse buttons: a
 * click is how a person comes to the window.
 */
export async function nextKeyIn(desktop: Desktop, { id }: WindowInfo): Promise<NextKey> {
  const window = desktop.openWindow(id);
  if (window === null) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'window-closed',
      message: 'The game window has closed.',
      next: 'Start the game again, then `understudy game new`.',
    });
  }
  let found: ((key: string) => void) | null = null;
  const key = new Promise<string>((resolve) => (found = resolve));
  const watch = await desktop
    .watchKeys({
      onKey: ({ keysym, down }) => {
        if (down && keysym !== null && !isButtonName(keysym) && window.hasFocus()) found?.(keysym);
      },
    })
    .catch(() => null); // without it, names are typed
  return {
    key,
    [Symbol.dispose]: () => {
      watch?.[Symbol.dispose]();
      window[Symbol.dispose]();
    },
  };
}
