/** A queue, a store and what this command asks of both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from './address.js';
import { Artefacts } from './artefacts.js';
import { openStore } from './open-store.js';
import { programBuild } from './program-build.js';
import { JobQueue, type Lane } from './queue.js';
import { lostText } from './server.js';
import { identify, type Store } from './store.js';

export interface FleetRequest {
  /** redis://... */
  readonly queue: string;
  /** A folder that all machines mount, or s3://... */
  readonly store: string;
  /** What a worker must have. */
  readonly needs: readonly string[];
}

export interface Fleet extends AsyncDisposable {
  readonly queue: JobQueue;
  readonly lane: Lane;
  readonly store: Store;
  readonly artefacts: Artefacts;
  readonly say: (text: string) => void;
}

/**
 * For a command that asks: what it fetches, it puts where it belongs, and keeps nothing else.
 *
 * @throws UnderstudyError as openFleet
 */
export async function openFleetToAsk(request: FleetRequest, say: (text: string) => void): Promise<Fleet> {
  const cache = mkdtempSync(join(tmpdir(), 'understudy-fleet-'));
  const remove = (): void => rmSync(cache, { recursive: true, force: true });
  try {
    const fleet = await openFleet(request, cache, say);
    return {
      ...fleet,
      [Symbol.asyncDispose]: async () => {
        await fleet[Symbol.asyncDispose]();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param cache local folder of files that were fetched
 * @throws UnderstudyError `bad-option`, `queue-failed`, `store-failed`
 */
export async function openFleet(request: FleetRequest, cache: string, say: (text: string) => void): Promise<Fleet> {
  const address = parseAddress(request.queue);
  const store = await openStore(request.store);
  const id = await identify(store, join(cache, 'stores'));
  const queue = await JobQueue.open(address, (lost) => say(lostText(address, lost)));
  return {
    ...{ queue, store, say },
    lane: { program: programBuild(), store: id, needs: [...request.needs].sort() },
    artefacts: new Artefacts(store, cache),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
