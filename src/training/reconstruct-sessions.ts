/**
 * Pictures of sessions beside what can be made of their latents: by the decoder of the encoder's training, or, where the
 * encoder was trained on the keys and has none, by a linear map. Joins training and evaluation.
 */
import { badOption, UnderstudyError } from '../core/errors.js';
import type { ReconstructedPair, Reconstructions } from '../evaluation/figures/reconstructions.js';
import type { Bundle } from '../policy/bundle.js';
import { openModel } from '../policy/model.js';
import type { Dataset } from '../session/dataset.js';
import { loadEngine, type Engine } from './engine.js';
import { encodeRows } from './encode-rows.js';
import { FITTED, isReadable, LinearReadBack, spread } from './read-back.js';
import { isTrainedOnKeys, Reconstructor } from './reconstruct.js';
import { grayDataUri } from '../vision/image-file.js';
import { grayToImage } from '../vision/preprocessor.js';

/** Thirds of a fight, since its log does not mark phases. */
const PARTS = ['first third', 'middle third', 'last third'] as const;
/** Relative to the largest latent: the engines round differently, and weights may be stored as float16. */
const SAME_WITHIN = 0.02;

interface Wanted {
  readonly row: number;
  readonly part: string;
  readonly action: string;
}

/**
 * One picture for each third of the fights and each action held there.
 *
 * @param workFolder of the training of the bundle's encoder
 * @throws UnderstudyError `checkpoint-mismatch` where the folder's autoencoder is not the bundle's, or the folder has no
 *   training of an encoder; `bad-option` for latents too large for a linear map; as reading the pictures
 */
export async function reconstructFrom(workFolder: string, dataset: Dataset, bundle: Bundle): Promise<Reconstructions> {
  const { height, width } = bundle.manifest.image;
  const isLinear = isTrainedOnKeys(workFolder);
  const pairs = await (isLinear ? readBackPairs(dataset, bundle) : decodedPairs(workFolder, dataset, bundle));
  const places = PARTS.flatMap((part) => dataset.actions.names.map((action) => `${part} ${action}`));
  const placeOf = ({ part, action }: ReconstructedPair): number => places.indexOf(`${part} ${action}`);
  return {
    source: isLinear
      ? 'a linear map, since an encoder that was trained on the keys has no decoder'
      : `the decoder of ${workFolder}`,
    aspect: width / height,
    pairs: pairs.sort((a, b) => placeOf(a) - placeOf(b)),
  };
}

async function readBackPairs(dataset: Dataset, bundle: Bundle): Promise<ReconstructedPair[]> {
  const { latentSize } = bundle.manifest;
  if (!isReadable(latentSize)) {
    throw badOption(
      `A picture cannot be read back out of ${latentSize} latents: that takes too long.`,
      'Leave --work out.',
    );
  }
  const wanted = wantedRows(dataset);
  const rows = spread([...dataset.fights.keys()], FITTED);
  const { placeOf, ...encoded } = await encodeRows(dataset, bundle, [...rows, ...wanted.map(({ row }) => row)]);
  using map = new LinearReadBack(await anyEngine(), { ...encoded, fitted: rows.map((row) => placeOf.get(row)!) });
  const pairs: ReconstructedPair[] = [];
  for (const one of wanted) {
    const place = placeOf.get(one.row)!;
    const gray = new Uint8Array(encoded.frames.rowBytes);
    encoded.frames.read(place, 1, gray, 0);
    pairs.push(await pairOf(one, dataset, bundle, gray, map.pictureAt(place)));
  }
  return pairs;
}

async function decodedPairs(workFolder: string, dataset: Dataset, bundle: Bundle): Promise<ReconstructedPair[]> {
  const { height, width } = bundle.manifest.image;
  const wanted = wantedRows(dataset);
  using autoencoder = Reconstructor.open(await anyEngine(), workFolder, [height, width]);
  const model = await openModel(bundle);
  try {
    const pairs: ReconstructedPair[] = [];
    const picture = new Float32Array(height * width);
    let row = 0;
    for await (const gray of dataset.pictures(bundle.manifest.preprocessing)) {
      for (const one of wanted.filter((other) => other.row === row)) {
        grayToImage(gray, picture);
        if (pairs.length === 0) await assertSameEncoder(model.encoder, autoencoder, picture, workFolder);
        const back = Uint8Array.from(autoencoder.reconstruct(picture), (pixel) => Math.round(255 * pixel));
        pairs.push(await pairOf(one, dataset, bundle, gray, back));
      }
      row += 1;
    }
    return pairs;
  } finally {
    await model.encoder[Symbol.asyncDispose]();
    await model.head[Symbol.asyncDispose]();
  }
}

/** @param gray and what was made of its latent, [H * W] each */
async function pairOf(
  { row, part, action }: Wanted,
  { sessions, sessionOf, frameOf }: Dataset,
  { manifest }: Bundle,
  gray: Uint8Array,
  back: Uint8Array,
): Promise<ReconstructedPair> {
  const { height, width } = manifest.image;
  const squares = gray.reduce((sum, pixel, i) => sum + ((pixel - back[i]) / 255) ** 2, 0);
  return {
    ...{ part, action, session: sessions[sessionOf[row]].files.name, frame: frameOf[row] },
    meanSquaredError: squares / gray.length,
    input: await grayDataUri(gray, width, height),
    output: await grayDataUri(back, width, height),
  };
}

/** For each third and action: the middle frame of those that hold it, in the first fight where there are any. */
function wantedRows({ fights, labels }: Dataset): Wanted[] {
  const found = new Map<string, Wanted>();
  for (let first = 0; first < fights.length;) {
    let end = first;
    while (end < fights.length && fights[end] === fights[first]) end += 1;
    for (const [third, part] of PARTS.entries()) {
      const bounds = [third, third + 1].map((n) => first + Math.floor((n * (end - first)) / PARTS.length));
      for (const [k, action] of labels.actions.names.entries()) {
        const held: number[] = [];
        for (let row = bounds[0]; row < bounds[1]; row += 1) if (labels.at(row, k) !== 0) held.push(row);
        const key = `${part} ${action}`;
        if (held.length > 0 && !found.has(key)) found.set(key, { row: held[held.length >> 1], part, action });
      }
    }
    first = end;
  }
  return [...found.values()];
}

/** The fast engine where it is set up, else the slow one: a few pictures do not need the fast one. */
async function anyEngine(): Promise<Engine> {
  try {
    return await loadEngine('tfjs-node');
  } catch (error) {
    if (error instanceof UnderstudyError && error.code === 'engine-missing') return loadEngine('cpu');
    throw error;
  }
}

async function assertSameEncoder(
  encoder: Awaited<ReturnType<typeof openModel>>['encoder'],
  autoencoder: Reconstructor,
  picture: Float32Array,
  workFolder: string,
): Promise<void> {
  const ours = new Float32Array(encoder.latentSize);
  await encoder.encode(picture, ours);
  const theirs = autoencoder.latent(picture);
  const largest = Math.max(1e-6, ...ours.map(Math.abs));
  const isSame =
    theirs.length === ours.length && ours.every((value, i) => Math.abs(value - theirs[i]) <= SAME_WITHIN * largest);
  if (isSame) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'checkpoint-mismatch',
    message: `The autoencoder in ${workFolder} is not the one of this model: its latents differ.`,
    next: "Name the work folder of the training of this model's own encoder; the bundle's record has its command.",
  });
}
