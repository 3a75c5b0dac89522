/**
 * One model that plays many fights: each fight gets its own encoder and head, whose calls are computed in batches.
 * Batches are used only where they give the same bits as live play, which computes one picture at a time.
 */
import { Random } from '../../core/random.js';
import type { Bundle } from '../../policy/bundle.js';
import { openHead, openModel, type Head, type Model, type ModelOpener } from '../../policy/model.js';
import { BatchQueue, type RowComputer } from './batch-queue.js';

/** Rows in, rows out; disposing of it closes the model behind it. */
type Opened = RowComputer & AsyncDisposable;

/** Encoder and head of one batch size. */
interface Computers {
  readonly encoder: Opened;
  readonly head: Opened;
}

async function openComputers(bundle: Bundle, rows: number, open: ModelOpener): Promise<Computers> {
  const { image, latentSize } = bundle.manifest;
  const { encoder, head } = await open(bundle, { batchSize: rows });
  const input = new Float32Array(rows * image.height * image.width);
  const output = new Float32Array(rows * latentSize);
  const run = (): Promise<void> => encoder.encode(input, output);
  return {
    encoder: { rows, input, output, run, [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose]() },
    head: headComputer(bundle, rows, head),
  };
}

function headComputer({ manifest }: Bundle, rows: number, head: Head): Opened {
  const output = new Float32Array(rows * manifest.actions.length);
  const run = (): Promise<void> => head.predict(output);
  return { rows, input: head.latents, output, run, [Symbol.asyncDispose]: () => head[Symbol.asyncDispose]() };
}

async function close({ encoder, head }: Computers): Promise<void> {
  await encoder[Symbol.asyncDispose]();
  await head[Symbol.asyncDispose]();
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
  /** Of a single row, then of a batch where that gives the same bits. */
  #computers: readonly Computers[];
  readonly #images: BatchQueue;
  #windows: BatchQueue;

  private constructor(bundle: Bundle, computers: readonly Computers[]) {
    this.#bundle = bundle;
    this.#computers = computers;
    const [one, many = one] = computers;
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
    if (batchSize === 1) return new SharedModel(bundle, [one]);
    let many: Computers | null = null;
    try {
      many = await openComputers(bundle, batchSize, open);
      const same = (await haveSameBits(many.encoder, one.encoder)) && (await haveSameBits(many.head, one.head));
      if (same) return new SharedModel(bundle, [one, many]);
    } catch (error) {
      if (many !== null) await close(many);
      await close(one);
      throw error;
    }
    await close(many);
    return new SharedModel(bundle, [one]);
  }

  /**
   * Continues with another head of the same shapes, on onnxruntime. No fight may be under way.
   *
   * @throws UnderstudyError 'bundle-corrupt'; the earlier head then still plays
   */
  async replaceHead(head: Uint8Array): Promise<void> {
    const bundle = { ...this.#bundle, head };
    const earlier = this.#computers;
    const opened: Computers[] = [];
    try {
      for (const { encoder } of earlier) {
        const { rows } = encoder;
        opened.push({ encoder, head: headComputer(bundle, rows, await openHead(bundle, { batchSize: rows })) });
      }
    } catch (error) {
      for (const { head: opening } of opened) await opening[Symbol.asyncDispose]();
      throw error;
    }
    const [one, many = one] = opened;
    this.#computers = opened;
    this.#windows = new BatchQueue(many.head, one.head);
    for (const each of earlier) await each.head[Symbol.asyncDispose]();
  }

  /** For one fight. Disposing of it does nothing: all fights share the model. */
  forOneFight(): Model {
    const { latentSize, windowLength } = this.#bundle.manifest;
    const latents = new Float32Array(windowLength * latentSize);
    const windows = this.#windows;
    const nothing = () => Promise.resolve();
    return {
      encoder: {
        latentSize,
        encode: (image, latent) => this.#images.compute(image, latent),
        [Symbol.asyncDispose]: nothing,
      },
      head: {
        latents,
        predict: (probabilities) => windows.compute(latents, probabilities),
        [Symbol.asyncDispose]: nothing,
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#computers) await close(each);
  }
}
