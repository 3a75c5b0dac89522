/**
 * What viewers can be sent: the newest state, the newest picture, and the ticks of the last seconds. Its size is
 * bounded at any rate of the run and for any number of viewers.
 */
import { MOST_TICKS, NO_STATE, SHOWN_SECONDS, type WatchPicture, type WatchState, type WatchTick } from './messages.js';

export class Board {
  #state = NO_STATE;
  #stateNumber = 1;
  #ticks: WatchTick[] = [];
  /** Number of ticks added so far. */
  #added = 0;
  #picture: WatchPicture | null = null;

  get state(): WatchState {
    return this.#state;
  }

  /** Counts the changes of {@link state}. */
  get stateNumber(): number {
    return this.#stateNumber;
  }

  get picture(): WatchPicture | null {
    return this.#picture;
  }

  /** Number of ticks added so far: a viewer that was sent all of them was sent this many. */
  get tickCount(): number {
    return this.#added;
  }

  setState(state: WatchState): void {
    // another run counts its slots from 0 again
    if (state.run?.name !== this.#state.run?.name) {
      this.#ticks = [];
      this.#picture = null;
    }
    this.#state = state;
    this.#stateNumber += 1;
  }

  setPicture(picture: WatchPicture): void {
    this.#picture = picture;
  }

  add(tick: WatchTick): void {
    this.#ticks.push(tick);
    this.#added += 1;
    const oldest = tick.deadlineMs - SHOWN_SECONDS * 1000;
    let gone = Math.max(0, this.#ticks.length - MOST_TICKS);
    while (this.#ticks[gone].deadlineMs < oldest) gone += 1;
    if (gone > 0) this.#ticks.splice(0, gone);
  }

  /** The ticks after the first `had`, as far as they are kept, and how many of them are not. */
  since(had: number): { readonly ticks: readonly WatchTick[]; readonly dropped: number } {
    const first = this.#added - this.#ticks.length;
    return { ticks: this.#ticks.slice(Math.max(0, had - first)), dropped: Math.max(0, first - had) };
  }
}
