/** Opens the arena's page in a browser window for a person to play. The caller records or watches it. */
import type { Level } from '../../arena/fight.js';
import { startArenaServer, type ArenaServer } from '../../arena/browser/server.js';
import { openBrowserWindow, WINDOW_CLASS } from '../../arena/browser/chromium.js';
import { findWindow } from '../../desktop/find-window.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { SystemClock } from '../../core/clock.js';
import { untilDrawn } from '../play/arena-page.js';
import { OpenParts } from '../open-parts.js';
import { activate } from '../play/play-window.js';

/** The window's size is final once it has not changed for so long; the page corrects it 0.4 s after the load. */
const SIZE_SETTLED_MS = 600;
const SIZE_LOOK_MS = 100;

/** The page with its window, which has the focus if the window manager allows it. Disposal closes everything. */
export interface PersonsPage extends AsyncDisposable {
  readonly server: ArenaServer;
  readonly window: DesktopWindow;
}

/** @throws UnderstudyError `browser-missing`, `browser-failed`, `port-taken`; as findWindow */
export function openPersonsPage(
  { seed, level }: { readonly seed: number; readonly level: Level },
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<PersonsPage> {
  return OpenParts.whole(async (parts) => {
    const server = parts.use(await startArenaServer({ seed, level, begin: 'key', own: true }));
    const browser = parts.use(await openBrowserWindow({ url: server.url }));
    await untilDrawn(server, browser, signal);
    const window = await findWindow({ app: WINDOW_CLASS, pid: browser.pid, waitMs: 5000, signal });
    parts.use({ [Symbol.asyncDispose]: () => Promise.resolve(window[Symbol.dispose]()) });
    await untilSizeSettles(window, signal);
    await activate(window, say);
    return { server, window, [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
  });
}

async function untilSizeSettles(window: GameWindow, signal: AbortSignal): Promise<void> {
  const clock = new SystemClock();
  let sinceMs = clock.nowMs();
  let size = '';
  while (clock.nowMs() - sinceMs < SIZE_SETTLED_MS && !signal.aborted) {
    const bounds = window.refresh()?.bounds;
    const now = `${bounds?.width}x${bounds?.height}`;
    if (now !== size) sinceMs = clock.nowMs();
    size = now;
    await clock.sleepUntil(clock.nowMs() + SIZE_LOOK_MS, signal);
  }
}
