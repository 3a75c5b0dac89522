/** What a file is told by: its content's hash and its length, from one pass over it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface MeasuredFile {
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** @throws the file system's error */
export async function measureFile(path: string): Promise<MeasuredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(part);
    bytes += part.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
