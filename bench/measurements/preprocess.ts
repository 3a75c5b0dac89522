/**
 * Claim: a 1280x720 frame becomes the encoder's 128x72 floats in at most 0.5 ms (p50), at any usual window size.
 *
 *   npm run bench preprocess -- [--samples 2000]
 */
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { printResult } from '../support/machine.js';
import { countArgument, sampleMs } from '../support/sampling.js';

const SIZES = [
  [640, 360],
  [1278, 695],
  [1280, 720],
  [1920, 1080],
] as const;
const WARMUP = 200;

const n = countArgument('--samples', 2000);
const preprocessor = new Preprocessor(STUDY_CONTRACT);
const ms: Record<string, Quantiles | null> = {};
const other: Record<string, number> = {};
for (const [width, height] of SIZES) {
  const random = new Random(1);
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = random.uint32() >>> 24;
  const picture = { width, height, pixels };
  const tookMs = await sampleMs(n, WARMUP, () => preprocessor.process(picture));
  ms[`${width}x${height}`] = quantiles(tookMs);
  other[`${width}x${height} min ms`] = Math.min(...tookMs);
}
printResult({
  claim: 'a 1280x720 frame -> 128x72 floats: p50 at most 0.5 ms',
  setting: { picture: 'seeded noise, BGRA' },
  n,
  warmup: WARMUP,
  ms,
  other,
});
