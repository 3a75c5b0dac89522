/** Servers that speak S3: one that keeps what it gets (moto), and ones that answer as a test wants. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lacksPython, PYTHON } from '../models/keras-python.js';

/** The skip reason where there is no such server, or false. */
export const LACKS_S3_SERVER = lacksPython('moto.server');

/** What requests are signed with; neither server knows it. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'ACCESSKEYOFTESTS',
  AWS_SECRET_ACCESS_KEY: 'secret/of+tests',
} as const;

export interface S3Server extends AsyncDisposable {
  /** As `http://127.0.0.1:4711`. */
  readonly endpoint: string;
}

/** Starts moto, which keeps objects in memory and does not check signatures. @param bucket made at the start */
export async function startS3Server(bucket: string): Promise<S3Server> {
  const child = spawn(PYTHON, ['-u', '-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /Running on (http:\S+)/.exec(said);
      if (found !== null) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`moto has ended: ${said}`)));
  });
  await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return {
    endpoint,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface PretendedServer extends S3Server {
  /** Method and address of each request, in the order in which they came. */
  readonly asked: string[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A server whose bucket is empty, and which answers requests for files as told.
 *
 * @param whetherToSend what to answer where the client asks before it sends a file; default: that it shall
 */
export async function pretendServer(answer: Answer, whetherToSend?: Answer): Promise<PretendedServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url!.includes('list-type=2')) response.end('<ListBucketResult></ListBucketResult>');
    else answer(request, response);
  });
  if (whetherToSend !== undefined) {
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      asked.push(`${request.method} ${request.url}`);
      whetherToSend(request, response);
    });
  }
  return { ...(await listening(server)), asked };
}

/** A server that answers everything in the same way. */
export async function serve(answer: Answer): Promise<S3Server> {
  return listening(createServer(answer));
}

async function listening(server: Server): Promise<S3Server> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** As S3 refuses. */
export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}
