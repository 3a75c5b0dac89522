/**
 * The worker that turns pictures into the video and the file of gray frames. Only this thread waits for the encoder and
 * the disk; the recorder's thread never does. Only picture-writer.ts starts it.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { giveWay } from '../core/give-way.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { GrayFileWriter } from './gray-file.js';
import { padToEven, evenSize } from './even-size.js';
import { Mp4Encoder } from './video.js';

/** The worker's data at its start. */
export interface VideoThreadSetup {
  /** Null: only gray frames, no video. */
  readonly videoPath: string | null;
  /** Null: only the video, no gray frames. */
  readonly gray: { readonly path: string; readonly contract: PreprocessingContract } | null;
  readonly width: number;
  readonly height: number;
  readonly rateHz: number;
  /** Run at the lowest priority: for the video of a run that must not be late. Default false. */
  readonly background?: boolean;
}

/** Requests to the worker, in the order of the slots. `pixels` comes back in a reply. */
export type VideoThreadRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'picture'; readonly pixels: ArrayBuffer }
  | { readonly kind: 'repeat'; readonly times: number }
  | { readonly kind: 'finish' };

/** Its replies: one for each request, and `failed` at most once; after that it only returns buffers. */
export type VideoThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly pixels: ArrayBuffer | null }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string }
  | { readonly kind: 'finished' };

class VideoThread {
  readonly #setup: VideoThreadSetup;
  readonly #preprocessor: Preprocessor | null;
  #gray: GrayFileWriter | null = null;
  #encoder: Mp4Encoder | null = null;
  #videoFd: number | null = null;
  #padded = new Uint8Array(0);
  #failed = false;

  constructor(setup: VideoThreadSetup) {
    this.#setup = setup;
    this.#preprocessor = setup.gray === null ? null : new Preprocessor(setup.gray.contract);
  }

  /** Serves one request. A failure is reported once; it ends the writing, not the thread. */
  async serve(request: VideoThreadRequest): Promise<void> {
    try {
      if (!this.#failed) await this.#write(request);
    } catch (error) {
      this.#failed = true;
      const code = (error as { code?: unknown }).code;
      reply({ kind: 'failed', message: messageOf(error), code: typeof code === 'string' ? code : '' });
    }
    if (request.kind === 'finish') await this.#close();
    else if (request.kind === 'open') reply({ kind: 'ready' });
    else if (request.kind === 'repeat') reply({ kind: 'done', pixels: null });
    else reply({ kind: 'done', pixels: request.pixels }, [request.pixels]);
  }

  async #write(request: VideoThreadRequest): Promise<void> {
    if (request.kind === 'open') {
      await this.#open();
    } else if (request.kind === 'picture') {
      const { width, height } = this.#setup;
      const pixels = new Uint8Array(request.pixels, 0, width * height * 4);
      if (this.#preprocessor !== null) {
        this.#preprocessor.process({ width, height, pixels });
        this.#gray?.write(this.#preprocessor.gray);
      }
      await this.#encoder?.encode(this.#even(pixels));
    } else if (request.kind === 'repeat') {
      for (let i = 0; i < request.times; i += 1) {
        this.#gray?.write(null);
        await this.#encoder?.encode(null);
      }
    }
  }

  async #open(): Promise<void> {
    const { gray, videoPath, rateHz, background = false } = this.#setup;
    if (background) giveWay(); // the encoder's threads inherit the priority of this one
    if (gray !== null) this.#gray = new GrayFileWriter(gray.path, gray.contract);
    if (videoPath === null) return;
    const fd = openSync(videoPath, 'wx');
    this.#videoFd = fd;
    const write = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    };
    this.#encoder = await Mp4Encoder.create({ ...evenSize(this.#setup), rateHz, write });
  }

  #even(pixels: Uint8Array): Uint8Array {
    const { width, height } = this.#setup;
    if (width % 2 === 0 && height % 2 === 0) return pixels;
    this.#padded = padToEven(pixels, width, height, this.#padded);
    return this.#padded;
  }

  async #close(): Promise<void> {
    try {
      await this.#encoder?.finish();
      if (this.#videoFd !== null) fsyncSync(this.#videoFd);
    } catch (error) {
      if (!this.#failed) reply({ kind: 'failed', message: messageOf(error), code: '' });
    }
    if (this.#videoFd !== null) closeSync(this.#videoFd);
    this.#gray?.close();
    reply({ kind: 'finished' });
    parentPort?.close();
  }
}

function reply(message: VideoThreadReply, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

const thread = new VideoThread(workerData as VideoThreadSetup);
let serving = Promise.resolve();
parentPort?.on('message', (request: VideoThreadRequest) => {
  serving = serving.then(() => thread.serve(request));
});
