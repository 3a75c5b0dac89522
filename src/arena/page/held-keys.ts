/**
 * Key events -> held actions, and a record of every event. Does not use the DOM, so that tests need no browser. An
 * auto-repeat never changes what is held; a tap shorter than a step is held for one step, so that it is never lost.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { actionBit, type ArenaAction } from '../actions.js';
import type { KeyCounts, KeyEventRecord } from './messages.js';

/** The part of a KeyboardEvent that is used. */
export interface KeyInput {
  readonly code: string;
  readonly key: string;
  readonly repeat: boolean;
  /** Time of the event by the system, ms on any clock. */
  readonly timeStamp: number;
}

/**
 * Chromium on X11 reports a press as an auto-repeat when it has the same millisecond as another key's auto-repeat (it
 * takes both for one native event). That is often so for presses on the 40 ms grid of a held key's repeats. X times are
 * whole milliseconds; the page has the same times, up to rounding.
 */
const SAME_MILLISECOND_MS = 0.5;

/** First by the character that is typed, so that "f" is f on every layout; else by the key's place (the code). */
const ACTION_OF_KEY: Readonly<Record<string, ArenaAction>> = {
  arrowup: 'UP',
  arrowdown: 'DOWN',
  arrowleft: 'LEFT',
  arrowright: 'RIGHT',
  ' ': 'JUMP',
  f: 'SHOOT',
  d: 'DASH',
};
const ACTION_OF_CODE: Readonly<Record<string, ArenaAction>> = {
  ArrowUp: 'UP',
  ArrowDown: 'DOWN',
  ArrowLeft: 'LEFT',
  ArrowRight: 'RIGHT',
  Space: 'JUMP',
  KeyF: 'SHOOT',
  KeyD: 'DASH',
};

/** Key events listed between two posts, at most: a minute and a half of one held key's repeats is 2,700. */
const MAX_LISTED_EVENTS = 20_000;

const isPlainLetterOrSign = (key: string): boolean => /^[ -~]$/.test(key);

export class PageKeys {
  /** Action of each physical key that is down: its release is recognised even if the layout has changed since. */
  readonly #down = new Map<string, ArenaAction>();
  #tapped: HeldActions = NONE_HELD;
  /** The newest event that was reported as an auto-repeat. */
  #lastRepeat: { readonly id: string; readonly timeStamp: number } | null = null;
  #events: KeyEventRecord[] = [];
  #dropped = 0;
  #counts = { presses: 0, releases: 0, repeats: 0, other: 0 };

  /** @returns true for a key of the game, on which the browser must not act (scroll, search). */
  press(input: KeyInput, tMs: number): boolean {
    const id = input.code || input.key;
    const isRepeat = input.repeat && !this.#isPress(id, input.timeStamp);
    // a key that is down cannot be pressed: a reported press is then the first repeat after such a mistake
    const repeat = this.#down.has(id) || isRepeat;
    this.#list({ type: 'down', code: id, tMs, repeat });
    const action = this.#down.get(id) ?? actionOf(input);
    if (action === null) {
      this.#counts.other += 1;
      return false;
    }
    if (repeat) {
      this.#counts.repeats += 1;
      return true;
    }
    this.#counts.presses += 1;
    this.#down.set(id, action);
    this.#tapped |= actionBit(action);
    return true;
  }

  /** @returns as {@link press} */
  release(input: KeyInput, tMs: number): boolean {
    const id = input.code || input.key;
    this.#list({ type: 'up', code: id, tMs, repeat: false });
    const action = this.#down.get(id) ?? actionOf(input);
    if (action === null) {
      this.#counts.other += 1;
      return false;
    }
    this.#counts.releases += 1;
    this.#down.delete(id);
    return true;
  }

  /** Nothing is held any more: the window lost the focus and will not see releases. Counts no release. */
  releaseAll(): void {
    this.#down.clear();
    this.#tapped = NONE_HELD;
  }

  /** What to hold in the next step: what is down, and what was tapped since the last call. */
  takeHeld(): HeldActions {
    let held = this.#tapped;
    for (const action of this.#down.values()) held |= actionBit(action);
    this.#tapped = NONE_HELD;
    return held;
  }

  get counts(): KeyCounts {
    return { ...this.#counts };
  }

  /** The events since the last call, and how many more there were than the list holds. */
  takeEvents(): { readonly keyEvents: readonly KeyEventRecord[]; readonly keyEventsDropped: number } {
    const taken = { keyEvents: this.#events, keyEventsDropped: this.#dropped };
    this.#events = [];
    this.#dropped = 0;
    return taken;
  }

  /** Whether a reported auto-repeat is a press: of a key that is up, at the time of another key's repeat. */
  #isPress(id: string, timeStamp: number): boolean {
    const last = this.#lastRepeat;
    this.#lastRepeat = { id, timeStamp };
    return (
      last !== null &&
      last.id !== id &&
      !this.#down.has(id) &&
      Math.abs(timeStamp - last.timeStamp) < SAME_MILLISECOND_MS
    );
  }

  #list(event: KeyEventRecord): void {
    if (this.#events.length < MAX_LISTED_EVENTS) this.#events.push(event);
    else this.#dropped += 1;
  }
}

function actionOf(input: KeyInput): ArenaAction | null {
  const byKey = ACTION_OF_KEY[input.key.toLowerCase()];
  if (byKey !== undefined) return byKey;
  // another plain letter was typed: on this layout the place belongs to that letter, not to the game
  return isPlainLetterOrSign(input.key) ? null : (ACTION_OF_CODE[input.code] ?? null);
}
