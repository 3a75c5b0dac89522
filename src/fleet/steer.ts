/** What `queue` does on a queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import { orAborted } from '../core/unless-aborted.js';
import type { Output } from '../terminal/output.js';
import type { JobQueue } from './queue.js';
import { statusOf, statusText } from './status.js';

const WATCH_EVERY_MS = 2000;

/** Prints what the queue holds; with `again` a new document or table every two seconds until the signal. */
export async function showStatus(queue: JobQueue, output: Output, again: boolean, signal: AbortSignal): Promise<void> {
  do {
    const status = await orAborted(statusOf(queue), signal);
    if (status === null) return;
    output.answer(status, statusText(status));
    if (again) await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
  } while (again && !signal.aborted);
}
