/** The arena's page in a browser window, for the verbs that play or record it through that window. */
import { openBrowserWindow, WINDOW_CLASS, type BrowserWindow } from '../../arena/browser/chromium.js';
import { startArenaServer, type ArenaServer, type ArenaServerOptions } from '../../arena/browser/server.js';
import type { KeyCounts } from '../../arena/page/messages.js';
import { UnderstudyError } from '../../core/errors.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { findWindow } from '../../desktop/find-window.js';
import { OpenParts } from '../open-parts.js';

/** A page that has not drawn by then will not: a cold Chromium on a busy machine took 6 s. */
const PAGE_WITHIN_MS = 60_000;
/** How long the page may take to report the last keys. */
const LAST_KEYS_WITHIN_MS = 2000;

/** The page and its window. Disposal closes both. */
export interface ArenaPage extends AsyncDisposable {
  readonly server: ArenaServer;
  readonly browser: BrowserWindow;
  readonly window: DesktopWindow;
}

/**
 * Serves the page, opens its window, and waits until its first frame is on the screen.
 *
 * @param onServer called before the window is opened, so that no event of the page is missed
 * @throws UnderstudyError `browser-missing`, `port-taken`; `browser-failed` when the window closes before, or it takes
 *   too long; as findWindow; the signal's reason
 */
export function openArenaPage(
  options: Omit<ArenaServerOptions, 'own'>,
  signal: AbortSignal,
  onServer: (server: ArenaServer) => void = () => undefined,
): Promise<ArenaPage> {
  return OpenParts.whole(async (parts) => {
    const server = parts.use(await startArenaServer({ ...options, own: true }));
    onServer(server);
    const browser = parts.use(await openBrowserWindow({ url: server.url }));
    await untilDrawn(server, browser, signal);
    const window = parts.use(await findWindow({ app: WINDOW_CLASS, pid: browser.pid, waitMs: 5000, signal }));
    return { server, browser, window, [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
  });
}

/** The key events that the page counted, once `areAll` says that they are complete, or after a time limit. */
export async function keysSeenBy(server: ArenaServer, areAll: (keys: KeyCounts) => boolean): Promise<KeyCounts> {
  return await server.untilKeys(areAll, AbortSignal.timeout(LAST_KEYS_WITHIN_MS)).catch(() => server.keyCounts);
}

async function untilDrawn(server: ArenaServer, browser: BrowserWindow, signal: AbortSignal): Promise<void> {
  const tooLong = AbortSignal.timeout(PAGE_WITHIN_MS);
  const closed = browser.closed.then(() => {
    throw browserFailed('The arena window was closed before it showed the fight.');
  });
  try {
    await Promise.race([server.untilReady(AbortSignal.any([signal, tooLong])), closed]);
  } catch (error) {
    if (tooLong.aborted) throw browserFailed(`The arena page was not drawn within ${PAGE_WITHIN_MS / 1000} s.`);
    throw error;
  }
}

function browserFailed(message: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'browser-failed',
    message,
    next: 'Try `understudy arena`, which shows the page without an agent, and `understudy doctor`.',
  });
}
