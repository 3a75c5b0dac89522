/**
 * Reads an MP4's boxes without decoding: the codec, the size, the number of frames, and where the last whole box ends, so
 * that a file that was cut off is recognised and can be cut to its whole part. Reads only headers and sample tables, a few
 * KiB a box.
 */
import type { FileHandle } from 'node:fs/promises';
import { UnderstudyError } from '../core/errors.js';
import { openForReading } from './lines.js';

export interface Mp4Facts {
  /** Four characters of the sample entry: `avc1` H.264, `mp4v` MPEG-4 part 2. */
  readonly codec: string;
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** Frames in whole boxes. */
  readonly frames: number;
  /** Bytes of whole boxes; fewer than the file has when it was cut off. */
  readonly wholeBytes: number;
  readonly fileBytes: number;
}

interface Box {
  readonly type: string;
  /** First byte after the header. */
  readonly body: number;
  readonly end: number;
}

/** Boxes that contain other boxes which are read here. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf']);

/**
 * Describes an MP4 file.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `video-unreadable` when it has no video track
 */
export async function readMp4Facts(path: string): Promise<Mp4Facts> {
  await using file = await openForReading(path);
  const fileBytes = (await file.stat()).size;
  const scan = new Mp4Scan(file);
  const wholeBytes = await scan.walk(0, fileBytes, true);
  const { codec, width, height, frames } = scan;
  if (codec !== '') return { codec, width, height, frames, wholeBytes, fileBytes };
  throw new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: `${path} (${fileBytes} bytes) has no video track: it is not an MP4, or was cut off before its first picture.`,
    next: 'The logs and the lossless frames beside it can be used without it; delete it, or record again.',
  });
}

class Mp4Scan {
  codec = '';
  width = 0;
  height = 0;
  #tableFrames = 0;
  #wholeFragmentFrames = 0;
  #pendingFrames = 0; // of a moof whose mdat has not been seen yet
  #isVideoTrack = false;
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  get frames(): number {
    return this.#tableFrames + this.#wholeFragmentFrames;
  }

  /** Visits the boxes in [from, to). @returns where the last whole box that can be used ends */
  async walk(from: number, to: number, top: boolean): Promise<number> {
    let at = from;
    let whole = from;
    for (;;) {
      const box = await this.#boxAt(at, to);
      if (box === null) return whole;
      await this.#visit(box);
      // a fragment can be used once its data is there
      if (top && box.type === 'mdat') {
        this.#wholeFragmentFrames += this.#pendingFrames;
        this.#pendingFrames = 0;
      }
      if (box.type !== 'moof') whole = box.end;
      at = box.end;
    }
  }

  async #boxAt(at: number, to: number): Promise<Box | null> {
    if (at + 8 > to) return null;
    const head = await this.#read(at, Math.min(16, to - at));
    const size32 = head.readUInt32BE(0);
    const wide = size32 === 1;
    if (wide && head.length < 16) return null;
    const size = wide ? Number(head.readBigUInt64BE(8)) : size32 === 0 ? to - at : size32;
    const headerBytes = wide ? 16 : 8;
    if (size < headerBytes || at + size > to) return null;
    return { type: head.toString('latin1', 4, 8), body: at + headerBytes, end: at + size };
  }

  async #visit(box: Box): Promise<void> {
    if (box.type === 'trak') this.#isVideoTrack = false;
    if (CONTAINERS.has(box.type)) await this.walk(box.body, box.end, false);
    else if (box.type === 'hdlr')
      this.#isVideoTrack = (await this.#read(box.body, 12)).toString('latin1', 8, 12) === 'vide';
    else if (box.type === 'stsd' && this.#isVideoTrack) await this.#takeSampleEntry(box);
    else if (box.type === 'stsz' && this.#isVideoTrack)
      this.#tableFrames = (await this.#read(box.body, 12)).readUInt32BE(8);
    else if (box.type === 'trun') this.#pendingFrames += (await this.#read(box.body, 8)).readUInt32BE(4);
  }

  /** The first sample entry: 8 bytes of table head, then the entry's size, type and picture size. */
  async #takeSampleEntry(box: Box): Promise<void> {
    const entry = await this.#read(box.body, Math.min(box.end - box.body, 8 + 36));
    if (entry.length < 44) return;
    this.codec = entry.toString('latin1', 12, 16);
    this.width = entry.readUInt16BE(8 + 32);
    this.height = entry.readUInt16BE(8 + 34);
  }

  /** Bytes past the end of a short box read as zeros. */
  async #read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    await this.#file.read(buffer, 0, length, at);
    return buffer;
  }
}
