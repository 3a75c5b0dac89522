/** The arena's page in a browser window, for the verbs that play or record it through that window. */
import type { BrowserWindow } from '../../arena/browser/chromium.js';
import type { ArenaServer } from '../../arena/browser/server.js';
import { UnderstudyError } from '../../core/errors.js';

/** A page that has not drawn by then will not: a cold Chromium on a busy machine took 6 s. */
const PAGE_WITHIN_MS = 60_000;

/**
 * Resolves once the page's first frame is on the screen.
 *
 * @throws UnderstudyError `browser-failed` when its window closes before, or it takes too long; the signal's reason
 */
export async function untilDrawn(server: ArenaServer, browser: BrowserWindow, signal: AbortSignal): Promise<void> {
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
