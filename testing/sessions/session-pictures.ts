/** Pictures for tests of recording: each shows its number, moves like a game, and is recognisable after H.264. */
import type { PictureThread } from '../../src/session/picture-writer.js';
import type { VideoThreadReply, VideoThreadRequest } from '../../src/session/video-thread.js';

/** Bits of a picture's number, drawn as black and white squares along the top. */
const NUMBER_BITS = 12;

/** A BGRA picture: a gradient, a bright ball that moves, and `number` as squares of width / 12 px. */
export function numberedPicture(number: number, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4);
  const square = Math.floor(width / NUMBER_BITS);
  const ballX = (number * 7) % width;
  const ballY = height / 2 + Math.sin(number / 3) * (height / 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const bit = Math.min(NUMBER_BITS - 1, Math.floor(x / square));
      const isBall = (x - ballX) ** 2 + (y - ballY) ** 2 < 36;
      const shade = y < square ? ((number >> bit) & 1) * 255 : isBall ? 255 : 20 + Math.round((60 * x) / width);
      pixels[at] = isBall ? 60 : shade;
      pixels[at + 1] = shade;
      pixels[at + 2] = y < square ? shade : Math.round(shade * 0.8);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** The number that a picture shows, whatever lossy coding did to its squares. */
export function numberShown(pixels: Uint8Array, width: number): number {
  const square = Math.floor(width / NUMBER_BITS);
  let number = 0;
  for (let bit = 0; bit < NUMBER_BITS; bit += 1) {
    const at = ((square >> 1) * width + bit * square + (square >> 1)) * 4;
    if (pixels[at + 1] > 127) number |= 1 << bit;
  }
  return number;
}

/** A picture thread that the test controls: keeps what it is sent and answers only when the test says so. */
export class ScriptedPictureThread implements PictureThread {
  readonly requests: VideoThreadRequest[] = [];
  onReply: (reply: VideoThreadReply) => void = () => undefined;
  onGone: (error: Error) => void = () => undefined;
  #answered = 0;

  post(request: VideoThreadRequest): void {
    if (request.kind === 'open') return this.onReply({ kind: 'ready' });
    this.requests.push(request);
    if (request.kind === 'finish') this.onReply({ kind: 'finished' });
  }

  /** Answers the oldest requests that have no answer. */
  answer(count = Infinity): void {
    for (let left = count; left > 0 && this.#answered < this.requests.length; left -= 1) {
      const request = this.requests[this.#answered];
      this.#answered += 1;
      if (request.kind === 'picture') this.onReply({ kind: 'done', pixels: request.pixels });
      else if (request.kind === 'repeat') this.onReply({ kind: 'done', pixels: null });
    }
  }
}
