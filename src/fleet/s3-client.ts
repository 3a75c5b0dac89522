/**
 * Signed requests to one bucket, sent again where that may help. Nothing but the bucket's server is contacted: redirections
 * are not followed, and no other place is asked for credentials.
 */
import { createReadStream } from 'node:fs';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { messageOf } from '../core/errors.js';
import type { S3Address } from './s3-address.js';
import { parseRefusal } from './s3-answers.js';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** In the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What is sent. */
  readonly file?: SentFile;
}

export interface SentFile {
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal digits. The server compares it with what arrives. */
  readonly sha256: string;
}

/** The server answered, and not with what was asked for. */
export class S3Refused extends Error {
  /** @param code as S3 names it, or empty where the server does not say */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`the server answers ${[status, code].join(' ').trim()}${message === '' ? '' : `: ${message}`}`);
  }
}

/** The server did not answer, or the connection ended before all was there. */
export class S3Unreachable extends Error {
  /** The system's name of what happened, as ECONNRESET, or empty. */
  readonly code: string;

  constructor(what: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    // where a name has several addresses, Node's error has no message
    super(`${what}: ${messageOf(cause) || code}`, { cause });
    this.code = code;
  }
}

const ATTEMPTS = 4;
/** Without a byte in either direction. */
const SILENT_AT_MOST_MS = 120_000;
/** A server that does not know `Expect: 100-continue` says nothing; then the file is sent all the same. */
const ASK_FIRST_AT_MOST_MS = 1000;
/** More than a listing of 1000 keys of the greatest length; what is longer is not from S3. */
const MOST_TEXT_BYTES = 16 * 1024 ** 2;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const MAY_PASS = new Set(
  'ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH EAI_AGAIN'.split(' '),
);
/** Refusals below status 500 that another attempt may not meet. */
const CODES_THAT_MAY_PASS = new Set(['RequestTimeout', 'SlowDown', 'TooManyRequests', 'OperationAborted']);

export class S3Client {
  readonly #address: S3Address;
  readonly #waitMs: number;

  /** @param waitMs before the second attempt; twice as long before each further one */
  constructor(address: S3Address, waitMs: number) {
    this.#address = address;
    this.#waitMs = waitMs;
  }

  /**
   * Sends a request, up to four times.
   *
   * @param read takes all of the answer's content; it is called again where the connection ends in between
   * @throws S3Refused, S3Unreachable; what `read` throws
   */
  async ask<T>(request: S3Request, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#askOnce(request, read);
      } catch (error) {
        if (attempt === ATTEMPTS || !mayPass(error)) throw error;
      }
      // machines that lost the same server do not come back at the same moment
      await delay(this.#waitMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }

  async #askOnce<T>(request: S3Request, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
    const { url, headers } = await this.#sign(request);
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, { method: request.method, headers });
    let isDone = false;
    try {
      const answer = await send(sent, request.file).catch((cause: unknown) => {
        throw new S3Unreachable(`${url.origin} does not answer`, cause);
      });
      const isTaken = answer.statusCode! >= 200 && answer.statusCode! < 300;
      const taken = isTaken ? await read(answer) : this.#refused(answer.statusCode!, await textOf(answer));
      isDone = answer.complete && sent.writableFinished;
      if (taken instanceof S3Refused) throw taken;
      return taken;
    } finally {
      // the connection serves the next request, unless something of this one is still on its way
      if (!isDone) sent.destroy();
    }
  }

  async #sign({ method, key, query = {}, file }: S3Request): Promise<{ url: URL; headers: Record<string, string> }> {
    const { bucketUrl, region, credentials } = this.#address;
    const { sessionToken, ...keys } = credentials;
    const search = Object.entries(query).map(([name, value]) => `${escape(name)}=${escape(value)}`);
    const signer = new AwsV4Signer({
      method,
      url: `${bucketUrl}/${escape(key).replaceAll('%2F', '/')}${search.length === 0 ? '' : `?${search.join('&')}`}`,
      headers: { 'x-amz-content-sha256': file?.sha256 ?? EMPTY_SHA256 },
      service: 's3',
      region,
      ...keys,
      ...(sessionToken === null ? {} : { sessionToken }),
    });
    const { url, headers } = await signer.sign();
    return { url, headers: { ...Object.fromEntries(headers), ...unsignedHeaders(file) } };
  }

  /** Some servers repeat the credentials in what they say. */
  #refused(status: number, text: string): S3Refused {
    const { code, message } = parseRefusal(text);
    const { accessKeyId, secretAccessKey, sessionToken } = this.#address.credentials;
    // a shorter one is a test's, and part of usual words
    const secrets = [accessKeyId, secretAccessKey, sessionToken ?? ''].filter(({ length }) => length >= 8);
    const shown = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), message);
    return new S3Refused(status, code, shown);
  }
}

/** All of a short answer. @throws S3Unreachable; Error where it is not short */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of contentOf(answer)) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_TEXT_BYTES) throw new Error('the answer is longer than any of S3');
  }
  return Buffer.concat(parts).toString('utf8');
}

/** An answer's content as it arrives. @throws S3Unreachable where it ends too soon */
export async function* contentOf(answer: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      bytes += part.length;
      yield part;
    }
  } catch (cause) {
    const all = answer.headers['content-length'];
    throw new S3Unreachable(`the connection ended after ${bytes} of ${all ?? 'unknown'} bytes`, cause);
  }
}

/** They are not signed: servers before the store may change them. */
function unsignedHeaders(file: SentFile | undefined): Record<string, string> {
  if (file === undefined) return { 'accept-encoding': 'identity' };
  const length = { 'content-length': String(file.bytes) };
  // a refusal comes before hundreds of megabytes are sent, and is read
  return file.bytes === 0 ? length : { ...length, expect: '100-continue' };
}

/** As a signature counts it: a server that signs what it received as it stands then signs the same text. */
function escape(text: string): string {
  const escapeSign = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escapeSign);
}

function mayPass(error: unknown): boolean {
  if (error instanceof S3Unreachable) return MAY_PASS.has(error.code);
  if (!(error instanceof S3Refused)) return false;
  const { status, code } = error;
  return (status >= 500 && status !== 501) || status === 429 || CODES_THAT_MAY_PASS.has(code);
}

/** @returns the answer, whose content is still to be read */
function send(request: ClientRequest, file: SentFile | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.setTimeout(SILENT_AT_MOST_MS, () => {
      const silence = new Error(`silent for ${SILENT_AT_MOST_MS / 1000} s`);
      request.destroy(Object.assign(silence, { code: 'ETIMEDOUT' }));
    });
    request.once('response', resolve);
    request.on('error', reject);
    if (file === undefined || file.bytes === 0) request.end();
    else sendOnceAsked(request, file, reject);
  });
}

function sendOnceAsked(request: ClientRequest, file: SentFile, failed: (cause: unknown) => void): void {
  const begin = () => {
    stop();
    pipeline(createReadStream(file.path, { end: file.bytes - 1 }), request).catch(failed);
  };
  const timer = setTimeout(begin, ASK_FIRST_AT_MOST_MS);
  const stop = () => {
    clearTimeout(timer);
    for (const event of ['response', 'close']) request.off(event, stop);
    request.off('continue', begin);
  };
  request.once('continue', begin);
  request.once('response', stop);
  request.once('close', stop);
}
