/** The options of `shadow` as Commander passes them, and the request that they make. */
import { join } from 'node:path';
import { badOption } from '../../core/errors.js';
import type { LogLevel } from '../../runs/log.js';
import type { ShadowRequest } from '../../runs/request.js';
import type { OptionModes } from './modes.js';
import { personsRecording, type PersonsPlaceName, type PersonsPlayOptions } from './persons-play.js';
import { policyRequest } from '../../runs/asked-policy.js';
import { SHARED_WITH_SHADOW } from './record.js';
import { watchRequest, type WatchOptions } from './watch.js';
import { gameFileOf } from './window.js';

export interface ShadowOptions extends PersonsPlayOptions, WatchOptions {
  readonly model?: string;
  readonly threshold?: string;
  readonly anyGame?: boolean;
  readonly rate?: number;
  readonly budgetMs: number;
  readonly seconds?: number;
  readonly evidenceFloor: number;
  readonly runs: string;
  /** Clips of the largest disagreements, so many at most; true: {@link DEFAULT_CLIPS}. */
  readonly watchDisagreements?: number | true;
  readonly json?: boolean;
}

/** Half a minute of video. */
export const DEFAULT_CLIPS = 5;
/** The most that can be asked for. */
export const MOST_CLIPS = 50;

/** Which mode takes which option: as for `record`; the options of the model are for every mode. */
export const SHADOW_OPTION_MODES: OptionModes<PersonsPlaceName, ShadowOptions> = {
  words: SHARED_WITH_SHADOW.words,
  takenBy: {
    ...SHARED_WITH_SHADOW.takenBy,
    model: 'every',
    threshold: 'every',
    anyGame: ['window'],
    budgetMs: 'every',
    evidenceFloor: 'every',
    watchDisagreements: 'every',
    runs: 'every',
    watch: 'every',
    watchControl: 'every', // refused with its own reason
    watchPort: 'every',
  },
};

/**
 * The shadow that the options ask for.
 *
 * @param name the recording's, which is not a path
 * @throws UnderstudyError `bad-option`, `bad-threshold`, `unknown-action`; as readGameFile
 */
export function shadowRequest(
  place: PersonsPlaceName,
  options: ShadowOptions,
  name: string,
  logLevel: LogLevel,
): ShadowRequest {
  const { rate, budgetMs, seconds = Number.POSITIVE_INFINITY, evidenceFloor, runs } = options;
  const game = place === 'page' ? null : gameFileOf(options);
  return {
    ...personsRecording(place, options, game),
    session: join(options.out, name),
    policy: policyRequest(options, game),
    pace: { rateHz: rate ?? game?.rateHz ?? null, anyRate: false, budgetMs, seconds, unpaced: false },
    keep: { runs, logLevel, video: false },
    watch: watchRequest(options),
    evidenceFloor,
    clips: clipsOf(options),
  };
}

function clipsOf({ watchDisagreements, video }: ShadowOptions): number | null {
  if (watchDisagreements !== undefined && !video) {
    throw badOption(
      '--watch-disagreements cuts its clips from the video, and --no-video keeps none.',
      'Leave one out.',
    );
  }
  return watchDisagreements === true ? DEFAULT_CLIPS : (watchDisagreements ?? null);
}
