/**
 * An autoencoder from a training's work folder, to show how much of a picture it preserves; bundles have no decoder.
 * Trains nothing and changes no file.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { autoencoderNetwork, LATENT_LAYER } from './architectures.js';
import { readBestWeights, TOGETHER_CHECKPOINT } from './checkpoint.js';
import type { Engine } from './engine.js';
import { LoadedModel } from './forward.js';
import type { KerasModel } from './keras/read.js';
import { upTo, weightSpecs, type NamedArray, type Network } from './network.js';

/** Checkpoints of an autoencoder; the last attempt is the one that the training used. */
const CHECKPOINT = /^autoencoder-(\d+)\.checkpoint$/;

function unusable(folder: string, problem: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'checkpoint-mismatch',
    message: `${folder} ${problem}.`,
    next: "Name the work folder of the training of this model's encoder (by default <bundle>.work).",
  });
}

/** Whether the work folder is of a training of encoder and head together, which makes no decoder. */
export const isTrainedOnKeys = (workFolder: string): boolean => existsSync(join(workFolder, TOGETHER_CHECKPOINT));

/** Encodes a picture and decodes its latent again. */
export class Reconstructor implements Disposable {
  readonly #engine: Engine;
  readonly #autoencoder: KerasModel;
  readonly #loaded: LoadedModel;

  private constructor(engine: Engine, autoencoder: KerasModel) {
    this.#engine = engine;
    this.#autoencoder = autoencoder;
    this.#loaded = new LoadedModel(engine, autoencoder);
  }

  /**
   * Opens the autoencoder of a work folder.
   *
   * @param image H and W
   * @throws UnderstudyError `checkpoint-mismatch` where the folder has none, or one for pictures of another size
   */
  static open(engine: Engine, workFolder: string, image: readonly [number, number]): Reconstructor {
    const names = existsSync(workFolder) ? readdirSync(workFolder).filter((name) => CHECKPOINT.test(name)) : [];
    const last = names.sort((a, b) => attemptOf(a) - attemptOf(b)).at(-1);
    const weights = last === undefined ? null : readBestWeights(join(workFolder, last));
    if (weights === null)
      throw unusable(workFolder, 'has no checkpoint of an autoencoder, nor of an encoder trained on the keys');
    const network = networkOf(weights, image);
    if (network === null) throw unusable(workFolder, `has an autoencoder for other pictures than ${image.join(' x ')}`);
    return new Reconstructor(engine, { network, weights });
  }

  /**
   * @param picture [H, W] 0..1
   * @returns the reconstruction, [H, W] 0..1
   */
  reconstruct(picture: Float32Array): Float32Array {
    return this.#loaded.run(picture);
  }

  /** The latent of a picture, [D]: shows whether a bundle has the same encoder. */
  latent(picture: Float32Array): Float32Array {
    const { network, weights } = this.#autoencoder;
    using encoder = new LoadedModel(this.#engine, upTo(network, weights, LATENT_LAYER));
    return encoder.run(picture);
  }

  [Symbol.dispose](): void {
    this.#loaded[Symbol.dispose]();
  }
}

const attemptOf = (name: string): number => Number(CHECKPOINT.exec(name)![1]);

/** The autoencoder whose weights have these names and shapes; null where no autoencoder does. */
function networkOf(weights: readonly NamedArray[], image: readonly [number, number]): Network | null {
  const filters = weights.filter(({ name }) => /^conv\d+/.test(name) && /kernel|weight/.test(name));
  const channels = filters.map(({ shape }) => shape[shape.length - 1]);
  const dense = weights.find(({ name, shape }) => name.startsWith(LATENT_LAYER) && shape.length === 2);
  if (channels.length === 0) return null;
  const kind = dense === undefined ? ('baseline' as const) : ('advanced' as const);
  const network = autoencoderNetwork({ kind, latentSize: dense?.shape[1] ?? 0, channels, image });
  const wanted = weightSpecs(network);
  const fits = wanted.every((spec, place) => weights[place]?.shape.join() === spec.shape.join());
  return fits && wanted.length === weights.length ? network : null;
}
