/** The videos of one camera: episodes one after the other; a new file begins once the last is large enough. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { makeFolders } from '../core/make-folders.js';
import { evenSize, padToEven } from '../session/even-size.js';
import { Mp4Encoder } from '../session/video.js';
import type { BgraImage } from '../vision/image-file.js';
import { MB, placeOf, VIDEO_FILE_MB, videoFile, type CameraSize } from './layout.js';
import type { EpisodeVideo } from './tables.js';

/** A file is in memory until it is whole, and an episode cannot be in two. */
const MOST_FILE_MB = 300;

/** Every second picture at 10 Hz: a training reads single pictures, and each needs those from the key frame on. */
const KEY_FRAMES_PER_SECOND = 5;

export class VideoFiles {
  readonly #folder: string;
  readonly #camera: string;
  readonly #size: CameraSize;
  readonly #fps: number;
  #number: number;
  #encoder: Mp4Encoder | null = null;
  #frames = 0;
  #episodeFrom = 0;
  #padded = new Uint8Array(0);

  /**
   * @param size of the pictures; those of a video are rounded up to even numbers
   * @param number of the first file
   */
  constructor(folder: string, camera: string, size: CameraSize, fps: number, number = 0) {
    this.#folder = folder;
    this.#camera = camera;
    this.#size = size;
    this.#fps = fps;
    this.#number = number;
  }

  /** Begins an episode, in a new file where the last is large enough. */
  async begin(): Promise<void> {
    if (this.#encoder !== null && this.#encoder.codedBytes > VIDEO_FILE_MB * MB) await this.#finishFile();
    this.#episodeFrom = this.#frames;
  }

  /** Adds a picture of the size of this camera; copied. @throws UnderstudyError `dataset-invalid` for too long an episode */
  async add({ width, height, pixels }: BgraImage): Promise<void> {
    const even = evenSize(this.#size);
    this.#encoder ??= await Mp4Encoder.create({
      ...even,
      rateHz: this.#fps,
      keyFramesPerSecond: KEY_FRAMES_PER_SECOND,
      container: 'whole',
      write: (bytes) => (this.#whole = bytes),
    });
    if (this.#encoder.codedBytes > MOST_FILE_MB * MB) throw tooLong(this.#camera, this.#frames - this.#episodeFrom);
    const isEven = even.width === width && even.height === height;
    if (!isEven) this.#padded = padToEven(pixels, width, height, this.#padded);
    await this.#encoder.encode(isEven ? pixels : this.#padded);
    this.#frames += 1;
  }

  /** Where the episode is. Times are frames by the rate, never sums of durations: a reader looks for them to 0.1 ms. */
  end(): EpisodeVideo {
    return {
      ...placeOf(this.#number),
      from: this.#episodeFrom / this.#fps,
      to: this.#frames / this.#fps,
    };
  }

  /** Writes the last file. */
  async finish(): Promise<void> {
    if (this.#encoder !== null) await this.#finishFile();
  }

  #whole: Uint8Array = new Uint8Array(0);

  async #finishFile(): Promise<void> {
    const encoder = this.#encoder!;
    this.#encoder = null;
    await encoder.finish();
    const path = join(this.#folder, videoFile(this.#camera, placeOf(this.#number)));
    makeFolders(dirname(path));
    await writeFile(path, this.#whole, { flag: 'wx', flush: true });
    this.#whole = new Uint8Array(0);
    this.#number += 1;
    this.#frames = 0;
  }
}

function tooLong(camera: string, frames: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `One fight has ${frames} frames and over ${MOST_FILE_MB} MB of video (${camera}), and an episode is in one file.`,
    next: 'Mark shorter fights (`understudy session mark`), or leave this session out.',
  });
}
