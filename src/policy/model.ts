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

/** An encoder on onnxruntime. */
class OnnxEncoder implements Encoder {
  readonly latentSize: number;
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession, latentSize: number) {
    this.#session = session;
    this.latentSize = latentSize;
  }

  /**
   * Loads and warms up a bundle's encoder.
   *
   * @throws UnderstudyError 'bundle-corrupt', 'package-missing'
   */
  static async open(bundle: Bundle, options: ModelOptions = {}): Promise<OnnxEncoder> {
    const { image, latentSize, files } = bundle.manifest;
    const batch = options.batchSize ?? 1;
    const session = await OnnxSession.open(bundle.encoder, {
      file: files.encoder.path,
      input: { name: ENCODER_INPUT, shape: [batch, image.height, image.width, 1] },
      output: { name: ENCODER_OUTPUT, shape: [batch, latentSize] },
      intraOpThreads: options.intraOpThreads ?? 1,
    });
    return new OnnxEncoder(session, latentSize);
  }

  async encode(image: Float32Array, latent: Float32Array): Promise<void> {
    this.#session.input.set(image);
    await this.#session.run();
    latent.set(this.#session.output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

/** A head on onnxruntime. */
class OnnxHead implements Head {
  readonly latents: Float32Array;
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession) {
    this.#session = session;
    this.latents = session.input;
  }

  /**
   * Loads and warms up a bundle's head.
   *
   * @throws UnderstudyError 'bundle-corrupt', 'package-missing'
   */
  static async open(bundle: Bundle, options: ModelOptions = {}): Promise<OnnxHead> {
    const { windowLength, latentSize, actions, files } = bundle.manifest;
    const batch = options.batchSize ?? 1;
    const session = await OnnxSession.open(bundle.head, {
      file: files.head.path,
      input: { name: HEAD_INPUT, shape: [batch, windowLength, latentSize] },
      output: { name: HEAD_OUTPUT, shape: [batch, actions.length] },
      intraOpThreads: options.intraOpThreads ?? 1,
    });
    return new OnnxHead(session);
  }

  async predict(probabilities: Float32Array): Promise<void> {
    await this.#session.run();
    probabilities.set(this.#session.output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
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
export async function openModel(bundle: Bundle, options: ModelOptions = {}): Promise<Model> {
  const encoder = await OnnxEncoder.open(bundle, options);
  try {
    return { encoder, head: await OnnxHead.open(bundle, options) };
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
}
