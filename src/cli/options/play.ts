/** The options of `play` as Commander passes them, and the request that they make. */
import { badOption } from '../../core/errors.js';
import { faultsRequest, type FaultOptions } from './faults.js';
import type { FirstFightOptions } from './fights.js';
import { policyRequest, replayedPolicyRequest, type AskedPolicy } from '../../runs/asked-policy.js';
import { safetyRequest, type SafetyOptions } from './safety.js';
import { watchRequest, type WatchOptions } from './watch.js';
import { mayLaunch } from '../../runs/game/permission.js';
import { gameFileOf, sinkOf, windowRequest, type WindowOptions } from './window.js';
import type { GameFile } from '../../games/game-file.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import type { LogLevel } from '../../runs/log.js';
import type { FightsRequest, GamePlayRequest, OnScreenPlay, PaceRequest, RunRequest } from '../../runs/request.js';

export interface PlayOptions
  extends WindowOptions, SafetyOptions, FaultOptions, WatchOptions, FirstFightOptions, AskedPolicy {
  readonly arena?: boolean;
  readonly browser?: boolean;
  readonly fights?: number;
  /** The game file's commands may be run. */
  readonly allowLaunch?: boolean;
  readonly rate?: number;
  readonly anyRate?: boolean;
  readonly budgetMs: number;
  readonly seconds?: number;
  readonly view: 'terminal' | 'none';
  readonly runs: string;
  /** Keep the pictures as a video in the run's folder. */
  readonly recordVideo?: boolean;
  /** Record the run as a session of this name, with who held which key. */
  readonly record?: string;
  /** In the background; status, pause, stop and similar verbs reach it. */
  readonly detach?: boolean;
  readonly json?: boolean;
  /** Play a recorded session again, on a virtual clock. */
  readonly session?: string;
  readonly lenient?: boolean;
}

/**
 * The run that the options ask for. The options are read in the order in which a run needs them, so that of two
 * mistakes the first is reported.
 *
 * @throws UnderstudyError `bad-option`, `bad-threshold`, `unknown-action`; as readGameFile
 */
export function playRequest(mode: RunRequest['mode'], options: PlayOptions, logLevel: LogLevel): RunRequest {
  const { runs, view, recordVideo = false } = options;
  const keep = { runs, logLevel, video: recordVideo };
  const watch = watchRequest(options);
  switch (mode) {
    case 'arena': {
      const live = { view, faults: faultsRequest(options) };
      const safety = { armed: options.armed === 'yes' };
      return { mode, arena: fightsOf(options), safety, ...live, ...decidedBy(options, null), keep, watch };
    }
    case 'browser':
      return { mode, arena: fightsOf(options), ...onScreen(options, null), ...decidedBy(options, null), keep, watch };
    case 'window': {
      const game = gameFileOf(options);
      const window = windowRequest(options, game);
      return {
        mode,
        window,
        game: gameRequest(options, game),
        ...onScreen(options, game),
        ...decidedBy(options, game),
        keep,
        watch,
      };
    }
    case 'session': {
      const session = { name: options.session!, lenient: options.lenient ?? false };
      const policy = replayedPolicyRequest(options);
      return { mode, session, policy, pace: paceOf(options, null), keep, watch };
    }
  }
}

function fightsOf({ seed, level, fights = 1 }: PlayOptions): FightsRequest {
  return { seed, level, fights };
}

function gameRequest({ fights, allowLaunch }: PlayOptions, file: GameFile | null): GamePlayRequest | null {
  if (file !== null) return { file, allowLaunch: mayLaunch(allowLaunch, file), fights: fights ?? null };
  const option = fights === undefined ? '--allow-launch' : '--fights';
  if (fights === undefined && allowLaunch === undefined) return null;
  throw badOption(
    `${option} needs a game file: without one nothing says ${fights === undefined ? 'what to start' : 'when a fight ends'}.`,
    `Name the game with --game, or leave ${option} out.`,
  );
}

/** Who decides, and how fast. */
function decidedBy(options: PlayOptions, game: GameFile | null): Pick<RunRequest, 'policy' | 'pace'> {
  return { policy: policyRequest(options, game), pace: paceOf(options, game) };
}

function paceOf(options: PlayOptions, game: GameFile | null): PaceRequest {
  const { rate, anyRate = false, budgetMs, seconds = Number.POSITIVE_INFINITY } = options;
  return { rateHz: rate ?? game?.rateHz ?? null, anyRate, budgetMs, seconds, unpaced: false };
}

type OnScreen = Pick<OnScreenPlay, 'screen' | 'safety' | 'recordAs' | 'view' | 'faults'>;

function onScreen(options: PlayOptions, game: GameFile | null): OnScreen {
  const { capture, record = null, view } = options;
  const keys = keyMapOf(options, game);
  const safety = safetyRequest(options, game);
  const screen = { capture, keys, game, sink: sinkOf(options) };
  return { screen, safety, recordAs: record, view, faults: faultsRequest(options) };
}
