/**
 * The live page as the run uses it: starts the thread that serves the page and sends it messages. Never waits for the
 * thread: where it is behind, messages are left out.
 */
import { Worker } from 'node:worker_threads';
import { messageOf, UnderstudyError } from '../core/errors.js';
import type { CommandAnswer, PageOrder, WatchPicture, WatchState, WatchTick } from './messages.js';
import {
  errorFields,
  READ,
  VIEWERS,
  type ErrorFields,
  type FromServer,
  type ServerThreadSetup,
  type ToServer,
} from './thread-messages.js';

/** Unread messages, at most, when a tick is sent: a second at 240 Hz. More ticks are left out. */
const MAX_UNREAD = 256;
/** Pictures are left out as soon as this many messages wait. */
const MAX_UNREAD_FOR_PICTURE = 8;
/** How long the end may take, ms; then the thread is terminated. */
const END_WITHIN_MS = 1000;

export interface LivePageOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Carries out a command, on this thread; null: the page is read-only. */
  readonly onCommand: ((order: PageOrder) => CommandAnswer) | null;
  /** The page has ended while the run continues: why, as text for the user. */
  readonly onLost: (message: string) => void;
}

export class LivePage implements AsyncDisposable {
  /** The page's address, token included. */
  readonly url: string;
  readonly #worker: Worker;
  readonly #counts: Int32Array;
  readonly #exited: Promise<void>;
  #sent = 0;
  #dropped = 0;
  #ending = false;

  private constructor(worker: Worker, url: string, counts: Int32Array, { onCommand, onLost }: LivePageOptions) {
    this.#worker = worker;
    this.url = url;
    this.#counts = counts;
    worker.on('message', (message: FromServer) => {
      if (message.kind !== 'command' || onCommand === null) return;
      this.#post({ kind: 'answered', id: message.id, answer: answerOf(() => onCommand(message.order)) });
    });
    let failure: unknown = null;
    worker.on('error', (error) => (failure = error));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        if (!this.#ending)
          onLost(`the live page is gone: ${failure === null ? 'its thread ended' : messageOf(failure)}`);
        this.#ending = true;
        resolve();
      });
    });
    worker.unref();
  }

  /** @throws UnderstudyError `port-taken`, `package-missing` */
  static async open(options: LivePageOptions): Promise<LivePage> {
    const shared = new SharedArrayBuffer(8);
    const setup: ServerThreadSetup = { port: options.port, control: options.onCommand !== null, shared };
    const worker = new Worker(new URL('./server-thread.js', import.meta.url), { workerData: setup });
    const first = await new Promise<FromServer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.kind === 'listening') return new LivePage(worker, first.url, new Int32Array(shared), options);
    await worker.terminate();
    if (first.kind === 'failed') throw new UnderstudyError(first.error);
    throw new Error(`the page's thread began with '${first.kind}'`);
  }

  /** Number of pages that watch now. */
  get viewers(): number {
    return Atomics.load(this.#counts, VIEWERS);
  }

  /** Number of ticks that were left out because the thread was behind. */
  get droppedTicks(): number {
    return this.#dropped;
  }

  /** True where a picture would be sent: someone watches, and the thread is not behind. */
  get wantsPicture(): boolean {
    return !this.#ending && this.viewers > 0 && this.#unread < MAX_UNREAD_FOR_PICTURE;
  }

  /** While true, the page keeps the process running: nothing else may be under way yet. */
  keepProcess(keeps: boolean): void {
    if (keeps) this.#worker.ref();
    else this.#worker.unref();
  }

  setState(state: WatchState): void {
    this.#post({ kind: 'state', state });
  }

  add(tick: WatchTick): void {
    if (this.#unread >= MAX_UNREAD) this.#dropped += 1;
    else this.#post({ kind: 'tick', tick });
  }

  /** Takes ownership of the buffers. */
  setPicture(picture: WatchPicture): void {
    const buffers = [picture.colour.buffer, picture.gray.buffer] as ArrayBuffer[];
    this.#post({ kind: 'picture', picture }, buffers);
  }

  /** Ends the page and its streams, within a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ending) {
      this.#post({ kind: 'end' });
      this.#ending = true;
    }
    this.#worker.ref();
    const timer = setTimeout(() => void this.#worker.terminate(), END_WITHIN_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  get #unread(): number {
    return this.#sent - Atomics.load(this.#counts, READ);
  }

  #post(message: ToServer, transfer: ArrayBuffer[] = []): void {
    if (this.#ending) return;
    this.#sent += 1;
    this.#worker.postMessage(message, transfer);
  }
}

function answerOf(work: () => CommandAnswer): CommandAnswer | ErrorFields {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    return errorFields(error);
  }
}
