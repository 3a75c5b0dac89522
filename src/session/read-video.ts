/**
 * The pictures of a session's video, one by one, as they are shown: H.264 is decoded by webcodecs, MPEG-4 part 2 (OpenCV's
 * `mp4v`, the study's recorder) and anything else by the system's ffmpeg. Range, matrix, edit list and turn are obeyed, as
 * OpenCV obeys them, whichever decoder it is.
 */
import { decodeWithFfmpeg } from './ffmpeg.js';
import { cropInPlace } from './even-size.js';
import { readMp4Facts } from './mp4-boxes.js';
import { builtInReads, requireReadable } from './picture-kind.js';
import { turnedSize, turnPixels, type Turn } from './turn.js';
import { decodeH264, type DecodedPicture } from './video.js';

/**
 * Yields the pictures of an MP4 in the order of display, each valid until the next.
 *
 * @param size px of the recorded pictures, where the video was padded to even sizes; null or 0: the video's own
 * @throws UnderstudyError `file-missing`, `file-unreadable`, `video-unreadable`; `package-missing` where the decoder is absent
 */
export async function* readVideo(
  path: string,
  size: { readonly width: number; readonly height: number } | null = null,
): AsyncGenerator<DecodedPicture, void, void> {
  const facts = await readMp4Facts(path);
  requireReadable(path, facts);
  const coded = builtInReads(facts) ? decodeH264(path, facts) : decodeWithFfmpeg(path, facts);
  const pictures = facts.turn === 0 || facts.turn === null ? coded : turned(coded, facts.turn);
  for await (const picture of pictures) {
    const width = Math.min(size?.width || picture.width, picture.width);
    const height = Math.min(size?.height || picture.height, picture.height);
    const pixels = cropInPlace(picture.pixels, picture.width, width, height);
    yield { index: picture.index, width, height, pixels };
  }
}

async function* turned(
  pictures: AsyncIterable<DecodedPicture>,
  turn: Turn,
): AsyncGenerator<DecodedPicture, void, void> {
  let upright = new Uint8Array(0);
  for await (const { index, width, height, pixels } of pictures) {
    if (upright.length !== pixels.length) upright = new Uint8Array(pixels.length);
    turnPixels(pixels, width, height, turn, upright);
    yield { index, ...turnedSize(width, height, turn), pixels: upright };
  }
}
