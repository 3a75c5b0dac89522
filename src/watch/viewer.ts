/**
 * One page that watches. It is sent what it has not got, when its connection has taken what it was sent before, so that
 * a slow one costs no memory: it gets fewer pictures, and after ten seconds fewer ticks.
 */
import type { ServerResponse } from 'node:http';
import type { Board } from './board.js';
import type { WatchUpdate } from './messages.js';

/** Pictures on their way to a page that it has not said to have drawn. Two keep a fast one busy. */
const MAX_PICTURES_UNDERWAY = 2;

/** Turns messages into bytes; the same ones for several viewers only once. */
export interface ViewerEncoding {
  update(update: WatchUpdate): Uint8Array;
  /** The board's newest. */
  picture(): Uint8Array;
}

export class Viewer {
  readonly id: number;
  readonly #response: ServerResponse;
  readonly #control: boolean;
  #greeted = false;
  #stateNumber = 0;
  /** Ticks that it has got, or was too slow for. */
  #ticks = 0;
  #pictureSent = 0;
  #pictureSeen = 0;
  /** Numbers of pictures sent and not yet seen. */
  #sent: number[] = [];
  #skippedPictures = 0;
  /** The newest that was left out: one is counted once. */
  #lastSkipped = 0;
  #stuckSinceMs: number | null = null;

  /** @param control it may give orders */
  constructor(id: number, response: ServerResponse, control: boolean) {
    this.id = id;
    this.#response = response;
    this.#control = control;
  }

  /** Pictures that it was too slow for. */
  get skippedPictures(): number {
    return this.#skippedPictures;
  }

  /** How long its connection has not taken what it was sent, ms. */
  stuckMs(nowMs: number): number {
    return this.#stuckSinceMs === null ? 0 : nowMs - this.#stuckSinceMs;
  }

  /** It has drawn a picture. */
  seen(picture: number): void {
    if (picture > this.#pictureSeen && picture <= this.#pictureSent) this.#pictureSeen = picture;
  }

  /** Sends what it has not got, or nothing while its connection is full. */
  pump(board: Board, encoding: ViewerEncoding, nowMs: number): void {
    const isPictureNew = (board.picture?.header.number ?? 0) > this.#pictureSent;
    if (this.#response.writableLength > 0) {
      this.#stuckSinceMs ??= nowMs;
      if (isPictureNew) this.#skip(board);
      return;
    }
    this.#stuckSinceMs = null;
    this.#sendUpdate(board, encoding);
    if (!isPictureNew) return;
    if (this.#underway >= MAX_PICTURES_UNDERWAY) return this.#skip(board);
    this.#pictureSent = board.picture!.header.number;
    this.#sent.push(this.#pictureSent);
    this.#response.write(encoding.picture());
  }

  /** Ends the stream; resolves once all of it has left, or after a while. */
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
    if (this.#greeted && !hasState && board.tickCount === this.#ticks) return;
    const { ticks, dropped } = board.since(this.#ticks);
    this.#response.write(
      encoding.update({
        ...(this.#greeted ? {} : { hello: { viewer: this.id, control: this.#control } }),
        ...(hasState ? { state: board.state } : {}),
        ticks,
        dropped: this.#greeted ? dropped : 0,
      }),
    );
    this.#greeted = true;
    this.#stateNumber = board.stateNumber;
    this.#ticks = board.tickCount;
  }

  get #underway(): number {
    this.#sent = this.#sent.filter((number) => number > this.#pictureSeen);
    return this.#sent.length;
  }

  #skip(board: Board): void {
    const { number } = board.picture!.header;
    if (number === this.#lastSkipped) return;
    this.#lastSkipped = number;
    this.#skippedPictures += 1;
  }
}
