/** The practice fight for a person, without an agent: a page, in a window of its own or in any browser. */
import { UnderstudyError } from '../../core/errors.js';
import type { Level } from '../fight/rules.js';
import { openBrowserWindow, requireBrowser } from './chromium.js';
import { startArenaServer } from './server.js';

export interface ServedPage {
  /** 0: any. */
  readonly port: number;
  readonly seed: number;
  readonly level: Level;
  /** In a window of its own; else its address is said. */
  readonly open: boolean;
}

/**
 * Serves the page until its window is closed or the signal comes; says each fight's outcome.
 *
 * @throws UnderstudyError as startArenaServer and openBrowserWindow
 */
export async function servePage(
  { port, seed, level, open }: ServedPage,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (open) await orWithoutWindow(() => requireBrowser());
  await using server = await startArenaServer({ port, seed, level, begin: 'key', own: open });
  server.events.on('fight', ({ seed: ofFight, outcome, seconds, reproduced }) => {
    const doubt = reproduced ? '' : '; its inputs, played again, come out otherwise';
    say(`seed ${ofFight}: ${outcome} after ${seconds.toFixed(1)} s${doubt}`);
  });
  say(`the arena is at ${server.url}`);
  say(open ? 'close its window to end' : 'open the address in a browser; Ctrl-C ends');
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  if (!open) await interrupted;
  else {
    await using window = await orWithoutWindow(() => openBrowserWindow({ url: server.url }));
    await Promise.race([window.closed, interrupted]);
  }
}

/** Adds the way without a window to the error: nothing else that opens a page can do without one. */
async function orWithoutWindow<Result>(open: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    const { kind, code, message, next } = error;
    const orElse = `${next} Or give --no-open, and open the printed address in any browser.`;
    throw new UnderstudyError({ kind, code, message, next: orElse, cause: error });
  }
}
