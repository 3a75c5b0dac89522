/** `play`: each way to play is loaded only when it is asked for, since the arena must start where there is no X11. */
import type { RunEnvironment, WatchedEnvironment } from './environment.js';
import { openWatch } from './open-watch.js';
import type { RunRequest } from './request.js';
import type { RunSummary } from './summary.js';

/** Plays to the end of the run. @throws UnderstudyError as the way to play does; `port-taken` of the live page */
export async function play(request: RunRequest, environment: RunEnvironment): Promise<RunSummary> {
  await using watch = await openWatch(request.watch, environment.say);
  return await playAs(request, { ...environment, watch });
}

async function playAs(request: RunRequest, environment: WatchedEnvironment): Promise<RunSummary> {
  switch (request.mode) {
    case 'arena':
      return await (await import('./play/play-arena.js')).playArena(request, environment);
    case 'browser':
      return await (await import('./play/play-browser.js')).playBrowser(request, environment);
    case 'window': {
      const { game } = request;
      if (game !== null) return await (await import('./game/play-game.js')).playGame({ ...request, game }, environment);
      return await (await import('./play/play-window.js')).playWindow(request, environment);
    }
    case 'session':
      return await (await import('./play/play-session.js')).playSession(request, environment);
  }
}
