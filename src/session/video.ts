/**
 * H.264 in MP4, written and read through @napi-rs/webcodecs. Only this file imports that package, and only when a video
 * is opened: sessions without a video work without it.
 */
import { UnderstudyError, messageOf } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';
import type { Mp4Facts } from './mp4-boxes.js';
import { FrameCollector } from './native-memory.js';
import { isPlain } from './picture-kind.js';
import { YuvToBgra } from './yuv-to-bgra.js';
import type * as WebCodecs from '@napi-rs/webcodecs';
import type {
  EncodedVideoChunk,
  EncodedVideoChunkMetadata,
  Mp4Muxer,
  VideoEncoder,
  VideoFrame,
} from '@napi-rs/webcodecs';

type Codecs = typeof WebCodecs;

async function loadWebCodecs(): Promise<Codecs> {
  try {
    return await import('@napi-rs/webcodecs');
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `H.264 video needs the package @napi-rs/webcodecs, which does not load here: ${messageOf(error)}.`,
      next: `${reinstallAdvice()} Or leave the video out where the verb has --no-video.`,
      cause: error,
    });
  }
}

/**
 * Loads the codec library on this thread, which must be the main thread, before another thread may load it.
 *
 * The library frees what its asynchronous calls held on the thread that loaded it first. Where that is a worker, the
 * main thread's handles are freed there, without a lock: copies of decoded frames then end in a segmentation fault
 * (measured: one of ten imports with a video; within 20,000 small frames). The worker here makes no such calls.
 *
 * @throws UnderstudyError `package-missing`
 */
export async function loadVideoLibraryFirst(): Promise<void> {
  await loadWebCodecs();
}

/** High profile, level 4.0: 1080p. The encoder sets the true level itself. */
const CODEC = 'avc1.640028';

/** Bits a pixel: 3.7 Mbit/s for 720p at 10 Hz. */
const BITS_PER_PIXEL = 0.4;
const LOWEST_BITRATE = 500_000;

/** A fragment is written at the next key frame: with five a second, a kill loses at most 0.2 s of video. */
const KEY_FRAMES_PER_SECOND = 5;

/** Frames inside the encoder, at most; further ones would only wait there. */
const FRAMES_IN_ENCODER = 2;

/** Size of the muxer's buffer, bytes: enough for one fragment of 4K video at a high rate. */
const MUXER_BUFFER_BYTES = 32 * 1024 * 1024;

/**
 * How pictures lie in memory. `BGRA`: 4 bytes a pixel, row by row. `I420`: the plane of Y, then those of U and V at half
 * the width and height, as in H.264: no conversion, half the time, 3/8 of the memory, but only even sizes.
 */
export type PixelLayout = 'BGRA' | 'I420';

export interface VideoEncoderOptions {
  /** px, even */
  readonly width: number;
  /** px, even */
  readonly height: number;
  readonly rateHz: number;
  /** Of the pictures given to `encode`. Default BGRA. */
  readonly layout?: PixelLayout;
  /**
   * `fragments`: bytes come as they are made, and a file that is cut off keeps what was written. `whole`: the bytes come at
   * the end, with the index in front, as readers that seek expect it. Default fragments.
   */
  readonly container?: 'fragments' | 'whole';
  /** > 0. With fewer, the file is smaller and encoded faster, but a kill loses more of it. Default 5. */
  readonly keyFramesPerSecond?: number;
  /** Takes the file's bytes in sequence; may throw. */
  readonly write: (bytes: Uint8Array) => void;
}

/** Encodes frames one by one into a fragmented MP4. */
export class Mp4Encoder {
  readonly #options: VideoEncoderOptions;
  readonly #codecs: Codecs;
  readonly #encoder: VideoEncoder;
  readonly #muxer: Mp4Muxer;
  readonly #framesPerKey: number;
  readonly #isWhole: boolean;
  #codedBytes = 0;
  #hasTrack = false;
  #failure: Error | null = null;
  #frames = 0;
  #last: VideoFrame | null = null;
  readonly #collector = new FrameCollector();

  /** @throws UnderstudyError `package-missing` */
  static async create(options: VideoEncoderOptions): Promise<Mp4Encoder> {
    return new Mp4Encoder(options, await loadWebCodecs());
  }

  private constructor(options: VideoEncoderOptions, codecs: Codecs) {
    this.#options = options;
    this.#codecs = codecs;
    this.#framesPerKey = Math.max(
      1,
      Math.floor(options.rateHz / (options.keyFramesPerSecond ?? KEY_FRAMES_PER_SECOND)),
    );
    this.#isWhole = options.container === 'whole';
    this.#muxer = new codecs.Mp4Muxer(
      this.#isWhole ? { fastStart: true } : { fragmented: true, streaming: { bufferCapacity: MUXER_BUFFER_BYTES } },
    );
    this.#encoder = new codecs.VideoEncoder({
      output: (chunk, metadata) => this.#guard(() => this.#take(chunk, metadata)),
      error: (error) => (this.#failure ??= error),
    });
    const { width, height, rateHz } = options;
    this.#encoder.configure({
      codec: CODEC,
      width,
      height,
      bitrate: Math.max(LOWEST_BITRATE, Math.round(width * height * rateHz * BITS_PER_PIXEL)),
      framerate: rateHz,
      latencyMode: 'realtime',
      avc: { format: 'avc' },
      hardwareAcceleration: 'prefer-software',
    });
  }

  /** Bytes of the pictures that were encoded so far. */
  get codedBytes(): number {
    return this.#codedBytes;
  }

  /**
   * Encodes the next frame; resolves when there is room for another.
   *
   * @param pixels in the layout of the options, copied; null encodes the frame before again
   * @throws what the encoder or `write` failed with
   */
  async encode(pixels: Uint8Array | null): Promise<void> {
    this.#throwFailure();
    const { width, height, rateHz } = this.#options;
    const timestamp = Math.round((this.#frames * 1e6) / rateHz); // microseconds
    const duration = Math.round(1e6 / rateHz);
    if (pixels === null && this.#last === null) throw new Error('no frame to repeat');
    const frame =
      pixels === null
        ? new this.#codecs.VideoFrame(this.#last!, { timestamp, duration })
        : new this.#codecs.VideoFrame(pixels, {
            format: this.#options.layout === 'I420' ? 'I420' : 'BGRX',
            codedWidth: width,
            codedHeight: height,
            timestamp,
            duration,
          });
    this.#encoder.encode(frame, { keyFrame: this.#frames % this.#framesPerKey === 0 });
    this.#frames += 1;
    this.#last?.close();
    this.#collector.frameClosed(frame.allocationSize());
    this.#last = frame;
    // at least one turn: chunks arrive, and closed frames are freed, only between turns of the event loop
    do await nextTurn();
    while (this.#encoder.encodeQueueSize >= FRAMES_IN_ENCODER && this.#failure === null);
    this.#throwFailure();
  }

  /** Writes the frames that are still in the encoder and closes. @throws what the encoder or `write` failed with */
  async finish(): Promise<void> {
    try {
      if (this.#frames > 0 && this.#failure === null) {
        await this.#encoder.flush();
        this.#guard(() => {
          const whole = this.#muxer.finalize();
          if (this.#isWhole) this.#options.write(whole);
          else this.#drain();
        });
      }
      this.#throwFailure();
    } finally {
      this.#last?.close();
      this.#encoder.close();
      this.#muxer.close();
    }
  }

  #take(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    if (!this.#hasTrack) {
      const { width, height } = this.#options;
      const description = metadata?.decoderConfig?.description;
      if (description === undefined) throw new Error('the encoder gave no description with its first frame');
      // without the description here no player can read the streamed file
      this.#muxer.addVideoTrack({ codec: CODEC, width, height, description });
      this.#hasTrack = true;
    }
    this.#codedBytes += chunk.byteLength;
    this.#muxer.addVideoChunk(chunk, metadata);
    if (!this.#isWhole) this.#drain();
  }

  #drain(): void {
    const parts: Uint8Array[] = [];
    for (;;) {
      const bytes = this.#muxer.read();
      if (bytes === null || bytes.length === 0) break;
      parts.push(bytes);
    }
    if (parts.length > 0) this.#options.write(Buffer.concat(parts));
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A decoded picture. */
export interface DecodedPicture {
  /** 0-based, in the order of display. */
  readonly index: number;
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** BGRA, row by row, no padding, unless another layout was requested; valid until the next picture. */
  readonly pixels: Uint8Array;
}

/** Chunks inside the decoder, at most: memory is bounded to as many pictures. */
const CHUNKS_IN_DECODER = 4;

/**
 * Decodes an H.264 MP4 picture by picture, in bounded memory. Pictures that the edit list hides are left out.
 *
 * @param facts of the file, whose pictures are of a kind that `builtInReads` accepts
 * @param layout I420 gives the coded pictures without conversion; both sizes are even then
 * @throws UnderstudyError `package-missing`, `video-unreadable`
 */
export async function* decodeH264(
  path: string,
  facts: Mp4Facts,
  layout: PixelLayout = 'BGRA',
): AsyncGenerator<DecodedPicture, void, void> {
  const codecs = await loadWebCodecs();
  const ready: VideoFrame[] = [];
  let failure: Error | null = null;
  const fail = (error: Error): void => void (failure ??= error);
  const decoder = new codecs.VideoDecoder({ output: (frame) => ready.push(frame), error: fail });
  const demuxer = new codecs.Mp4Demuxer({ error: fail });
  const taker = new PictureTaker(ready, layout, facts);
  try {
    await demuxer.load(path);
    const config = demuxer.videoDecoderConfig;
    if (config === null) throw new Error('it has no video track');
    decoder.configure({ ...config, hardwareAcceleration: 'prefer-software' });
    let chunks = 0;
    for await (const { videoChunk } of demuxer) {
      if (videoChunk === undefined) continue;
      if (failure !== null) break;
      decoder.decode(videoChunk);
      chunks += 1;
      if (videoChunk.timestamp < 0) taker.chunkBeforeStart();
      while (decoder.decodeQueueSize >= CHUNKS_IN_DECODER && failure === null) await nextTurn();
      yield* taker.pictures();
      // a file that was cut off ends in a fragment that cannot be decoded
      if (chunks >= facts.codedFrames) break;
    }
    if (failure === null && chunks > 0) await decoder.flush();
    yield* taker.pictures();
    if (failure !== null) throw failure as Error;
  } catch (error) {
    if (error instanceof ChangedSize) throw changedSize(path, error);
    throw new UnderstudyError({
      kind: 'input',
      code: 'video-unreadable',
      message: `${path} cannot be decoded after frame ${taker.taken}: ${messageOf(error)}.`,
      next: 'If the recording was cut off run `understudy session repair` on it; else restore the video from a copy.',
      cause: error,
    });
  } finally {
    for (const frame of ready) frame.close();
    decoder.close();
    demuxer.close();
  }
}

/** The pictures of a video are not all of one size. */
class ChangedSize extends Error {}

function changedSize(path: string, error: ChangedSize): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: `${path} ${error.message}; expected one size in the whole video.`,
    next: 'Bring it to one size, such as 1280x720, with ffmpeg -i VIDEO -vf scale=1280:720 NEW.mp4, or cut it there.',
    cause: error,
  });
}

/** Copies decoded frames, in the order of display, into one buffer. */
class PictureTaker {
  readonly #ready: VideoFrame[];
  readonly #layout: PixelLayout;
  readonly #facts: Mp4Facts;
  /** Null: webcodecs converts by itself, with BT.601 and the limited range whatever the video says. */
  readonly #converter: YuvToBgra | null;
  readonly #collector = new FrameCollector();
  #planes = new Uint8Array(0);
  #pixels = new Uint8ClampedArray(0);
  #size: string | null = null;
  #beforeStart = 0;
  #passed = 0;
  taken = 0;

  constructor(ready: VideoFrame[], layout: PixelLayout, facts: Mp4Facts) {
    this.#ready = ready;
    this.#layout = layout;
    this.#facts = facts;
    const { matrix, fullRange } = facts.colours;
    this.#converter = layout === 'I420' || isPlain(facts.colours) ? null : new YuvToBgra(matrix, fullRange);
  }

  /** Counts a chunk whose picture comes before the first that the edit list shows: one of the first to come out. */
  chunkBeforeStart(): void {
    if (this.#facts.frames < this.#facts.codedFrames) this.#beforeStart += 1;
  }

  /** The decoded pictures that are shown. */
  async *pictures(): AsyncGenerator<DecodedPicture, void, void> {
    while (this.#ready.length > 0) {
      const frame = this.#ready.shift()!;
      this.#passed += 1;
      const isShown = this.#passed > this.#beforeStart && this.taken < this.#facts.frames;
      if (isShown) yield await this.#take(frame);
      else frame.close();
    }
  }

  async #take(frame: VideoFrame): Promise<DecodedPicture> {
    const { displayWidth: width, displayHeight: height } = frame;
    const size = `${width}x${height}`;
    this.#size ??= size;
    if (size !== this.#size) {
      frame.close();
      throw new ChangedSize(`has pictures of ${this.#size} and, from frame ${this.taken} on, of ${size}`);
    }
    const bytes = this.#layout === 'BGRA' ? width * height * 4 : (width * height * 3) / 2;
    if (this.#pixels.length !== bytes) this.#pixels = new Uint8ClampedArray(bytes);
    const pixels = new Uint8Array(this.#pixels.buffer);
    if (this.#converter !== null) {
      const planeBytes = frame.allocationSize();
      if (this.#planes.length !== planeBytes) this.#planes = new Uint8Array(planeBytes);
      await frame.copyTo(this.#planes);
      this.#converter.convert(this.#planes, width, height, this.#pixels);
    } else {
      // requested only where it differs: a copy in the frame's own format needs no conversion
      await frame.copyTo(pixels, frame.format === this.#layout ? {} : { format: this.#layout });
    }
    frame.close();
    this.#collector.frameClosed(bytes);
    this.taken += 1;
    return { index: this.taken - 1, width, height, pixels };
  }
}
