/**
 * Preloaded (node --import) into the commands that same-outputs.js runs and their threads, for what no text mask can do:
 * stops the wall clock at SAME_OUTPUTS_NOW_MS; and as the video encoder's rate control follows the machine's speed,
 * writes the hash of each picture given to it to SAME_OUTPUTS_FRAMES. Does nothing where a variable is not set.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const { SAME_OUTPUTS_NOW_MS: nowMs, SAME_OUTPUTS_FRAMES: framesPath, SAME_OUTPUTS_CHECKOUT: checkout } = process.env;

if (nowMs !== undefined) {
  globalThis.Date = class extends Date {
    constructor(...parts) {
      super(...(parts.length === 0 ? [Number(nowMs)] : parts));
    }
    static now() {
      return Number(nowMs);
    }
  };
}

if (framesPath !== undefined) recordFrames();

/** The package is CommonJS and cached: what is set in its exports now is what the program imports later. */
function recordFrames() {
  const codecs = createRequire(`${checkout}/package.json`)('@napi-rs/webcodecs');
  codecs.VideoFrame = new Proxy(codecs.VideoFrame, {
    construct(VideoFrame, parts) {
      const [source, { format, codedWidth, codedHeight, timestamp, duration }] = parts;
      const picture = ArrayBuffer.isView(source)
        ? `${format} ${codedWidth}x${codedHeight} ${createHash('sha256').update(source).digest('hex').slice(0, 16)}`
        : 'the frame before once more';
      appendFileSync(framesPath, `${timestamp} us, ${duration} us: ${picture}\n`);
      return Reflect.construct(VideoFrame, parts);
    },
  });
}
