/** The options in the page's address. The server writes them and the page reads them, so both import this. */
import { LEVEL_NAMES } from '../fight/rules.js';
import type { FightChoice } from './messages.js';

export interface PageOptions extends FightChoice {
  /** - `key`: a person presses Enter, a game key or the mouse. - `command`: the server's. - `now`: at once. */
  readonly begin: 'key' | 'command' | 'now';
  /** Proves to the server that a post comes from the page it served. */
  readonly token: string;
  /** The program opened the window: it sets its size to 1280x720 and closes when the server is gone. */
  readonly own: boolean;
  /** Most pictures a second, 1..60; the fight itself is always 60 steps a second. Fewer leave CPU to an agent. */
  readonly drawHz: number;
  /** Flash mode instead of a fight; null for a fight. */
  readonly flash: FlashOptions | null;
}

export interface FlashOptions {
  readonly flips: number;
  /** Shortest time between two flips, ms. */
  readonly everyMs: number;
  /** A flip comes up to this much later, ms, so that flips do not coincide with a loop's ticks. */
  readonly jitterMs: number;
}

/** "seed=1&level=normal&...". */
export function writePageOptions(options: PageOptions): string {
  const query = new URLSearchParams({
    seed: String(options.seed),
    level: options.level,
    begin: options.begin,
    token: options.token,
    drawHz: String(options.drawHz),
  });
  if (options.own) query.set('own', '1');
  if (options.flash !== null) {
    query.set('flash', '1');
    query.set('flips', String(options.flash.flips));
    query.set('everyMs', String(options.flash.everyMs));
    query.set('jitterMs', String(options.flash.jitterMs));
  }
  return query.toString();
}

/** Reads what {@link writePageOptions} wrote; anything missing or unreadable gets its default. */
export function readPageOptions(search: string): PageOptions {
  const query = new URLSearchParams(search);
  const begin = query.get('begin');
  return {
    seed: integer(query.get('seed'), 1, 0, Number.MAX_SAFE_INTEGER),
    level: LEVEL_NAMES.find((level) => level === query.get('level')) ?? 'normal',
    begin: begin === 'command' || begin === 'now' ? begin : 'key',
    token: query.get('token') ?? '',
    own: query.get('own') === '1',
    drawHz: integer(query.get('drawHz'), 60, 1, 60),
    flash:
      query.get('flash') === '1'
        ? {
            flips: integer(query.get('flips'), 60, 1, 10_000),
            everyMs: integer(query.get('everyMs'), 700, 50, 60_000),
            jitterMs: integer(query.get('jitterMs'), 200, 0, 60_000),
          }
        : null,
  };
}

function integer(text: string | null, otherwise: number, low: number, high: number): number {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value >= low && value <= high ? value : otherwise;
}
