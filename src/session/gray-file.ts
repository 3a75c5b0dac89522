/**
 * What the policy would have seen, without loss, besides the lossy video: one gray frame for each line of the frame log.
 * Each record is whole or absent, so that a file cut off at any byte keeps every earlier record.
 *
 * Layout: 8 bytes magic; u32 length and JSON of {@link GrayHeader}; then records of u8 kind, u32 payload length, u32
 * CRC-32 of the payload, payload. Kinds: 0 a whole frame, 1 the byte-wise difference (mod 256) to the frame before,
 * both in raw deflate; 2 the frame before again, no payload. All numbers are little-endian.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { UnderstudyError } from '../core/errors.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import { openForReading } from './lines.js';

const MAGIC = Buffer.from('UGRAY1\r\n', 'latin1');
const RECORD_HEAD_BYTES = 9;
const WHOLE = 0;
const DIFFERENCE = 1;
const REPEAT = 2;

/** A longer header was not written by this program. */
const LONGEST_HEADER_BYTES = 64 * 1024;

/** zlib level: on game pictures 6 is within 2 % of the smallest size, at a third of level 9's time. */
const LEVEL = 6;

export interface GrayHeader {
  readonly version: 1;
  readonly contract: PreprocessingContract;
}

/** Appends gray frames to a new file. Synchronous: use it on a worker thread. */
export class GrayFileWriter {
  readonly #fd: number;
  readonly #last: Uint8Array;
  readonly #difference: Uint8Array;
  #frames = 0;
  #bytes = 0;

  /** @throws the file system's own error, such as ENOSPC */
  constructor(path: string, contract: PreprocessingContract) {
    const header = Buffer.from(JSON.stringify({ version: 1, contract } satisfies GrayHeader));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    this.#last = new Uint8Array(contract.width * contract.height);
    this.#difference = new Uint8Array(this.#last.length);
    this.#fd = openSync(path, 'wx');
    this.#append(Buffer.concat([MAGIC, length, header]));
  }

  /** Appends one frame. @param gray [H, W] uint8, copied; null repeats the frame before */
  write(gray: Uint8Array | null): void {
    if (gray === null || (this.#frames > 0 && Buffer.compare(gray, this.#last) === 0)) {
      this.#record(REPEAT, new Uint8Array(0));
      return;
    }
    if (gray.length !== this.#last.length) throw new Error(`${gray.length} bytes for ${this.#last.length} pixels`);
    for (let i = 0; i < gray.length; i += 1) this.#difference[i] = gray[i] - this.#last[i];
    const whole = deflateRawSync(gray, { level: LEVEL });
    const difference = this.#frames === 0 ? null : deflateRawSync(this.#difference, { level: LEVEL });
    if (difference !== null && difference.length < whole.length) this.#record(DIFFERENCE, difference);
    else this.#record(WHOLE, whole);
    this.#last.set(gray);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #record(kind: number, payload: Uint8Array): void {
    const head = Buffer.alloc(RECORD_HEAD_BYTES);
    head.writeUInt8(kind, 0);
    head.writeUInt32LE(payload.length, 1);
    head.writeUInt32LE(crc32(payload), 5);
    this.#append(Buffer.concat([head, payload]));
    this.#frames += 1;
  }

  /** Writes one record; the part that was written of one that fails is cut off again. */
  #append(bytes: Buffer): void {
    try {
      let at = 0;
      while (at < bytes.length) at += writeSync(this.#fd, bytes, at);
      this.#bytes += bytes.length;
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
  }
}

export interface GrayFacts {
  readonly contract: PreprocessingContract;
  /** Whole frames. */
  readonly frames: number;
  /** Bytes up to the end of the last whole frame; fewer than the file has when it was cut off. */
  readonly wholeBytes: number;
  readonly fileBytes: number;
}

/** Counts the frames of a gray file without inflating them. @throws UnderstudyError as {@link readGrayFrames} */
export async function grayFacts(path: string): Promise<GrayFacts> {
  await using reader = await GrayReader.open(path);
  let frames = 0;
  while ((await reader.record()) !== null) frames += 1;
  return { contract: reader.contract, frames, wholeBytes: reader.wholeBytes, fileBytes: reader.fileBytes };
}

/** The contract that a gray file was made by. @throws UnderstudyError as {@link readGrayFrames} */
export async function grayContract(path: string): Promise<PreprocessingContract> {
  await using reader = await GrayReader.open(path);
  return reader.contract;
}

/**
 * Yields the frames by time, [H, W] uint8, in one buffer that is valid until the next frame. Ends before a frame that
 * was cut off.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `session-invalid` when it is not a gray file
 */
export async function* readGrayFrames(path: string): AsyncGenerator<Uint8Array, void, void> {
  await using reader = await GrayReader.open(path);
  const gray = new Uint8Array(reader.contract.width * reader.contract.height);
  for (let record = await reader.record(); record !== null; record = await reader.record()) {
    if (record.kind !== REPEAT) {
      const bytes = inflateRawSync(record.payload, { maxOutputLength: gray.length });
      if (record.kind === WHOLE) gray.set(bytes);
      else for (let i = 0; i < gray.length; i += 1) gray[i] += bytes[i];
    }
    yield gray;
  }
}

/** Reads records one by one through a buffer of 64 KiB. */
class GrayReader implements AsyncDisposable {
  static readonly #BUFFER_BYTES = 64 * 1024;
  readonly #file: FileHandle;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #readFrom: number; // file position after what is in the buffer
  wholeBytes: number;
  readonly fileBytes: number;
  readonly contract: PreprocessingContract;

  private constructor(file: FileHandle, fileBytes: number, contract: PreprocessingContract, headerBytes: number) {
    this.#file = file;
    this.fileBytes = fileBytes;
    this.contract = contract;
    this.wholeBytes = headerBytes;
    this.#readFrom = headerBytes;
  }

  static async open(path: string): Promise<GrayReader> {
    const file = await openForReading(path);
    try {
      const fileBytes = (await file.stat()).size;
      const { contract, headerBytes } = await readHeader(file, path, fileBytes);
      return new GrayReader(file, fileBytes, contract, headerBytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The next whole record, or null at the end or at one that was cut off. */
  async record(): Promise<{ kind: number; payload: Buffer } | null> {
    const head = await this.#take(RECORD_HEAD_BYTES);
    if (head === null) return null;
    const kind = head.readUInt8(0);
    const length = head.readUInt32LE(1);
    const sum = head.readUInt32LE(5);
    // deflate never makes a frame larger than this: a longer payload means damaged bytes
    if (kind > REPEAT || length > 2 * this.contract.width * this.contract.height + 64) return null;
    const payload = await this.#take(length);
    if (payload === null || crc32(payload) !== sum) return null;
    this.wholeBytes += RECORD_HEAD_BYTES + length;
    return { kind, payload };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #take(length: number): Promise<Buffer | null> {
    if (this.#buffer.length - this.#at < length) {
      const more = Buffer.alloc(Math.max(length, GrayReader.#BUFFER_BYTES));
      const left = this.#buffer.subarray(this.#at);
      const { bytesRead } = await this.#file.read(more, 0, more.length, this.#readFrom);
      this.#readFrom += bytesRead;
      this.#buffer = Buffer.concat([left, more.subarray(0, bytesRead)]);
      this.#at = 0;
      if (this.#buffer.length < length) return null;
    }
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }
}

async function readHeader(
  file: FileHandle,
  path: string,
  fileBytes: number,
): Promise<{ contract: PreprocessingContract; headerBytes: number }> {
  const start = Buffer.alloc(MAGIC.length + 4);
  await file.read(start, 0, start.length, 0);
  const length = start.readUInt32LE(MAGIC.length);
  if (start.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0 || length > LONGEST_HEADER_BYTES)
    throw notGrayFile(path, fileBytes);
  const text = Buffer.alloc(length);
  const { bytesRead } = await file.read(text, 0, length, start.length);
  try {
    const header = JSON.parse(text.toString('utf8', 0, bytesRead)) as GrayHeader;
    if (header.version !== 1 || !(header.contract.width > 0) || !(header.contract.height > 0))
      throw notGrayFile(path, fileBytes);
    return { contract: header.contract, headerBytes: start.length + length };
  } catch (error) {
    throw error instanceof UnderstudyError ? error : notGrayFile(path, fileBytes);
  }
}

function notGrayFile(path: string, fileBytes: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `${path} (${fileBytes} bytes) is not a file of gray frames, is of a newer format, or was cut off in its header.`,
    next: 'Delete it to use the video instead, or restore it from a copy.',
  });
}
