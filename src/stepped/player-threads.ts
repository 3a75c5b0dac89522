/** Plays fights on several threads that stay from one update to the next: a model of 10 MB is loaded once. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { receivedError } from '../core/sent-error.js';
import type { Bundle } from '../policy/bundle.js';
import '../policy/onnx-session.js'; // sets what must be set before a thread that loads models is made
import { rulesOf, type GameName } from './games/index.js';
import type { FightsToPlay, PlaysBy, PracticeFight } from './play-fights.js';
import type { Order, PlayerMessage, PlayerRequest, PlayerSetup } from './player-thread.js';

const MOST_THREADS = 8;

/** How long a thread may take to end its fights when it is told to stop, ms. */
const STOP_WITHIN_MS = 1000;

/** A program has 1 s after its input ended and 3 s after SIGTERM before it is killed, ms. */
const CLOSE_WITHIN_MS = 10_000;

export interface ThreadsOptions {
  readonly bundle: Bundle;
  /** Default: as it says itself. */
  readonly playsBy?: PlaysBy;
  /** Periods a second; default: the bundle's. */
  readonly rateHz?: number;
  readonly game: GameName;
  /** >= 1 */
  readonly threads: number;
  /** Of an order as a rule: each thread plays its part of them at a time. */
  readonly fights: number;
}

export interface FightsOrder extends Pick<FightsToPlay, 'practice' | 'signal'> {
  /** The head's graph. */
  readonly head: Uint8Array;
  /** Fight i, 0-based, has the seed `firstSeed` + i. */
  readonly firstSeed: number;
  readonly fights: number;
  readonly onFight: (finished: number, fight: PracticeFight) => void;
}

export class PlayerThreads implements AsyncDisposable {
  readonly #workers: readonly Worker[];
  /** Groups of the programs that the threads started: a thread that is ended from here cannot end them. */
  readonly #groups = new Set<number>();
  readonly #killAtExit = (): void => {
    for (const group of this.#groups) killGroup(group);
  };

  constructor({ bundle, playsBy = {}, rateHz = bundle.manifest.fps, game, threads, fights }: ThreadsOptions) {
    const slots = Math.min(rulesOf(game).mostAtATime, Math.ceil(fights / threads));
    const setup: PlayerSetup = { bundle, playsBy, rateHz, game, slots };
    const start = (): Worker => new Worker(new URL('./player-thread.js', import.meta.url), { workerData: setup });
    this.#workers = Array.from({ length: threads }, start);
    process.on('exit', this.#killAtExit);
    for (const worker of this.#workers) {
      worker.on('message', (message: PlayerMessage) => {
        if (message.kind === 'opened') for (const group of message.processes) this.#groups.add(group);
      });
    }
  }

  /**
   * Plays the fights; one order at a time.
   *
   * @returns them in the order of their seeds, or null where the signal aborted
   * @throws UnderstudyError as `playFights`
   */
  async play({ signal, onFight, ...order }: FightsOrder): Promise<readonly PracticeFight[] | null> {
    const played: PracticeFight[] = [];
    let finished = 0;
    const keep = (fight: PracticeFight): void => {
      played[fight.seed - order.firstSeed] = fight;
      finished += 1;
      onFight(finished, fight);
    };
    const sent: Order = { ...order, next: new SharedArrayBuffer(4) };
    const failed = new AbortController(); // one thread: the others need not go through all fights
    const either = AbortSignal.any([signal, failed.signal]);
    const playHere = async (worker: Worker): Promise<void> => {
      await playOn(worker, sent, either, keep).catch((error: unknown) => {
        failed.abort();
        throw error;
      });
    };
    const ends = await Promise.allSettled(this.#workers.map(playHere));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return finished === order.fights ? played : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(closeWorker));
    process.off('exit', this.#killAtExit);
  }
}

/**
 * Fights of an agent as it plays: by its thresholds, or what its bundle says instead.
 *
 * @returns as {@link PlayerThreads.play}
 */
export async function playAsItDoes(
  asked: Omit<ThreadsOptions, 'threads'> &
    Pick<FightsOrder, 'firstSeed' | 'signal' | 'onFight'> & { readonly threads?: number },
): Promise<readonly PracticeFight[] | null> {
  const { bundle, firstSeed, fights, signal, onFight, threads = usualThreads() } = asked;
  await using players = new PlayerThreads({ ...asked, threads });
  return await players.play({ head: bundle.head, practice: null, firstSeed, fights, signal, onFight });
}

/** As many as there are cores, and not more than a game is likely to bear. */
export const usualThreads = (): number => Math.min(availableParallelism(), MOST_THREADS);

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** Lets it end its games; one that is stuck is ended all the same. */
async function closeWorker(worker: Worker): Promise<void> {
  const over = new AbortController();
  const closed = new Promise<void>((resolve) => {
    worker.on('message', ({ kind }: PlayerMessage) => kind === 'closed' && resolve());
    worker.on('error', () => resolve()).on('exit', () => resolve());
  });
  worker.postMessage('close' satisfies PlayerRequest);
  await Promise.race([closed, delay(CLOSE_WITHIN_MS, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
  await worker.terminate();
}

async function playOn(
  worker: Worker,
  order: Order,
  signal: AbortSignal,
  onFight: (fight: PracticeFight) => void,
): Promise<void> {
  const tell = (request: PlayerRequest): void => worker.postMessage(request);
  const over = new AbortController(); // takes the listeners away
  try {
    await new Promise<void>((resolve, reject) => {
      const hear = (message: PlayerMessage): void => {
        if (message.kind === 'fight') onFight(message.fight);
        else if (message.kind === 'done') resolve();
        else if (message.kind === 'failed') reject(receivedError(message.error));
      };
      const died = (code: number): void => reject(new Error(`a thread that plays fights ended with code ${code}`));
      worker.on('message', hear).on('error', reject).on('exit', died);
      over.signal.addEventListener('abort', () => {
        worker.off('message', hear).off('error', reject).off('exit', died);
      });
      tell(order);
      const stop = (): void => {
        tell('stop');
        // a program may be long with its answer: the thread is closed then, and its programs with it
        setTimeout(resolve, STOP_WITHIN_MS).unref();
      };
      signal.addEventListener('abort', stop, { signal: over.signal });
      if (signal.aborted) stop();
    });
  } finally {
    over.abort();
  }
}
