/**
 * The memory that training takes for ten hours of play: 360,000 frames of a made-up session are read, encoded and
 * trained on, step by step in one process, and the largest resident size so far is noted after each.
 *
 *   npm run bench train-memory -- [--frames 360000] [--steps 20] [--write]     after npm run setup:training
 *
 * The pictures need 3.3 GB of disk and the latents 0.7 GB, in a temporary folder that is removed. Latents of all frames
 * are made by an encoder with few filters, whose output has the full 512 numbers: what is held is the same, and the
 * hours that the real one takes are not. Whole epochs, with their checkpoints, are run on a small part.
 */
import { readFileSync } from 'node:fs';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { textTable } from '../../src/terminal/table.js';
import { LATENT_LAYER, autoencoderNetwork } from '../../src/training/architectures.js';
import { encodeFrames, trainAutoencoder } from '../../src/training/train-autoencoder.js';
import { TRAIN, VALIDATION, TEST, type TrainingData } from '../../src/training/dataset.js';
import { loadEngine } from '../../src/training/engine.js';
import { predictPart, trainHead } from '../../src/training/train-head.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { upTo } from '../../src/training/network.js';
import { presetSettings } from '../../src/training/presets.js';
import { rowsSha256 } from '../../src/training/rows.js';
import { dataFromSessions } from '../../src/training/session-data.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { commandOf, publish, textBlock } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

/** 48 s, as long as a fight in the arena. */
const FIGHT_FRAMES = 480;
const frames = FIGHT_FRAMES * Math.ceil(countArgument('--frames', 360_000) / FIGHT_FRAMES);
const steps = countArgument('--steps', 20);
const LIMIT_MB = 4096;
/** Frames of the part that whole epochs are run on. */
const FEW = 64;

const folder = openFolder('train-memory').path;
const rows: { step: string; peakMb: number; seconds: number }[] = [];
let beganMs = performance.now();

/** Largest resident size of this process so far, MB (10^6 bytes); Linux. */
function peakMb(): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kb === undefined) throw new Error('no VmHWM: this bench needs Linux');
  return (Number(kb) * 1024) / 1e6;
}

function note(step: string): void {
  const seconds = (performance.now() - beganMs) / 1000;
  rows.push({ step, peakMb: peakMb(), seconds });
  process.stderr.write(`${step}: ${peakMb().toFixed(0)} MB, ${seconds.toFixed(0)} s\n`);
  beganMs = performance.now();
}

/** Runs a training and stops it after some steps. */
async function someSteps(train: (signal: AbortSignal, onProgress: () => void) => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  let done = 0;
  const onProgress = (): void => {
    done += 1;
    if (done === steps) stop.abort();
  };
  await train(stop.signal, onProgress).catch((error: unknown) => {
    if (error !== stop.signal.reason) throw error;
  });
}

const base = await recordBlockSession(folder, { fights: frames / FIGHT_FRAMES, length: FIGHT_FRAMES }, 'long');
note('the session is written');
const engine = await loadEngine('tfjs-node');
const { data, fps } = await dataFromSessions([base], {
  pictures: STUDY_CONTRACT,
  split: { by: 'fight', seed: 1 },
  workFolder: folder,
});
using pictures = data.frames;
note('logs and pictures are read');
const sha256 = rowsSha256(pictures);
const { autoencoder, head } = presetSettings({
  ...{ preset: 'understudy', autoencoder: 'advanced', latentSize: 512, head: 'gru' },
});
await someSteps((signal, onProgress) =>
  trainAutoencoder(engine, data, sha256, autoencoder, { workFolder: null, resume: false, signal, onProgress }),
);
note(`${steps} steps of the autoencoder on all of it`);
const few: TrainingData = {
  ...data,
  partOf: Uint8Array.from(data.partOf, (_, i) => (i < FEW ? TRAIN : i < 2 * FEW ? VALIDATION : TEST)),
};
const context = { workFolder: folder, resume: false };
await trainAutoencoder(engine, few, sha256, { ...autoencoder, epochs: 1 }, context).catch((error: unknown) => {
  // three steps teach it nothing, which is noticed: the epoch was whole all the same
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'training-diverged') throw error;
});
note('whole epochs of the autoencoder on a part, with validation');
const network = autoencoderNetwork({ kind: 'advanced', latentSize: 512, channels: [1, 1, 1] });
const encoder = upTo(network, initialWeights(network, 1), LATENT_LAYER);
using latents = await encodeFrames(engine, data, sha256, encoder, folder);
note('latents of all of it');
await someSteps((signal, onProgress) =>
  trainHead(engine, data, latents, 'a', head, { workFolder: null, resume: false, signal, onProgress }),
);
note(`${steps} steps of the head on all of it`);
const trained = await trainHead(engine, few, latents, 'b', { ...head, epochs: 1 }, context);
note('a whole epoch of the head on a part, with its checkpoint');
const { labels } = predictPart(engine, data, latents, trained.model, head, VALIDATION);
note('answers to all validation windows');
const diskMb = [pictures, latents].map(({ count, rowBytes }) => (count * rowBytes) / 1e6);
const peak = peakMb();
const table = rows.map(({ step, peakMb: mb, seconds }) => [step, mb.toFixed(0), seconds.toFixed(0)]);
publish({
  name: 'train-memory',
  title: 'The memory of training',
  command: commandOf('bench train-memory', { frames, steps, write: true }),
  n: `1 run of ${frames} frames`,
  sections: [
    'A made-up session, read, encoded and trained on ' +
      'in one process; the largest resident size so far after each step (VmHWM). Pictures and latents stay in files. ' +
      'Latents of all frames come from an encoder of few filters with the full 512 outputs; whole epochs are run on a part.',
    textBlock(
      [
        `${frames} frames (${(frames / fps / 3600).toFixed(1)} h), pictures ${diskMb[0].toFixed(0)} MB and latents ${diskMb[1].toFixed(0)} MB on disk`,
        '',
        textTable(['step', 'peak MB', 'seconds'], table),
        '',
        `peak ${peak.toFixed(0)} MB, limit ${LIMIT_MB}: ${peak <= LIMIT_MB ? 'held' : 'broken'}`,
      ].join('\n'),
    ),
  ],
  document: { frames, steps, diskMb, peakMb: peak, limitMb: LIMIT_MB, validationWindows: labels.count, rows },
});
process.exitCode = peak <= LIMIT_MB ? 0 : 5;
