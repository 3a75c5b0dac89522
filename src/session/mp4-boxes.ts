/**
 * Reads an MP4's boxes without decoding: what the first video track holds, how it is shown, and where the last whole box
 * ends, so that a file that was cut off is recognised and can be cut to its whole part. Reads only headers and sample
 * tables.
 */
import type { FileHandle } from 'node:fs/promises';
import { UnderstudyError } from '../core/errors.js';
import { coloursOfContainer, coloursOfH264, UNSAID_COLOURS, type PictureColours } from './h264-colours.js';
import { openForReading } from './lines.js';
import { countShown, showingEdits, type Edit } from './mp4-edits.js';
import { turnedSize, turnOf, type Turn } from './turn.js';

export interface Mp4Facts {
  /** Four characters of the sample entry: `avc1` H.264, `mp4v` MPEG-4 part 2. */
  readonly codec: string;
  /** px, of a picture as it is shown */
  readonly width: number;
  /** px */
  readonly height: number;
  /** Pictures in whole boxes that are shown: an edit list hides others. */
  readonly frames: number;
  /** Pictures in whole boxes, with those that are only decoded. */
  readonly codedFrames: number;
  /** Parts of the track that are shown one after the other; more than one only where an editor made it. */
  readonly parts: number;
  /** How the coded pictures are turned to be shown; null where they are also mirrored or sheared. */
  readonly turn: Turn | null;
  readonly colours: PictureColours;
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
const CONTAINERS = new Set(['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'moof', 'traf']);

/** Tables beyond it are not read: 4 million entries, five days at 10 Hz. */
const MOST_TABLE_BYTES = 32 * 1024 * 1024;

/** Parameter sets are tens of bytes. */
const MOST_ENTRY_PART_BYTES = 64 * 1024;

/** A sample entry of a video: its own head, then 78 bytes, then boxes that describe the coded pictures. */
const SAMPLE_ENTRY_BYTES = 8 + 78;

/**
 * Describes the first video track of an MP4 file.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `video-unreadable` when it has no video track
 */
export async function readMp4Facts(path: string): Promise<Mp4Facts> {
  await using file = await openForReading(path);
  const fileBytes = (await file.stat()).size;
  const scan = new Mp4Scan(file);
  const wholeBytes = await scan.walk(0, fileBytes, true);
  const { video } = scan;
  if (video === null) throw noVideo(path, fileBytes, await containerOf(file));
  const { codec, tableFrames, edits } = video;
  const shownOfTable = countShown(tableFrames, edits, { ...video, movieTimescale: scan.movieTimescale });
  const turn = turnOf(video.matrix);
  return {
    codec,
    ...turnedSize(video.width, video.height, turn ?? 0),
    frames: shownOfTable + scan.wholeFragmentFrames,
    codedFrames: tableFrames + scan.wholeFragmentFrames,
    parts: showingEdits(edits).length,
    turn,
    colours: coloursOfH264(video.avcc, video.containerColours),
    wholeBytes,
    fileBytes,
  };
}

/** What a file is that is not an MP4, by its first bytes; null: none of those that recorders write. */
async function containerOf(file: FileHandle): Promise<string | null> {
  const start = Buffer.alloc(12);
  await file.read(start, 0, start.length, 0);
  if (start.readUInt32BE(0) === 0x1a45dfa3) return 'Matroska or WebM';
  if (start.toString('latin1', 0, 4) === 'RIFF') return 'AVI';
  if (start.toString('latin1', 0, 3) === 'FLV') return 'FLV';
  if (start.toString('latin1', 0, 4) === 'OggS') return 'Ogg';
  const TRANSPORT_STREAM_SYNC = 0x47;
  return start[0] === TRANSPORT_STREAM_SYNC && start.length > 4 ? 'an MPEG transport stream' : null;
}

function noVideo(path: string, fileBytes: number, container: string | null): UnderstudyError {
  const what = `${path} (${fileBytes} bytes)`;
  if (container !== null) {
    return new UnderstudyError({
      kind: 'input',
      code: 'video-unreadable',
      message: `${what} is ${container}; expected an MP4.`,
      next: 'Put its pictures into an MP4 without coding them again: ffmpeg -i VIDEO -map 0:v:0 -c copy NEW.mp4. Give that the name.',
    });
  }
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: `${what} has no video track: it is not an MP4, or was cut off before its first picture.`,
    next: 'The logs and the lossless frames beside it can be used without it; delete it, or record again.',
  });
}

/** What is known of one track. */
class Track {
  id = 0;
  isVideo = false;
  codec = '';
  width = 0;
  height = 0;
  tableFrames = 0;
  timescale = 0;
  matrix: readonly number[] = [0, 0, 0, 0, 0];
  edits: readonly Edit[] = [];
  durations: readonly (readonly [number, number])[] = [];
  offsets: readonly (readonly [number, number])[] = [];
  avcc: Buffer = Buffer.alloc(0);
  containerColours: PictureColours = UNSAID_COLOURS;
}

class Mp4Scan {
  /** The first video track, as ffmpeg and webcodecs choose. */
  video: Track | null = null;
  movieTimescale = 0;
  wholeFragmentFrames = 0;
  #track = new Track();
  #pendingFrames = 0; // of a moof whose mdat has not been seen yet
  #fragmentTrack = 0;
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
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
        this.wholeFragmentFrames += this.#pendingFrames;
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
    if (box.type === 'trak') this.#track = new Track();
    if (CONTAINERS.has(box.type)) await this.walk(box.body, box.end, false);
    else if (box.type === 'mvhd') this.movieTimescale = await this.#timescale(box);
    else if (box.type === 'tfhd') this.#fragmentTrack = (await this.#read(box.body, 8)).readUInt32BE(4);
    else if (box.type === 'trun' && (this.video === null || this.video.id === this.#fragmentTrack))
      this.#pendingFrames += (await this.#read(box.body, 8)).readUInt32BE(4);
    else await this.#describeTrack(box, this.#track);
  }

  /** Takes what a box says of the track that it is in. */
  async #describeTrack(box: Box, track: Track): Promise<void> {
    if (box.type === 'tkhd') await this.#takeTrackHead(box, track);
    else if (box.type === 'elst') track.edits = await this.#edits(box);
    else if (box.type === 'mdhd') track.timescale = await this.#timescale(box);
    else if (box.type === 'hdlr') {
      const handler = await this.#read(box.body, 12);
      // QuickTime has a second one, dhlr, that says where the data is
      if (handler.toString('latin1', 4, 8) !== 'dhlr') track.isVideo = handler.toString('latin1', 8, 12) === 'vide';
    } else if (!track.isVideo || (this.video !== null && this.video !== track)) return;
    else if (box.type === 'stsd') await this.#takeSampleEntry(box, track);
    else if (box.type === 'stsz' || box.type === 'stz2')
      track.tableFrames = (await this.#read(box.body, 12)).readUInt32BE(8);
    else if (box.type === 'stts') track.durations = await this.#runs(box);
    else if (box.type === 'ctts') track.offsets = await this.#runs(box);
  }

  async #takeTrackHead(box: Box, track: Track): Promise<void> {
    const head = await this.#read(box.body, 96);
    const wide = head[0] === 1;
    track.id = head.readUInt32BE(wide ? 20 : 12);
    const matrix = wide ? 52 : 40;
    track.matrix = [0, 1, 2, 3, 4].map((place) => head.readInt32BE(matrix + 4 * place));
  }

  /** Of mvhd and mdhd: units a second. */
  async #timescale(box: Box): Promise<number> {
    const head = await this.#read(box.body, 24);
    return head.readUInt32BE(head[0] === 1 ? 20 : 12);
  }

  async #edits(box: Box): Promise<Edit[]> {
    const wide = (await this.#read(box.body, 1))[0] === 1;
    return this.#table(box, wide ? 20 : 12, (line) => ({
      duration: wide ? Number(line.readBigUInt64BE(0)) : line.readUInt32BE(0),
      mediaTime: wide ? Number(line.readBigInt64BE(8)) : line.readInt32BE(4),
    }));
  }

  /** Of stts and ctts. Writers put signed offsets into both versions of ctts. */
  #runs(box: Box): Promise<[number, number][]> {
    return this.#table(box, 8, (line) => [line.readUInt32BE(0), line.readInt32BE(4)]);
  }

  async #table<Line>(box: Box, lineBytes: number, parse: (line: Buffer) => Line): Promise<Line[]> {
    const bytes = await this.#read(box.body, Math.min(box.end - box.body, MOST_TABLE_BYTES));
    if (bytes.length < 8) return [];
    const count = Math.min(bytes.readUInt32BE(4), Math.floor((bytes.length - 8) / lineBytes));
    return Array.from({ length: count }, (_, k) => parse(bytes.subarray(8 + k * lineBytes, 8 + (k + 1) * lineBytes)));
  }

  /** The first sample entry: 8 bytes of table head, then the entry's size, type and picture size, then its boxes. */
  async #takeSampleEntry(box: Box, track: Track): Promise<void> {
    const entry = await this.#read(box.body, Math.min(box.end - box.body, 8 + 36));
    if (entry.length < 44) return;
    this.video = track;
    track.codec = entry.toString('latin1', 12, 16);
    track.width = entry.readUInt16BE(8 + 32);
    track.height = entry.readUInt16BE(8 + 34);
    const end = Math.min(box.body + 8 + entry.readUInt32BE(8), box.end);
    for (let at = box.body + 8 + SAMPLE_ENTRY_BYTES; ;) {
      const part = await this.#boxAt(at, end);
      if (part === null) return;
      const body = (): Promise<Buffer> => this.#read(part.body, Math.min(part.end - part.body, MOST_ENTRY_PART_BYTES));
      if (part.type === 'avcC') track.avcc = await body();
      else if (part.type === 'colr') track.containerColours = coloursOfContainer(await body());
      at = part.end;
    }
  }

  /** Bytes past the end of a short box read as zeros. */
  async #read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    await this.#file.read(buffer, 0, length, at);
    return buffer;
  }
}
