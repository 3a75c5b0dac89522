/**
 * One ONNX graph, loaded and ready to run. Only this file imports onnxruntime-node, and lazily. Input and output are
 * buffers that are allocated once; a run allocates nothing of the model's size.
 */
import type * as onnxruntime from 'onnxruntime-node';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';
import { sizeOf } from './onnx/graph-builder.js';

type Onnxruntime = typeof onnxruntime;

/** How a session is opened. Shapes are complete, with the batch dimension. */
export interface OnnxSessionOptions {
  /** The file's name in errors. */
  readonly file: string;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly output: { readonly name: string; readonly shape: readonly number[] };
  /** Threads that compute one operator, >= 1. */
  readonly intraOpThreads: number;
}

/**
 * From 1.27 on the Linux build reports its use to its maker, keeps an identifier of the device in the user's cache, and
 * leaves a log in the temporary folder, unless this is set before the library loads. It is set as this file is read: in the
 * main thread, whose environment is the process's, before any thread that loads models is made.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

async function loadOnnxruntime(): Promise<Onnxruntime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `the package 'onnxruntime-node', which runs the models, does not load: ${messageOf(error)}`,
      next: `${reinstallAdvice()} \`understudy doctor\` says which engines there are.`,
      cause: error,
    });
  }
}

/**
 * Loads the engine and returns its name and version.
 *
 * @throws UnderstudyError 'package-missing'
 */
export async function inferenceEngineVersion(): Promise<string> {
  const { env } = await loadOnnxruntime();
  return `onnxruntime ${env.versions.node ?? env.versions.common}`;
}

/**
 * The options of every session. Spinning is off: with it, threads that wait for work would use a whole core between two
 * ticks. The memory pattern and the arena keep inner buffers from one run to the next. Log level 3 is errors only.
 */
function sessionOptions(intraOpThreads: number): onnxruntime.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1, // our graphs are chains: no two operators can run at the same time
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 3,
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
        set_denormal_as_zero: '0', // a model's results must not depend on the thread that runs it
      },
    },
  };
}

/** A loaded graph with one input and one output. */
export class OnnxSession implements AsyncDisposable {
  /** The input's values, written by the caller before {@link run}. */
  readonly input: Float32Array;
  /** The output's values, overwritten by each {@link run}. */
  readonly output: Float32Array;
  readonly #session: onnxruntime.InferenceSession;
  readonly #feeds: Record<string, onnxruntime.Tensor>;
  readonly #fetches: Record<string, onnxruntime.Tensor>;

  private constructor(session: onnxruntime.InferenceSession, ort: Onnxruntime, options: OnnxSessionOptions) {
    this.#session = session;
    this.input = new Float32Array(sizeOf(options.input.shape));
    this.output = new Float32Array(sizeOf(options.output.shape));
    this.#feeds = { [options.input.name]: new ort.Tensor('float32', this.input, options.input.shape) };
    this.#fetches = { [options.output.name]: new ort.Tensor('float32', this.output, options.output.shape) };
  }

  /**
   * Loads a graph and runs it once on zeros, so that the first real run is as fast as the others.
   *
   * @param bytes an ONNX file that passed `checkGraph`
   * @throws UnderstudyError 'bundle-corrupt' where the engine refuses it; 'package-missing'
   */
  static async open(bytes: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession> {
    const ort = await loadOnnxruntime();
    try {
      const loaded = await ort.InferenceSession.create(bytes, sessionOptions(options.intraOpThreads));
      const session = new OnnxSession(loaded, ort, options);
      await session.run();
      return session;
    } catch (error) {
      throw new UnderstudyError({
        kind: 'input',
        code: 'bundle-corrupt',
        message: `${options.file} does not run: ${messageOf(error)}`,
        next: 'copy the bundle again from where it came, or make a new one',
        cause: error,
      });
    }
  }

  /** Computes {@link output} from {@link input}. One run at a time. */
  async run(): Promise<void> {
    await this.#session.run(this.#feeds, this.#fetches);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
