/** Reads the body of a request up to a bound: the sender must not decide how much memory is used. */
import type { IncomingMessage } from 'node:http';

/** @returns the body, or null as soon as it is longer than `maxBytes` (the rest is not kept) */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
