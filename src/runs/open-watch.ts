/** The live page of a run, opened before the run so that its address is known during the wait for a window. */
import type { LiveWatch } from '../watch/live-watch.js';
import type { WatchRequest } from './request.js';

/** Loaded only when it is asked for. The caller closes it. @throws UnderstudyError `port-taken`, `package-missing` */
export async function openWatch(request: WatchRequest | null, say: (text: string) => void): Promise<LiveWatch | null> {
  if (request === null) return null;
  const { LiveWatch } = await import('../watch/live-watch.js');
  return await LiveWatch.open({ ...request, say });
}
