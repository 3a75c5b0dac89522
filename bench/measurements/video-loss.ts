/**
 * Measures how far the gray frames of a decoded H.264 video are from those that the policy saw live: what training loses
 * that takes the video instead of the lossless frames.
 *
 *   npm run bench video-loss -- [--fights 3] [--seed 1] [--write]
 *
 * Records scripted fights with both, at the arena's size, and compares frame by frame.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../../src/core/quantiles.js';
import { readGrayFrames } from '../../src/session/gray-file.js';
import { readVideo } from '../../src/session/read-video.js';
import { filesAt } from '../../src/session/session-files.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { runCli } from '../../testing/cli/cli.js';
import { versionOf } from '../support/machine.js';
import { commandOf, markdownTable, publish } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const fights = countArgument('--fights', 3);
const seed = countArgument('--seed', 1);
const folder = openFolder('loss').path;

/** Mean and greatest absolute difference of each frame, of 255, and the share of all pixels that differ by more than 8. */
async function compare(base: string) {
  const files = filesAt(base);
  const live = readGrayFrames(files.gray);
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  const means: number[] = [];
  const greatest: number[] = [];
  let far = 0;
  for await (const picture of readVideo(files.video)) {
    const { value: expected } = await live.next();
    if (expected === undefined) break;
    preprocessor.process(picture);
    let sum = 0;
    let most = 0;
    for (let i = 0; i < expected.length; i += 1) {
      const difference = Math.abs(preprocessor.gray[i] - expected[i]);
      sum += difference;
      most = Math.max(most, difference);
      if (difference > 8) far += 1;
    }
    means.push(sum / expected.length);
    greatest.push(most);
  }
  const pixels = means.length * preprocessor.gray.length;
  return { means: means.sort((a, b) => a - b), greatest: greatest.sort((a, b) => a - b), farShare: far / pixels };
}

const demos = ['demos', '--fights', String(fights), '--seed', String(seed), '--out', folder, '--name', 'loss'];
const made = await runCli(demos);
if (made.code !== 0) throw new Error(made.stderr);
const { means, greatest, farShare } = await compare(join(folder, 'loss'));
const figures = (values: readonly number[]) => [0.5, 0.95, 0.99, 1].map((q) => Number(quantile(values, q).toFixed(2)));
const result = {
  frames: means.length,
  meanDifference: figures(means),
  greatestDifference: figures(greatest),
  farShare: Number(farShare.toFixed(5)),
  videoBytes: statSync(join(folder, 'loss.mp4')).size,
  grayBytes: statSync(join(folder, 'loss_gray.bin')).size,
};
publish({
  name: 'video-loss',
  title: 'What H.264 costs the gray frames',
  command: commandOf('bench video-loss', { fights, seed, write: true }),
  n: `${result.frames} frames of ${fights} scripted fights, seed ${seed}`,
  versions: { '@napi-rs/webcodecs': versionOf('@napi-rs/webcodecs') },
  sections: [
    'How far the 128x72 gray frames of the decoded video are from the lossless ones that were live, of 255.',
    `Pixels that differ by more than 8: ${(100 * farShare).toFixed(2)} %. The video has ${result.videoBytes} bytes, the lossless frames ${result.grayBytes}.`,
    markdownTable(
      ['of a frame', 'p50', 'p95', 'p99', 'max'],
      [
        ['mean absolute difference', ...result.meanDifference.map(String)],
        ['greatest difference', ...result.greatestDifference.map(String)],
      ],
    ),
  ],
  document: result,
});
