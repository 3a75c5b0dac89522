/**
 * Claim: a 1280x720 frame becomes the encoder's 128x72 floats in at most 0.5 ms (p50), at any usual window size.
 *
 *   node dist/bench/preprocess.js [--samples 2000]
 */
import { Random } from '../src/core/random.js';
import { STUDY_CONTRACT } from '../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../src/vision/preprocessor.js';
import { measure, printHeader, printJson, samplesFromArguments } from './measurement.js';

const SIZES = [
  [640, 360],
  [1278, 695],
  [1280, 720],
  [1920, 1080],
] as const;
const WARM_UP = 200;

const samples = samplesFromArguments(2000);
printHeader('a frame -> 128x72 floats', { samples, warmUp: WARM_UP });
const preprocessor = new Preprocessor(STUDY_CONTRACT);
const rows = [];
for (const [width, height] of SIZES) {
  const random = new Random(1);
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = random.uint32() >>> 24;
  const picture = { width, height, pixels };
  rows.push(await measure(`preprocess ${width}x${height}`, samples, WARM_UP, () => preprocessor.process(picture)));
}
printJson('preprocess', rows);
