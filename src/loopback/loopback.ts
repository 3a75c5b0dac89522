/**
 * What every page that this program serves has in common: it can be reached from this machine only, by the server's own
 * name only, and gives nothing of value without the token in the page's address. Knows no page.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnderstudyError } from '../core/errors.js';

/** The only address that is listened on. */
export const LOOPBACK = '127.0.0.1';

/** 128 random bits, in hex. */
export function makeToken(): string {
  return randomBytes(16).toString('hex');
}

/** Compares in constant time. */
export function isToken(got: string | null, expected: string): boolean {
  const [gotBytes, expectedBytes] = [Buffer.from(got ?? ''), Buffer.from(expected)];
  return gotBytes.length === expectedBytes.length && timingSafeEqual(gotBytes, expectedBytes);
}

/**
 * True where the request names this server, and was not sent by a page of another server. A page elsewhere whose name
 * resolves to this address (DNS rebinding) sends that name, and is refused.
 */
export function isOwnName({ headers }: IncomingMessage, port: number): boolean {
  const names = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !names.includes(host)) return false;
  return origin === undefined || names.some((name) => origin === `http://${name}`);
}

/** The port of a listening server. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Listens on {@link LOOPBACK}.
 *
 * @param port 0: any that is free
 * @param option of the command line that names the port, for the message
 * @throws UnderstudyError `port-taken` where the port cannot be used
 */
export async function listenOnLoopback(server: Server, port: number, option: string): Promise<void> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portError(port, option, error);
  }
}

/** Closes the server and cuts its open connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Sends a whole answer, with the headers that every answer has. @param contentPolicy what the page may load */
export function send(
  response: ServerResponse,
  contentPolicy: string,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.writeHead(status, {
    ...answerHeaders(contentPolicy, type),
    'content-length': Buffer.byteLength(body),
    // a request's body that was refused unread must not be read as the next request
    ...(status === 200 ? {} : { connection: 'close' }),
  });
  response.end(body);
}

/** Headers of every answer. */
export function answerHeaders(contentPolicy: string, type: string): Record<string, string> {
  return {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': contentPolicy,
  };
}

function portError(port: number, option: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EADDRINUSE' ? 'another program listens there' : 'this user may not listen there';
  return new UnderstudyError({
    kind: 'environment',
    code: 'port-taken',
    message: `Port ${port} on ${LOOPBACK} cannot be used: ${why}.`,
    next: `Choose another one with ${option}, or leave ${option} out to take any that is free.`,
    cause: error,
  });
}
