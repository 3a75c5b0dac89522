/** Opens the arena's page in a browser window for a person to play. The caller records or watches it. */
import type { Level } from '../../arena/fight.js';
import type { GameWindow } from '../../capture/game-window.js';
import { SystemClock } from '../../core/clock.js';
import { openArenaPage, type ArenaPage } from '../play/arena-page.js';
import { OpenParts } from '../open-parts.js';
import { activate } from '../chosen-window.js';

/** The window's size is final once it has not changed for so long; the page corrects it 0.4 s after the load. */
const SIZE_SETTLED_MS = 600;
const SIZE_LOOK_MS = 100;

/** Its window has the focus if the window manager allows it. @throws UnderstudyError as openArenaPage */
export function openPersonsPage(
  { seed, level }: { readonly seed: number; readonly level: Level },
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<ArenaPage> {
  return OpenParts.whole(async (parts) => {
    const page = parts.use(await openArenaPage({ seed, level, begin: 'key' }, signal));
    await untilSizeSettles(page.window, signal);
    await activate(page.window, say);
    return page;
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
