/**
 * The recorder's side of the video thread: passes pictures to it without waiting. The number of pictures on their way is
 * bounded; when the encoder or the disk is behind, a slot repeats the picture before instead, which costs no memory.
 */
import { Worker } from 'node:worker_threads';
import { UnderstudyError, messageOf } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';
import type { VideoThreadReply, VideoThreadRequest, VideoThreadSetup } from './video-thread.js';

/**
 * Pictures on their way to the thread: 0.5 s at 10 Hz, 18 MB at 720p. With the two inside the encoder and a fragment of
 * 0.2 s (video.ts) the video is at most 0.9 s behind the pictures that were taken: a kill loses no more than that.
 */
export const PICTURES_UNDER_WAY = 5;

/** Requests on their way besides pictures; further repeats are counted and sent later as one request. */
const REPEATS_UNDER_WAY = 8;

/** The video thread as the recorder sees it; tests pass another implementation. */
export interface PictureThread {
  post(request: VideoThreadRequest, transfer: readonly ArrayBuffer[]): void;
  /** Called for each reply. */
  onReply: (reply: VideoThreadReply) => void;
  /** Called when the thread has ended without having finished. */
  onGone: (error: Error) => void;
}

/** Starts the worker. */
export function startVideoThread(setup: VideoThreadSetup): PictureThread {
  const worker = new Worker(new URL('./video-thread.js', import.meta.url), { workerData: setup });
  const thread: PictureThread = {
    post: (request, transfer) => worker.postMessage(request, transfer),
    onReply: () => undefined,
    onGone: () => undefined,
  };
  worker.on('message', (reply: VideoThreadReply) => thread.onReply(reply));
  worker.on('error', (error) => thread.onGone(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => thread.onGone(new Error('the video thread ended early')));
  return thread;
}

export class PictureWriter {
  readonly #thread: PictureThread;
  readonly #pictureBytes: number;
  readonly #onFailure: (error: UnderstudyError) => void;
  readonly #free: ArrayBuffer[] = [];
  #allocated = 0;
  #underWay = 0;
  #owedRepeats = 0;
  #failed = false;
  #ready = false;
  #finished = false;
  #waiters: (() => void)[] = [];

  /** @param onFailure called once; every later picture is dropped */
  constructor(thread: PictureThread, pictureBytes: number, onFailure: (error: UnderstudyError) => void) {
    this.#thread = thread;
    this.#pictureBytes = pictureBytes;
    this.#onFailure = onFailure;
    thread.onReply = (reply) => this.#take(reply);
    thread.onGone = (error) => {
      if (this.#finished) return;
      this.#fail(error);
      this.#finish();
    };
  }

  /** Creates the files; resolves when pictures can be written, or when that has failed. */
  async open(): Promise<void> {
    this.#thread.post({ kind: 'open' }, []);
    while (!this.#ready && !this.#finished) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** True when a picture would be taken now, not replaced by a repeat. */
  get hasRoom(): boolean {
    return this.#free.length > 0 || this.#allocated < PICTURES_UNDER_WAY;
  }

  /** Resolves when there is room again, or the thread has failed. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#failed && !this.#finished) await new Promise<void>((r) => this.#waiters.push(r));
  }

  /** Copies the next slot's picture or, without room, repeats the one before. @returns false when repeated */
  picture(pixels: Uint8Array): boolean {
    if (!this.hasRoom || this.#failed) {
      this.repeat(1);
      return false;
    }
    this.#sendRepeats();
    let buffer = this.#free.pop();
    if (buffer === undefined) {
      buffer = new ArrayBuffer(this.#pictureBytes);
      this.#allocated += 1;
    }
    new Uint8Array(buffer).set(pixels.subarray(0, this.#pictureBytes));
    this.#post({ kind: 'picture', pixels: buffer }, [buffer]);
    return true;
  }

  /** Repeats the picture before in the next `times` slots. */
  repeat(times: number): void {
    if (times === 0 || this.#failed) return;
    this.#owedRepeats += times;
    if (this.#underWay < PICTURES_UNDER_WAY + REPEATS_UNDER_WAY) this.#sendRepeats();
  }

  /** Resolves when the files are complete and closed, or the thread has ended. */
  async finish(): Promise<void> {
    if (this.#finished) return;
    this.#sendRepeats();
    this.#thread.post({ kind: 'finish' }, []);
    while (!this.#finished) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #sendRepeats(): void {
    if (this.#owedRepeats === 0) return;
    this.#post({ kind: 'repeat', times: this.#owedRepeats }, []);
    this.#owedRepeats = 0;
  }

  #post(request: VideoThreadRequest, transfer: readonly ArrayBuffer[]): void {
    this.#underWay += 1;
    this.#thread.post(request, transfer);
  }

  #take(reply: VideoThreadReply): void {
    if (reply.kind === 'failed') this.#fail(Object.assign(new Error(reply.message), { code: reply.code }));
    else if (reply.kind === 'finished') this.#finish();
    else if (reply.kind === 'ready') this.#ready = true;
    else {
      this.#underWay -= 1;
      if (reply.pixels !== null) this.#free.push(reply.pixels);
      this.#sendRepeats();
    }
    this.#wake();
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure(writeFailed('the video', error));
  }

  #finish(): void {
    this.#finished = true;
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** The error for a file of the session that cannot be written. @param error may have the system's code, such as ENOSPC */
export function writeFailed(what: string, error: unknown): UnderstudyError {
  const { code } = error as { code?: unknown };
  const message = messageOf(error);
  if (code === 'package-missing') {
    return new UnderstudyError({
      kind: 'environment',
      code,
      message,
      next: `${reinstallAdvice()} Or leave the video out where the verb has --no-video.`,
    });
  }
  return new UnderstudyError({
    kind: 'environment',
    code: 'write-failed',
    message: `Writing ${what} failed: ${message}. What was written before is kept.`,
    next:
      code === 'ENOSPC'
        ? 'Free space on the disk; `understudy session repair` completes what is there.'
        : code === 'EEXIST'
          ? 'Choose another name: a session is never overwritten.'
          : '`understudy session repair` completes what is there.',
  });
}
