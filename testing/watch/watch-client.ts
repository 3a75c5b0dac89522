/** A program that watches a live page's stream as the page does: reads messages, says which pictures it has drawn. */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { WatchPicture, WatchUpdate } from '../../src/watch/messages.js';
import { WireReader } from '../../src/watch/wire.js';

export interface WatchClient extends Disposable {
  readonly updates: readonly WatchUpdate[];
  readonly pictures: readonly WatchPicture[];
  readonly response: IncomingMessage;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** Resolves once the server has handled every message of this client that it has drawn a picture. */
  acknowledged(): Promise<void>;
  /** Resolves once `holds()` is true; looks whenever something has arrived. */
  until(holds: () => boolean): Promise<void>;
}

export interface WatchClientOptions {
  /** Says that it has drawn each picture, so that more come. Default true. */
  readonly acknowledges?: boolean;
  /** Reads nothing at all. Default false. */
  readonly readsNothing?: boolean;
}

/** Opens the stream of the page at `url`, its token included. */
export async function watchStream(url: string, options: WatchClientOptions = {}): Promise<WatchClient> {
  const { acknowledges = true, readsNothing = false } = options;
  const { origin, searchParams } = new URL(url);
  const token = searchParams.get('token')!;
  const asked: ClientRequest = request(`${origin}/stream?token=${token}`);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const updates: WatchUpdate[] = [];
  const pictures: WatchPicture[] = [];
  const checks = new Set<() => void>();
  const wire = new WireReader();
  const underway = new Set<Promise<void>>();
  let viewer = 0;
  const take = (chunk: Buffer): void => {
    for (const message of wire.read(chunk)) {
      if (message.kind === 'update') {
        updates.push(message.update);
        viewer = message.update.hello?.viewer ?? viewer;
      } else {
        pictures.push(message.picture);
        if (!acknowledges) continue;
        const said = acknowledge(origin, token, viewer, message.picture.header.number);
        underway.add(said);
        void said.then(() => underway.delete(said));
      }
    }
    for (const check of checks) check();
  };
  if (readsNothing) response.pause();
  else response.on('data', take);
  return {
    updates,
    pictures,
    response,
    ended: new Promise((resolve) => response.once('close', () => resolve())),
    acknowledged: async () => void (await Promise.all(underway)),
    until: (holds) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!holds()) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
    [Symbol.dispose]: () => void asked.destroy(),
  };
}

/** As the page does; a server that is gone is not a failure of the viewer. */
async function acknowledge(origin: string, token: string, viewer: number, picture: number): Promise<void> {
  await fetch(`${origin}/seen?viewer=${viewer}&picture=${picture}&token=${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: '{}',
  }).catch(() => undefined);
}
