/** Some frames of a dataset with their latents, in memory, as a bundle's encoder makes them. */
import type { Bundle } from '../policy/bundle.js';
import { openModel } from '../policy/model.js';
import type { Dataset } from '../session/dataset.js';
import { grayToImage } from '../vision/preprocessor.js';
import type { EncodedFrames } from './read-back.js';
import { MemoryRows } from './rows.js';

export interface EncodedRows extends Pick<EncodedFrames, 'frames' | 'image' | 'latents'> {
  /** Where a row of the dataset is in them. */
  readonly placeOf: ReadonlyMap<number, number>;
}

/**
 * @param rows of the dataset; each frame once, in time order
 * @throws UnderstudyError as reading the pictures, and as openModel
 */
export async function encodeRows(dataset: Dataset, bundle: Bundle, rows: Iterable<number>): Promise<EncodedRows> {
  const wanted = [...new Set(rows)].sort((a, b) => a - b);
  const placeOf = new Map(wanted.map((row, place) => [row, place]));
  const { image, latentSize, preprocessing } = bundle.manifest;
  const pixels = image.height * image.width;
  const frames = new Uint8Array(wanted.length * pixels);
  const latents = new Float32Array(wanted.length * latentSize);
  const picture = new Float32Array(pixels);
  const latent = new Float32Array(latentSize);
  const model = await openModel(bundle);
  try {
    let row = 0;
    for await (const gray of dataset.pictures(preprocessing)) {
      const place = placeOf.get(row);
      row += 1;
      if (place === undefined) continue;
      grayToImage(gray, picture);
      await model.encoder.encode(picture, latent);
      frames.set(gray, place * pixels);
      latents.set(latent, place * latentSize);
    }
  } finally {
    await model.encoder[Symbol.asyncDispose]();
    await model.head[Symbol.asyncDispose]();
  }
  return {
    frames: new MemoryRows(frames, pixels),
    image: [image.height, image.width],
    latents: new MemoryRows(new Uint8Array(latents.buffer), latent.byteLength),
    placeOf,
  };
}
