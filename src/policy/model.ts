/**
 * The two halves of a model as their users see them: an encoder and a head. Whichever component opens them chooses the
 * engine; the one here is onnxruntime.
 */
import type { Bundle } from './bundle.js';
import { OnnxSession } from './onnx-session.js';
import { ENCODER_INPUT, ENCODER_OUTPUT } from './onnx/encoder-graph.js';
import { HEAD_INPUT, HEAD_OUTPUT } from './onnx/head-graph.js';

/** Turns images into latents. */
export interface Encoder extends AsyncDisposable {
  /** D */
  readonly latentSize: number;
  /**
   * @param image [B, H, W] float32 0..1; read before the promise settles
   * @param latent [B, D], written
   */
  encode(image: Float32Array, latent: Float32Array): Promise<void>;
}

/** Turns a window of latents into probabilities. */
export interface Head extends AsyncDisposable {
  /** [B, T, D], oldest first: the caller writes the window here, so that it is copied once. */
  readonly latents: Float32Array;
  /**
   * Reads {@link latents}.
   *
   * @param probabilities [B, K] in the order of the bundle's actions, written
   */
  predict(probabilities: Float32Array): Promise<void>;
}

/** How a model is opened. */
export interface ModelOptions {
  /** B, the number of images or windows computed at once. Default 1. */
  readonly batchSize?: number;
  /** Threads that compute one operator. Default 1: a second one saves a millisecond and costs a core. */
  readonly intraOpThreads?: number;
}

/** Loads and warms up a bundle's encoder. */
async function openEncoder(bundle: Bundle, { batchSize = 1, intraOpThreads = 1 }: ModelOptions): Promise<Encoder> {
  const { image, latentSize, files } = bundle.manifest;
  const session = await OnnxSession.open(bundle.encoder, {
    file: files.encoder.path,
    input: { name: ENCODER_INPUT, shape: [batchSize, image.height, image.width, 1] },
    output: { name: ENCODER_OUTPUT, shape: [batchSize, latentSize] },
    intraOpThreads,
  });
  return {
    latentSize,
    encode: async (images, latents) => {
      session.input.set(images);
      await session.run();
      latents.set(session.output);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Loads and warms up a bundle's head alone. @throws UnderstudyError as openModel */
export async function openHead(bundle: Bundle, { batchSize = 1, intraOpThreads = 1 }: ModelOptions): Promise<Head> {
  const { windowLength, latentSize, actions, files } = bundle.manifest;
  const session = await OnnxSession.open(bundle.head, {
    file: files.head.path,
    input: { name: HEAD_INPUT, shape: [batchSize, windowLength, latentSize] },
    output: { name: HEAD_OUTPUT, shape: [batchSize, actions.length] },
    intraOpThreads,
  });
  return {
    latents: session.input,
    predict: async (probabilities) => {
      await session.run();
      probabilities.set(session.output);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Both halves of a bundle's model; the component that opened them disposes of both. */
export interface Model {
  readonly encoder: Encoder;
  readonly head: Head;
}

/** Opens a bundle's model on an engine. */
export type ModelOpener = (bundle: Bundle, options?: ModelOptions) => Promise<Model>;

/**
 * Opens both halves on onnxruntime. When the second does not open, the first is closed.
 *
 * @throws UnderstudyError 'bundle-corrupt', 'package-missing'
 */
export async function openModel(bundle: Bundle, options: ModelOptions = {}): Promise<Model & AsyncDisposable> {
  const encoder = await openEncoder(bundle, options);
  try {
    const head = await openHead(bundle, options);
    const close = async (): Promise<void> => {
      await encoder[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    };
    return { encoder, head, [Symbol.asyncDispose]: close };
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
}
