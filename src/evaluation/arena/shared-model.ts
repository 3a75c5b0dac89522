/**
 * One model that plays many fights: each fight gets its own encoder and head, whose calls are computed in batches.
 * Batches are used only where they give the same bits as live play, which computes one picture at a time.
 */
import { Random } from '../../core/random.js';
import type { Bundle } from '../../policy/bundle.js';
import { openModel, type Model, type ModelOpener } from '../../policy/model.js';
import { BatchQueue, type RowComputer } from './batch-queue.js';

/** Encoder and head as rows in, rows out. */
interface Computers extends AsyncDisposable {
  readonly encoder: RowComputer;
  readonly head: RowComputer;
}

async function openComputers(bundle: Bundle, rows: number, open: ModelOpener): Promise<Computers> {
  const { image, latentSize, actions } = bundle.manifest;
  const model = await open(bundle, { batchSize: rows });
  const images = new Float32Array(rows * image.height * image.width);
  const latents = new Float32Array(rows * latentSize);
  const probabilities = new Float32Array(rows * actions.length);
  const { encoder, head } = model;
  return {
    encoder: { rows, input: images, output: latents, run: () => encoder.encode(images, latents) },
    head: { rows, input: head.latents, output: probabilities, run: () => head.predict(probabilities) },
    [Symbol.asyncDispose]: async () => {
      await encoder[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    },
  };
}

/** True where each row of a batch has the same bits as computed alone. Engines choose their kernels by size and processor. */
async function haveSameBits(many: RowComputer, one: RowComputer): Promise<boolean> {
  const random = new Random(1);
  const inSize = one.input.length;
  const outSize = one.output.length;
  for (let i = 0; i < many.input.length; i += 1) many.input[i] = random.integer(0, 255) / 255;
  await many.run();
  for (let row = 0; row < many.rows; row += 1) {
    one.input.set(many.input.subarray(row * inSize, (row + 1) * inSize));
    await one.run();
    const alone = new Uint32Array(one.output.buffer, one.output.byteOffset, outSize);
    const together = new Uint32Array(many.output.buffer, many.output.byteOffset + row * outSize * 4, outSize);
    if (alone.some((bits, i) => bits !== together[i])) return false;
  }
  return true;
}

export class SharedModel implements AsyncDisposable {
  readonly #bundle: Bundle;
  readonly #parts: readonly Computers[];
  readonly #images: BatchQueue;
  readonly #windows: BatchQueue;

  private constructor(bundle: Bundle, one: Computers, many: Computers) {
    this.#bundle = bundle;
    this.#parts = many === one ? [one] : [one, many];
    this.#images = new BatchQueue(many.encoder, one.encoder);
    this.#windows = new BatchQueue(many.head, one.head);
  }

  /**
   * Loads a bundle's model. Computes rows one by one where a batch would change a result.
   *
   * @param batchSize >= 1
   * @param open default `openModel`, onnxruntime
   * @throws UnderstudyError as `open`
   */
  static async open(bundle: Bundle, batchSize: number, open: ModelOpener = openModel): Promise<SharedModel> {
    const one = await openComputers(bundle, 1, open);
    if (batchSize === 1) return new SharedModel(bundle, one, one);
    let many: Computers | null = null;
    try {
      many = await openComputers(bundle, batchSize, open);
      const same = (await haveSameBits(many.encoder, one.encoder)) && (await haveSameBits(many.head, one.head));
      if (same) return new SharedModel(bundle, one, many);
    } catch (error) {
      await many?.[Symbol.asyncDispose]();
      await one[Symbol.asyncDispose]();
      throw error;
    }
    await many[Symbol.asyncDispose]();
    return new SharedModel(bundle, one, one);
  }

  /** For one fight. Disposing of it does nothing: all fights share the model. */
  forOneFight(): Model {
    const { latentSize, windowLength } = this.#bundle.manifest;
    const latents = new Float32Array(windowLength * latentSize);
    const nothing = () => Promise.resolve();
    return {
      encoder: {
        latentSize,
        encode: (image, latent) => this.#images.compute(image, latent),
        [Symbol.asyncDispose]: nothing,
      },
      head: {
        latents,
        predict: (probabilities) => this.#windows.compute(latents, probabilities),
        [Symbol.asyncDispose]: nothing,
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of this.#parts) await part[Symbol.asyncDispose]();
  }
}
