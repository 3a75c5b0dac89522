/**
 * One page that watches. It is sent what is new once its connection has accepted what was sent earlier, so that a slow
 * page costs no memory: it gets fewer pictures and, after ten seconds, fewer ticks.
 */
import type { ServerResponse } from 'node:http';
import type { Board } from './board.js';
import type { WatchUpdate } from './messages.js';

/** Pictures, at most, that were sent to a page and not acknowledged as drawn. Two keep a fast page busy. */
const MAX_UNSEEN_PICTURES = 2;

/** Turns messages into bytes; does so only once for several viewers. */
export interface ViewerEncoding {
  update(update: WatchUpdate): Uint8Array;
  /** The board's newest picture. */
  picture(): Uint8Array;
}

export class Viewer {
  readonly id: number;
  readonly #response: ServerResponse;
  readonly #control: boolean;
  #hasHello = false;
  #stateNumber = 0;
  /** Number of ticks that it was sent or was too slow for. */
  #ticks = 0;
  #pictureSent = 0;
  #pictureSeen = 0;
  /** Numbers of the pictures that were sent and not yet drawn. */
  #sent: number[] = [];
  #stuckSinceMs: number | null = null;

  /** @param control true where the page may give commands */
  constructor(id: number, response: ServerResponse, control: boolean) {
    this.id = id;
    this.#response = response;
    this.#control = control;
  }

  /** How long its connection has not accepted what was sent, ms. */
  stuckMs(nowMs: number): number {
    return this.#stuckSinceMs === null ? 0 : nowMs - this.#stuckSinceMs;
  }

  /** It has drawn a picture. */
  seen(picture: number): void {
    if (picture > this.#pictureSeen && picture <= this.#pictureSent) this.#pictureSeen = picture;
  }

  /** Sends what is new, or nothing while its connection is full. */
  pump(board: Board, encoding: ViewerEncoding, nowMs: number): void {
    if (this.#response.writableLength > 0) {
      this.#stuckSinceMs ??= nowMs;
      return;
    }
    this.#stuckSinceMs = null;
    this.#sendUpdate(board, encoding);
    const number = board.picture?.header.number ?? 0;
    if (number <= this.#pictureSent || this.#unseenCount >= MAX_UNSEEN_PICTURES) return;
    this.#pictureSent = number;
    this.#sent.push(this.#pictureSent);
    this.#response.write(encoding.picture());
  }

  /** Ends the stream; resolves once all of it was sent, or after `withinMs`. */
  async end(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#response.once('close', resolve);
      this.#response.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  destroy(): void {
    this.#response.destroy();
  }

  #sendUpdate(board: Board, encoding: ViewerEncoding): void {
    const hasState = board.stateNumber !== this.#stateNumber;
    if (this.#hasHello && !hasState && board.tickCount === this.#ticks) return;
    const { ticks, dropped } = board.since(this.#ticks);
    this.#response.write(
      encoding.update({
        ...(this.#hasHello ? {} : { hello: { viewer: this.id, control: this.#control } }),
        ...(hasState ? { state: board.state } : {}),
        ticks,
        dropped: this.#hasHello ? dropped : 0,
      }),
    );
    this.#hasHello = true;
    this.#stateNumber = board.stateNumber;
    this.#ticks = board.tickCount;
  }

  get #unseenCount(): number {
    this.#sent = this.#sent.filter((number) => number > this.#pictureSeen);
    return this.#sent.length;
  }
}
