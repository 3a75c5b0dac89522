/** Chooses a way to capture a game window, and says why. Does not depend on a platform. */
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { CaptureBackend, CaptureStream } from './backend.js';
import type { CaptureAdapter, CaptureChoice } from './backend-names.js';
import type { GameWindow } from './game-window.js';

export interface OpenFramesOptions {
  readonly capture: CaptureChoice;
  readonly window: Pick<GameWindow, 'captures'>;
  /** 1000 / rate: an older frame is stale. Default 100. */
  readonly periodMs?: number;
  readonly clock?: Clock;
}

export interface OpenedFrames extends CaptureStream {
  readonly adapter: CaptureAdapter;
  /** Why this adapter: one sentence for the user. */
  readonly why: string;
}

/** What an adapter needs of a platform. */
const NEEDS: Readonly<Record<CaptureAdapter, string>> = {
  x11: 'an X display',
  gdi: 'Windows',
  'node-screenshots': 'windows that the package can list',
  'screenshot-desktop': 'a screen that the package can read',
};

/**
 * Opens the window's frame source.
 *
 * @throws UnderstudyError `no-display`, `window-closed`, `package-missing`, `capture-failed`, `x11-failed`,
 *   `bad-option` (an adapter that this window's desktop lacks, or that cannot see this window)
 */
export function openFrames(options: OpenFramesOptions): OpenedFrames {
  const { backends, why } = options.window.captures;
  const [best, next] = backends;
  if (options.capture !== 'auto') {
    const asked = backends.find(({ adapter }) => adapter === options.capture);
    if (asked === undefined) throw notOffered(options.capture);
    return open(asked, 'asked for with --capture', options);
  }
  try {
    return open(best, why, options);
  } catch (error) {
    // where a package or a library does not load, the next backend is tried
    if (!(error instanceof UnderstudyError) || error.code !== 'package-missing' || next === undefined) throw error;
    return open(next, `${best.adapter} cannot be used: ${error.message} ${error.next}`, options);
  }
}

function open(backend: CaptureBackend, why: string, { clock, periodMs }: OpenFramesOptions): OpenedFrames {
  const { source, reachedRateHz } = backend.open({ clock, periodMs });
  return { source, adapter: backend.adapter, why, reachedRateHz };
}

function notOffered(adapter: CaptureAdapter): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `--capture ${adapter} needs ${NEEDS[adapter]}, and this platform has none.`,
    next: 'Use --capture auto.',
  });
}
