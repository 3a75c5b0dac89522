/** A share of the fights on a separate thread; only threads.ts may start it. */
import { parentPort, workerData } from 'node:worker_threads';
import { sentError, type SentError } from '../../core/sent-error.js';
import { actionsOf } from '../../policy/manifest.js';
import type { PlayedFight } from './settings.js';
import { playShare, type ShareSetup } from './share.js';

/** Messages from the thread. The only message to it, whatever it holds, means: stop. */
export type ShareMessage =
  | { readonly kind: 'fight'; readonly index: number; readonly fight: PlayedFight }
  | { readonly kind: 'progress'; readonly underWay: number }
  | { readonly kind: 'failed'; readonly error: SentError };

const port = parentPort!;
const say = (message: ShareMessage): void => port.postMessage(message);
/** A message carries plain data: the bundle's set of actions has lost its methods, so it is made again. */
function setupOf({ settings, ...shared }: ShareSetup): ShareSetup {
  const { bundle } = settings;
  return { ...shared, settings: { ...settings, bundle: { ...bundle, actions: actionsOf(bundle.manifest) } } };
}

const stop = new AbortController();
port.once('message', () => stop.abort());
try {
  await playShare(
    setupOf(workerData as ShareSetup),
    {
      onFight: (index, fight) => say({ kind: 'fight', index, fight }),
      onProgress: (underWay) => say({ kind: 'progress', underWay }),
    },
    stop.signal,
  );
} catch (error) {
  say({ kind: 'failed', error: sentError(error) });
} finally {
  port.close();
}
