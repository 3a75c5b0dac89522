/** The options of `record` as Commander passes them, and the request that they make. */
import type { RecordRequest } from '../../runs/request.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../../vision/preprocessing-contract.js';
import type { OptionModes } from './modes.js';
import { personsRecording, type PersonsPlaceName, type PersonsPlayOptions } from './persons-play.js';
import { watchRequest, type WatchOptions } from './watch.js';
import { gameFileOf, WINDOW_NAMING_TAKEN_BY } from './window.js';

export interface RecordOptions extends PersonsPlayOptions, Omit<WatchOptions, 'watchControl'> {
  readonly rate?: number;
  readonly seconds?: number;
  readonly picture?: Pick<PreprocessingContract, 'width' | 'height'>;
  readonly json?: boolean;
}

/** Options that `shadow` has too. */
export const SHARED_WITH_SHADOW: OptionModes<PersonsPlaceName, Omit<RecordOptions, 'picture'>> = {
  words: { window: 'a window (--window)', page: "the arena's page (--arena --browser)" },
  takenBy: {
    arena: ['page'],
    browser: ['page'],
    seed: ['page'],
    level: ['page'],
    ...WINDOW_NAMING_TAKEN_BY,
    inside: 'every',
    insideSize: 'every',
    capture: 'every',
    keys: 'every',
    activate: 'every',
    out: 'every',
    name: 'every',
    rate: 'every',
    seconds: 'every',
    hotKeys: 'every',
    keysFrom: 'every',
    video: 'every',
    watch: 'every',
    watchPort: 'every',
    json: 'every',
  },
};

/** Which way to record takes which option. */
export const RECORD_OPTION_MODES: OptionModes<PersonsPlaceName, RecordOptions> = {
  words: SHARED_WITH_SHADOW.words,
  takenBy: { ...SHARED_WITH_SHADOW.takenBy, picture: 'every' },
};

/** The study's rate. */
const DEFAULT_RATE_HZ = 10;

/**
 * The recording that the options ask for.
 *
 * @param name the session's, which is not a path; null: it is typed in the live page
 * @throws UnderstudyError `bad-option`, `unknown-action`; as readGameFile
 */
export function recordRequest(place: PersonsPlaceName, options: RecordOptions, name: string | null): RecordRequest {
  const game = place === 'page' ? null : gameFileOf(options);
  return {
    ...personsRecording(place, options, game),
    folder: options.out,
    name,
    watch: watchRequest(options),
    rateHz: options.rate ?? game?.rateHz ?? DEFAULT_RATE_HZ,
    seconds: options.seconds ?? Number.POSITIVE_INFINITY,
    contract: { ...STUDY_CONTRACT, ...options.picture, crop: game?.crop ?? STUDY_CONTRACT.crop },
  };
}
