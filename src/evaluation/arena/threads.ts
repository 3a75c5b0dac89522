/** Plays fights on several threads: drawing and computing cost about the same, and one core does one thing at a time. */
import { Worker } from 'node:worker_threads';
import { receivedError } from '../../core/sent-error.js';
import type { ModelOpener } from '../../policy/model.js';
import type { PlayedFight } from './settings.js';
import type { ShareMessage } from './share-thread.js';
import { playShare, type ShareEvents, type ShareSetup } from './share.js';

export interface ThreadsOptions extends Omit<ShareSetup, 'next'> {
  /** >= 1; with 1 the fights are played on the caller's thread. */
  readonly threads: number;
  /** Default onnxruntime; another engine needs `threads` 1. */
  readonly openModel?: ModelOpener | undefined;
  readonly signal: AbortSignal;
  /** @param finished fights that have ended; `done` also counts parts of those under way, 0..fights */
  readonly onProgress: (progress: { readonly done: number; readonly finished: number }) => void;
}

/**
 * Plays all fights.
 *
 * @returns them in the order of their seeds, or null when the signal aborted
 * @throws UnderstudyError as `playShare`
 */
export async function playOnThreads(options: ThreadsOptions): Promise<PlayedFight[] | null> {
  const { settings, fights, threads, signal, onProgress } = options;
  const batchSize = Math.min(options.batchSize, Math.ceil(fights / threads));
  const setup: ShareSetup = { settings, fights, batchSize, next: new SharedArrayBuffer(4) };
  const played: (PlayedFight | undefined)[] = Array.from({ length: fights });
  const underWay = new Array<number>(threads).fill(0);
  let finished = 0;
  const eventsOf = (thread: number): ShareEvents => ({
    onFight: (index, fight) => {
      played[index] = fight;
      finished += 1;
      onProgress({ done: finished, finished });
    },
    onProgress: (parts) => {
      underWay[thread] = parts;
      const done = Math.min(fights, finished + underWay.reduce((sum, part) => sum + part, 0));
      onProgress({ done, finished });
    },
  });
  if (threads > 1 && options.openModel !== undefined) throw new Error('an engine cannot be handed to another thread');
  if (threads === 1) await playShare(setup, eventsOf(0), signal, options.openModel);
  else await Promise.all(Array.from({ length: threads }, (_, thread) => runThread(setup, eventsOf(thread), signal)));
  const whole = played.filter((fight) => fight !== undefined);
  return whole.length === fights ? whole : null;
}

/** Starts a thread and waits until it has ended. One that fails does not stop the others: each would fail in the same way. */
async function runThread(setup: ShareSetup, events: ShareEvents, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('./share-thread.js', import.meta.url), { workerData: setup });
  let failure: Error | null = null;
  worker.on('message', (message: ShareMessage) => {
    if (message.kind === 'fight') events.onFight(message.index, message.fight);
    else if (message.kind === 'progress') events.onProgress(message.underWay);
    else failure = receivedError(message.error);
  });
  const stop = (): void => worker.postMessage('stop');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const code = await new Promise<number>((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    if (failure !== null) throw failure as Error;
    if (code !== 0) throw new Error(`a thread that plays fights ended with code ${code}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
