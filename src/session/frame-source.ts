/**
 * A recorded session as a source of frames: its pictures come again, each at its recorded time on the given clock. On a
 * virtual clock every replay of a session gives the same frames. Presses nothing and never uses the log of keys.
 */
import type { Clock } from '../core/clock.js';
import type { Frame, FrameSource } from '../core/frame.js';
import { WHOLE_WINDOW, contractDifference, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { grayToBgra } from '../vision/gray-picture.js';
import type { BgraImage } from '../vision/image-file.js';
import { readGrayFrames } from './gray-file.js';
import { pictureOrigin } from './load-frames.js';
import { readVideo } from './read-video.js';
import { frameTimeMs, type Session } from './session.js';

/** Replays a session. Frame 0 is due when the source is created. */
export class SessionFrameSource implements FrameSource {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #pictures: AsyncGenerator<BgraImage, void, void>;
  readonly #startMs: number;
  #inVideo = -1;
  #picture: BgraImage | null = null;
  #ended = false;
  #given = -1;

  /**
   * Opens a session. Lossless frames made by `contract` over the whole window are replayed as gray pictures of the
   * contract's size, which the preprocessor of that contract does not change; otherwise the video is decoded.
   *
   * @throws UnderstudyError as pictureOrigin
   */
  static async open(session: Session, contract: PreprocessingContract, clock: Clock): Promise<SessionFrameSource> {
    const origin = await pictureOrigin(session, contract);
    const isWhole = contractDifference(contract, { ...contract, crop: WHOLE_WINDOW }) === null;
    const pictures =
      origin === 'lossless' && isWhole
        ? grayPictures(session.files.gray, contract)
        : readVideo(session.files.video, session.header);
    return new SessionFrameSource(session, pictures, clock);
  }

  private constructor(session: Session, pictures: AsyncGenerator<BgraImage, void, void>, clock: Clock) {
    this.#session = session;
    this.#pictures = pictures;
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  /** True once the last frame was given: every later `next` returns null. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The newest frame that is due now; when that one was given already, waits for the next until `deadlineMs`. */
  async next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    const { frames } = this.#session;
    if (this.#given + 1 >= frames.count) this.#ended = true;
    if (this.#ended || signal.aborted) return null;
    const nextDueMs = this.#dueMs(this.#given + 1);
    if (nextDueMs > this.#clock.nowMs()) {
      await this.#clock.sleepUntil(Math.min(nextDueMs, deadlineMs), signal);
      if (nextDueMs > this.#clock.nowMs()) return null;
    }
    let newest = this.#given + 1;
    while (newest + 1 < frames.count && this.#dueMs(newest + 1) <= this.#clock.nowMs()) newest += 1;
    const picture = await this.#pictureOf(newest);
    this.#ended = picture === null;
    if (picture === null) return null;
    this.#given = newest;
    return {
      index: newest,
      capturedAtMs: this.#dueMs(newest),
      capturedAtUnixMs: frames.times[newest] * 1000,
      width: picture.width,
      height: picture.height,
      pixels: picture.pixels,
      repeated: frames.duplicate[newest] === 1,
      stale: false,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#pictures.return();
  }

  #dueMs(position: number): number {
    return this.#startMs + frameTimeMs(this.#session, position);
  }

  async #pictureOf(position: number): Promise<BgraImage | null> {
    const { videoIndex } = this.#session.frames;
    while (this.#inVideo < videoIndex[position]) {
      const { value, done } = await this.#pictures.next();
      if (done === true) return null;
      this.#picture = value;
      this.#inVideo += 1;
    }
    return this.#picture;
  }
}

/** Gray frames as BGRA pictures of the same size; the preprocessor of their contract then changes no byte. */
async function* grayPictures(path: string, contract: PreprocessingContract): AsyncGenerator<BgraImage, void, void> {
  const { width, height } = contract;
  const pixels = new Uint8Array(width * height * 4);
  for await (const gray of readGrayFrames(path)) yield { width, height, pixels: grayToBgra(gray, pixels) };
}
