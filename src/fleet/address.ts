/** Where a queue is: the address of a Redis server. It may hold a password, which is never shown. */
import { badOption } from '../core/errors.js';

export interface QueueAddress {
  /** As given. Never print it. */
  readonly url: string;
  /** The same without user and password. */
  readonly shown: string;
}

const NEXT = 'Give it as redis://host:6379, or rediss://user:password@host:6380/0 with TLS and a password.';

/** @throws UnderstudyError `bad-option` */
export function parseAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  // the text is not repeated: what is wrong with it may be its password
  if (url === null) throw badOption('--queue is no address of a server.', NEXT);
  if (!['redis:', 'rediss:'].includes(url.protocol)) {
    throw badOption(`--queue begins with ${url.protocol}//; a queue is on a Redis server.`, NEXT);
  }
  if (url.hostname === '') throw badOption('--queue names no host.', NEXT);
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname}` };
}
