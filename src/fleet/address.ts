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
  // a password with a slash that is not written as %2F ends up here
  if (!/^\/?\d{0,4}$/.test(url.pathname)) {
    throw badOption('--queue names a path that is not a database: a number, or nothing.', `${NEXT} Write / as %2F.`);
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw badOption('--queue has a user or a password that cannot be read.', `${NEXT} Write % as %25.`);
  }
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname}` };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
