/** The ways to play, and which options each of them takes. */
import { badOption } from '../../core/errors.js';
import type { RunRequest } from '../../runs/request.js';
import type { OptionModes } from './modes.js';
import { namesWindow, WINDOW_NAMING_TAKEN_BY } from './window.js';
import type { PlayOptions } from './play.js';

/** In this process; the arena's page; a window of the display; a recorded session. */
export type PlayMode = RunRequest['mode'];

const EVERY: readonly PlayMode[] = ['arena', 'browser', 'window', 'session'];
/** Those that play in real time: a replay has no budget, and no view but its progress. */
const LIVE: readonly PlayMode[] = ['arena', 'browser', 'window'];
const FIGHTS: readonly PlayMode[] = ['arena', 'browser'];
/** Those that see a window and press real keys. */
const ON_SCREEN: readonly PlayMode[] = ['browser', 'window'];

export const PLAY_OPTION_MODES: OptionModes<PlayMode, PlayOptions> = {
  words: {
    arena: 'the arena in this process',
    browser: "the arena's page (--browser)",
    window: 'a window (--window)',
    session: 'a recorded session (--session)',
  },
  takenBy: {
    arena: FIGHTS,
    browser: ['browser'],
    fights: [...FIGHTS, 'window'],
    allowLaunch: ['window'],
    seed: FIGHTS,
    level: FIGHTS,
    ...WINDOW_NAMING_TAKEN_BY,
    inside: ON_SCREEN,
    insideSize: ON_SCREEN,
    capture: ON_SCREEN,
    keys: ON_SCREEN,
    activate: ON_SCREEN,
    sink: ON_SCREEN,
    dryRun: ON_SCREEN,
    armed: LIVE,
    panicKey: ON_SCREEN,
    pauseKey: ON_SCREEN,
    armKey: ON_SCREEN,
    resumeAfter: ON_SCREEN,
    maxHoldMs: ON_SCREEN,
    maxPressesPerSecond: ON_SCREEN,
    frozenAfterMs: ON_SCREEN,
    leaseMs: ON_SCREEN,
    session: ['session'],
    lenient: ['session'],
    model: EVERY,
    engine: EVERY,
    threshold: EVERY,
    act: EVERY,
    actSeed: EVERY,
    apply: EVERY,
    rate: EVERY,
    anyRate: EVERY,
    anyGame: ['window', 'session'],
    budgetMs: LIVE,
    seconds: EVERY,
    view: LIVE,
    runs: EVERY,
    recordVideo: LIVE,
    record: ON_SCREEN,
    detach: LIVE,
    watch: EVERY,
    watchControl: LIVE,
    watchPort: EVERY,
    fault: LIVE,
    faultSeed: LIVE,
    json: EVERY,
  },
};

/** The one mode that the options name; the arena where they name none. @throws UnderstudyError `bad-option` for two */
export function playModeOf(options: PlayOptions): PlayMode {
  const isArena = options.arena === true || options.browser === true;
  const isSession = options.session !== undefined;
  // an empty screen is refused with its own reason
  const isWindow = namesWindow(options) || (options.inside !== undefined && !isArena && !isSession);
  if (Number(isWindow) + Number(isArena) + Number(isSession) > 1) {
    throw badOption(
      'More than one of the arena, a window and a session were named: expected one of them.',
      'Leave out --arena and --browser, --session, or the options that choose a window.',
    );
  }
  if (isSession) return 'session';
  if (isWindow) return 'window';
  return options.browser ? 'browser' : 'arena';
}
