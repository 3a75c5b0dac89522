/** What `bench` can measure, and which options each mode takes. */
import { badOption } from '../../core/errors.js';
import type { OptionModes } from './modes.js';
import { namesWindow, WINDOW_NAMING_TAKEN_BY } from './window.js';
import type { BenchMode, BenchOptions } from './bench.js';

/** Where it measures; `matrix` is the flashing page through every capture and sink. */
export type BenchPlace = BenchMode | 'matrix';

/** Those with a window to see and keys to press. */
const ON_SCREEN: readonly BenchPlace[] = ['window', 'flash', 'matrix'];
/** Those with one capture adapter and one sink; the matrix chooses both itself. */
const ONE_PAIR: readonly BenchPlace[] = ['window', 'flash'];
/** Those that last for a time; flashes are counted. */
const TIMED: readonly BenchPlace[] = ['arena', 'window'];
/** Those with a contract to judge at the end. */
const JUDGED: readonly BenchPlace[] = ['arena', 'window', 'flash'];

export const BENCH_OPTION_MODES: OptionModes<BenchPlace, BenchOptions> = {
  words: {
    arena: 'the arena in this process',
    window: 'a window (--window)',
    flash: 'the flashing page (--flash)',
    matrix: 'every capture and sink (--matrix)',
  },
  takenBy: {
    arena: ['arena'],
    flash: ['flash'],
    matrix: ['matrix'],
    flashes: ['flash', 'matrix'],
    seed: ['arena'],
    level: ['arena'],
    ...WINDOW_NAMING_TAKEN_BY,
    keys: ['window'], // the flashing page counts one fixed key
    frozenAfterMs: ['window'], // a flashing page is not a game: its pictures are not judged
    capture: ONE_PAIR,
    sink: ONE_PAIR,
    dryRun: ONE_PAIR,
    inside: ON_SCREEN,
    insideSize: ON_SCREEN,
    activate: ON_SCREEN,
    panicKey: ON_SCREEN,
    pauseKey: ON_SCREEN,
    armKey: ON_SCREEN,
    resumeAfter: ON_SCREEN,
    maxHoldMs: ON_SCREEN,
    maxPressesPerSecond: ON_SCREEN,
    leaseMs: ON_SCREEN,
    armed: 'every',
    watch: 'every',
    watchControl: 'every',
    watchPort: 'every',
    model: 'every',
    rate: 'every',
    seconds: TIMED,
    budgetMs: 'every',
    p99Ms: JUDGED,
    missRate: JUDGED,
    unpaced: 'every',
    load: 'every',
    rateSweep: JUDGED,
    runs: 'every',
    out: JUDGED,
    json: 'every',
  },
};

const { takenBy } = BENCH_OPTION_MODES;
const everyOption = Object.fromEntries(Object.keys(takenBy).map((name) => [name, 'every'])) as Record<
  keyof BenchOptions,
  'every'
>;

/** The options that a sweep of rates cannot use, wherever it measures: it chooses the rates itself. */
export const BENCH_SWEEP_MODES: OptionModes<'single' | 'sweep', BenchOptions> = {
  words: { single: 'a single rate', sweep: 'a sweep of rates (--rate-sweep)' },
  takenBy: {
    ...everyOption,
    rateSweep: ['sweep'],
    rate: ['single'],
    unpaced: ['single'],
    out: ['single'],
  },
};

/** The one place that the options name; the arena where they name none. @throws UnderstudyError `bad-option` for two */
export function benchPlaceOf(options: BenchOptions): BenchPlace {
  const places: BenchPlace[] = [];
  if (options.matrix) places.push('matrix');
  if (options.flash) places.push('flash');
  if (options.arena) places.push('arena');
  if (namesWindow(options)) places.push('window');
  if (places.length <= 1) return places[0] ?? 'arena';
  throw badOption(
    'bench measures one thing at a time: the arena, the flashing page, every capture and sink, or a window.',
    'Leave out all but one of --arena, --flash, --matrix and the window.',
  );
}
