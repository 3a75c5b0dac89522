/** Decodes a video with the system's ffmpeg, picture by picture through a pipe. Only a few pictures are in memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UnderstudyError } from '../core/errors.js';
import type { Mp4Facts } from './mp4-boxes.js';
import { turnedSize } from './turn.js';
import type { DecodedPicture } from './video.js';

/** How much is kept of the end of ffmpeg's messages. */
const KEPT_MESSAGE_CHARACTERS = 2000;

/**
 * Yields the pictures as BGRA, as they were coded: not turned. Those that an edit list hides are left out.
 *
 * @throws UnderstudyError `package-missing` when there is no ffmpeg, `video-unreadable` when it fails
 */
export async function* decodeWithFfmpeg(
  path: string,
  facts: Mp4Facts,
  program = 'ffmpeg',
): AsyncGenerator<DecodedPicture, void, void> {
  // the coded size: pictures are turned by who asked for them, for both decoders alike
  const { width, height } = turnedSize(facts.width, facts.height, facts.turn ?? 0);
  // every coded frame once: ffmpeg must not add or drop frames to fit a rate
  const input = ['-v', 'error', '-nostdin', '-noautorotate', '-i', path];
  const options = [...input, '-map', '0:v:0', '-fps_mode', 'passthrough'];
  const child = spawn(program, [...options, '-f', 'rawvideo', '-pix_fmt', 'bgra', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-KEPT_MESSAGE_CHARACTERS);
  });
  const ended = once(child, 'close').then(
    ([code]: unknown[]) => (code === 0 ? null : new Error(messages.trim() || `it ended with ${String(code)}`)),
    (error: Error) => error,
  );
  const pixels = new Uint8Array(width * height * 4);
  let filled = 0;
  let index = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + pixels.length - filled);
        pixels.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < pixels.length) continue;
        yield { index, width, height, pixels };
        index += 1;
        filled = 0;
      }
    }
    const error = await ended;
    if (error !== null) throw failed(error, path, facts, program, index);
    if (filled > 0) {
      const other = new Error(`its pictures are not of ${width}x${height}, the size that its header names`);
      throw failed(other, path, facts, program, index);
    }
  } finally {
    if (child.exitCode === null && child.pid !== undefined) child.kill('SIGKILL');
    await ended;
  }
}

/** What the built-in decoder does not read right. */
function whyFfmpeg({ codec, parts, colours: { chroma, bits, matrix, fullRange } }: Mp4Facts): string {
  if (codec !== 'avc1' && codec !== 'avc3') return `is not H.264 but '${codec}' (MPEG-4 part 2 is what OpenCV writes)`;
  if (parts > 1) return `is cut into ${parts} parts by its edit list`;
  const samples = ['gray', '4:2:0', '4:2:2', '4:4:4'][chroma ?? -1] ?? 'unknown samples';
  const range = fullRange ? 'full' : 'limited';
  return `is H.264 with ${samples}, ${bits ?? 'unknown'} bits, ${range} range and matrix ${matrix}`;
}

function failed(error: Error, path: string, facts: Mp4Facts, program: string, frame: number): UnderstudyError {
  const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
  if (isAbsent) {
    return new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `${path} ${whyFfmpeg(facts)}, which needs the program ${program}; it is not installed.`,
      next: 'Install the package ffmpeg (apt-get install ffmpeg, brew install ffmpeg, winget install ffmpeg).',
      cause: error,
    });
  }
  return new UnderstudyError({
    kind: 'input',
    code: 'video-unreadable',
    message: `${program} cannot decode ${path} (${facts.codec}) after frame ${frame}: ${error.message}.`,
    next: 'Restore the video from a copy, or convert it to H.264.',
    cause: error,
  });
}
