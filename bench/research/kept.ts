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
import { readDataset, type Dataset } from '../../src/session/dataset.js';
import { encodeRows } from '../../src/training/encode-rows.js';
import { loadEngine } from '../../src/training/engine.js';
import { keptFigure } from '../../src/training/kept-figure.js';
import { FITTED, readBackOf, spread, TRIED, type EncodedFrames } from '../../src/training/read-back.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';

/** Of the fights, those that the map is fitted to; it is tried on the others. */
const FITTED_SHARE = 0.8;

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

async function encoded(dataset: Dataset, bundle: Bundle): Promise<EncodedFrames> {
  const { fights } = dataset;
  const all = [...new Set(fights)];
  const fittedFights = new Set(all.slice(0, Math.ceil(FITTED_SHARE * all.length)));
  const rowsOf = (isFitted: boolean): number[] =>
    [...fights.keys()].filter((row) => fittedFights.has(fights[row]) === isFitted);
  const fitted = spread(rowsOf(true), FITTED);
  const tried = spread(
    rowsOf(false).filter((row) => row > 0 && fights[row] === fights[row - 1]),
    TRIED,
  );
  const rows = [...fitted, ...tried.flatMap((row) => [row - 1, row])];
  const { placeOf, ...encodedRows } = await encodeRows(dataset, bundle, rows);
  const at = (wanted: readonly number[]): number[] => wanted.map((row) => placeOf.get(row)!);
  return { ...encodedRows, fitted: at(fitted), tried: at(tried) };
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
    const { image } = bundle.manifest;
    const model = basename(path);
    const readBack = readBackOf(engine, await encoded(dataset, bundle));
    if (readBack === null)
      throw new Error(`${path}: its latents are too many to be read back, or no frame follows another`);
    const { kept } = readBack;
    rows.push([
      ...[model, `${image.width}x${image.height}`],
      ...[`${percent(kept.smallKept)} of ${kept.smallBlobs}`, `${percent(kept.movingKept)} of ${kept.movingBlobs}`],
    ]);
    document.push({ model, id: bundle.id, ...kept });
    const file = `${name}-${model}.png`;
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
  n: `${dataset.fights.length} frames; the map is fitted to ${FITTED} and tried on ${TRIED}`,
  versions: { engine: engine.description },
  sections: [
    'The share of small blobs, and of blobs that move, that keep half of their contrast or more: a linear map from latents ' +
      'to pictures is fitted to four fifths of the fights and tried on the others. The models were trained on ' +
      'these fights too.',
    markdownTable(['model', 'picture', 'small blobs kept', 'moving blobs kept'], rows),
    ...pictures,
  ],
  document: { models: document },
});
process.stderr.write(page);
