/**
 * Question: what do encoders keep of what is small and of what moves in the pictures of a game, and what does that look like?
 *
 *   npm run research kept -- --session sessions/take --model models/take --model models/take-autoencoder [--name take-cover]
 *
 * A linear map from latents to pictures is fitted to the first fights of the session and tried on the others, the same way
 * for each model. Writes docs/results/kept-<name>.md and .json, and a picture for each model.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { writeFigureFiles } from '../../src/evaluation/figures/figure.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { openModel } from '../../src/policy/model.js';
import { readDataset, type Dataset } from '../../src/session/dataset.js';
import { loadEngine } from '../../src/training/engine.js';
import { keptFigure } from '../../src/training/kept-figure.js';
import { readBackOf, type EncodedFrames } from '../../src/training/read-back.js';
import { grayToImage } from '../../src/vision/preprocessor.js';
import { MemoryRows } from '../../testing/sessions/data-in-memory.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';

/** Of the fights, those that the map is fitted to; it is tried on the others. */
const FITTED_SHARE = 0.8;
/** Frames that are encoded of each part, as pairs of two that follow each other. */
const MOST_PAIRS = 1000;

const { values } = parseArgs({
  options: {
    session: { type: 'string', multiple: true, default: [] },
    model: { type: 'string', multiple: true, default: [] },
    name: { type: 'string' },
  },
});
if (values.session.length === 0 || values.model.length === 0) {
  console.error('expected --session, and --model once or more');
  process.exit(2);
}
const name = `kept-${values.name ?? basename(values.session[0])}`;
const folder = join(PROJECT_ROOT, 'docs', 'results');

/** Rows of the dataset whose predecessor belongs to their fight, spread evenly over some of the fights. */
function pairsOf({ fights }: Dataset, isWanted: (fight: number) => boolean): number[] {
  const follow = Array.from(fights.keys()).filter(
    (row) => row > 0 && fights[row] === fights[row - 1] && isWanted(fights[row]),
  );
  const count = Math.min(MOST_PAIRS, follow.length);
  return Array.from({ length: count }, (_, i) => follow[Math.floor((i * follow.length) / count)]);
}

async function encoded(dataset: Dataset, bundle: Bundle): Promise<EncodedFrames> {
  const all = [...new Set(dataset.fights)];
  const fittedFights = new Set(all.slice(0, Math.ceil(FITTED_SHARE * all.length)));
  const [fitted, tried] = [true, false].map((isFitted) =>
    pairsOf(dataset, (fight) => fittedFights.has(fight) === isFitted),
  );
  const rows = [...new Set([...fitted, ...tried].flatMap((row) => [row - 1, row]))].sort((a, b) => a - b);
  const places = new Map(rows.map((row, place) => [row, place]));
  const { height, width } = bundle.manifest.image;
  const frames = new Uint8Array(rows.length * height * width);
  const latents = new Float32Array(rows.length * bundle.manifest.latentSize);
  const image = new Float32Array(height * width);
  const latent = new Float32Array(bundle.manifest.latentSize);
  const model = await openModel(bundle);
  try {
    let row = 0;
    for await (const gray of dataset.pictures(bundle.manifest.preprocessing)) {
      const place = places.get(row);
      row += 1;
      if (place === undefined) continue;
      grayToImage(gray, image);
      await model.encoder.encode(image, latent);
      frames.set(gray, place * gray.length);
      latents.set(latent, place * latent.length);
    }
  } finally {
    await model.encoder[Symbol.asyncDispose]();
    await model.head[Symbol.asyncDispose]();
  }
  const at = (wanted: readonly number[]): number[] => wanted.map((one) => places.get(one)!);
  return {
    frames: new MemoryRows(frames, height * width),
    image: [height, width],
    latents: new MemoryRows(new Uint8Array(latents.buffer), latent.byteLength),
    ...{ fitted: at(fitted), tried: at(tried) },
  };
}

const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(0)} %`);

const engine = await loadEngine('tfjs-node');
const dataset = await readDataset(values.session);
const rows: string[][] = [];
const pictures: string[] = [];
const document: Record<string, unknown>[] = [];
const drawn = mkdtempSync(join(tmpdir(), 'understudy-kept-'));
try {
  for (const path of values.model) {
    const bundle = await readBundle(path);
    const { name: model, image, training } = bundle.manifest;
    const readBack = readBackOf(engine, await encoded(dataset, bundle));
    if (readBack === null)
      throw new Error(`${path}: its latents are too many to be read back, or no frame follows another`);
    const { kept } = readBack;
    rows.push([
      ...[model, `${image.width}x${image.height}`],
      ...[`${percent(kept.smallKept)} of ${kept.smallBlobs}`, `${percent(kept.movingKept)} of ${kept.movingBlobs}`],
    ]);
    document.push({ model, id: bundle.id, command: (training as { command?: string }).command, ...kept });
    const file = `${name}-${basename(path)}.png`;
    const [, png] = await writeFigureFiles(drawn, await keptFigure(model, readBack));
    mkdirSync(folder, { recursive: true });
    copyFileSync(png, join(folder, file));
    pictures.push(`![${model}](${file})`);
    console.error(rows.at(-1)!.join('  '));
  }
} finally {
  rmSync(drawn, { recursive: true, force: true });
}
const page = writeResult({
  name,
  title: `What encoders keep of ${values.name ?? basename(values.session[0])}`,
  command: commandOf('research kept', { session: values.session, model: values.model, name: values.name }),
  n: `${dataset.fights.length} frames, of which at most ${2 * MOST_PAIRS} a part`,
  versions: { engine: engine.description },
  sections: [
    'The share of small blobs, and of blobs that move, that keep half of their contrast or more: a linear map from latents ' +
      'to pictures is fitted to four fifths of the fights and tried on 200 frames of the others. The models were trained on ' +
      'these fights too.',
    markdownTable(['model', 'picture', 'small blobs kept', 'moving blobs kept'], rows),
    ...pictures,
  ],
  document: { models: document },
});
process.stderr.write(page);
