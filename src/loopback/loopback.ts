/**
 * What every page that this program serves has in common: reachable from this machine only, under its own name only,
 * and nothing of value without the token in the page's address. Knows no page.
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
 * True where the request was sent to this server by its own name, and by no page of another. A page elsewhere that
 * resolves its own name to this address (DNS rebinding) sends its own name.
 */
export function isOwnName({ headers }: IncomingMessage, port: number): boolean {
  const names = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !names.includes(host)) return false;
  return origin === undefined || names.some((name) => origin === `http://${name}`);
}

/** The port that a listening server has. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Listens on {@link LOOPBACK}.
 *
 * @param port 0: any that is free
 * @param option of the command line that names the port, for the message
 * @throws UnderstudyError `port-taken` where the port cannot be had
 */
export async function listenOnLoopback(server: Server, port: number, option: string): Promise<void> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portError(port, option, error);
  }
}

/** Cuts open connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Answers whole, with the headers that every answer has. @param contentPolicy what the page may load */
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
    // a body that was refused unread must not be taken for the next request
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
    message: `Port ${port} on ${LOOPBACK} cannot be had: ${why}.`,
    next: `Choose another one with ${option}, or leave ${option} away to take any that is free.`,
    cause: error,
  });
}
