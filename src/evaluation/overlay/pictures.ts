/**
 * The pictures that an overlay video shows: of a session's video or its gray frames, or of any MP4, one at a time. plain
 * H.264 stays in the layout that it was coded in, I420.
 */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../../core/errors.js';
import { padToEven } from '../../session/even-size.js';
import { grayContract, readGrayFrames } from '../../session/gray-file.js';
import { readMp4Facts } from '../../session/mp4-boxes.js';
import { planesAreUsable } from '../../session/picture-kind.js';
import { readVideo } from '../../session/read-video.js';
import type { Session } from '../../session/session.js';
import { decodeH264 } from '../../session/video.js';
import { grayToBgra } from '../../vision/gray-picture.js';
import type { BgraImage } from '../../vision/image-file.js';
import { fromBgra, planarImage, type PlanarImage } from './planar.js';
import type { NumberedPicture } from './video-file.js';

/**
 * The pictures of the wanted frames out of all pictures of a session's video, each valid until the next; ends early
 * where the pictures end.
 *
 * @param videoIndex where each frame of the log is in the video
 * @param wanted frames of the log, ascending
 */
export async function* picturesAt<Picture>(
  pictures: AsyncIterable<Picture>,
  videoIndex: ArrayLike<number>,
  wanted: ArrayLike<number>,
): AsyncGenerator<NumberedPicture<Picture>, void, void> {
  let place = 0;
  let index = 0;
  for await (const picture of pictures) {
    while (place < wanted.length && videoIndex[wanted[place]] === index) {
      yield { frame: wanted[place], picture };
      place += 1;
    }
    if (place === wanted.length) return;
    index += 1;
  }
}

/** Frames a second where the log does not say, since it has only one frame. */
const RATE_OF_ONE_FRAME_HZ = 10;

/** Of a video of the session. */
export function rateOf({ rateHz }: Session): number {
  return Number.isNaN(rateHz) ? RATE_OF_ONE_FRAME_HZ : rateHz;
}

/** What a session's pictures are taken from. @throws UnderstudyError `file-missing` where it has none */
export function originOf({ files }: Session): 'video' | 'gray' {
  if (existsSync(files.video)) return 'video';
  if (existsSync(files.gray)) return 'gray';
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-missing',
    message: `${files.base} has no pictures: there is neither ${files.video} nor ${files.gray}.`,
    next: "Put the session's video beside its logs.",
  });
}

/** A session's pictures as BGRA, each valid until the next. @throws UnderstudyError as originOf, readVideo, readGrayFrames */
export async function* sessionPictures(session: Session): AsyncGenerator<BgraImage, void, void> {
  const { files, header } = session;
  if (originOf(session) === 'video') {
    yield* readVideo(files.video, header);
    return;
  }
  const { width, height } = await grayContract(files.gray);
  const pixels = new Uint8Array(width * height * 4);
  for await (const gray of readGrayFrames(files.gray)) {
    yield { width, height, pixels: grayToBgra(gray, pixels) };
  }
}

/** The same in I420, of even size; gray frames, other codecs and other colours are converted. @throws UnderstudyError as sessionPictures */
export async function* planarSessionPictures(session: Session): AsyncGenerator<PlanarImage, void, void> {
  if (originOf(session) === 'video') yield* planarVideo(session.files.video);
  else yield* toPlanar(sessionPictures(session));
}

/** An MP4's pictures in I420, of even size. @throws UnderstudyError as readVideo */
export async function* planarVideo(path: string): AsyncGenerator<PlanarImage, void, void> {
  const facts = await readMp4Facts(path);
  if (planesAreUsable(facts)) yield* decodeH264(path, facts, 'I420');
  else yield* toPlanar(readVideo(path));
}

async function* toPlanar(pictures: AsyncIterable<BgraImage>): AsyncGenerator<PlanarImage, void, void> {
  let padded = new Uint8Array(0);
  let planar: PlanarImage | null = null;
  for await (const { width, height, pixels } of pictures) {
    planar ??= planarImage(width + (width % 2), height + (height % 2));
    padded = padToEven(pixels, width, height, padded);
    yield fromBgra({ width: planar.width, height: planar.height, pixels: padded }, planar);
  }
}
