/**
 * Checks that the ONNX graphs of a bundle answer what the trained model answers, on real frames and windows, before
 * anything is written: with a transposed layer the agent would play badly for no visible reason.
 */
import { UnderstudyError } from '../core/errors.js';
import { OnnxSession } from '../policy/onnx-session.js';
import { ENCODER_INPUT, ENCODER_OUTPUT } from '../policy/onnx/encoder-graph.js';
import { HEAD_INPUT, HEAD_OUTPUT } from '../policy/onnx/head-graph.js';
import type { TrainingData } from './dataset.js';
import type { Engine } from './engine.js';
import { LoadedModel } from './forward.js';
import type { KerasModel } from './keras/read.js';
import type { Rows } from './rows.js';

/** Frames and windows that are compared, spread over the data. */
const SAMPLES = 32;
/** float32 sums are made in another order; float16 storage also rounds the weights (to 11 bits). */
const TOLERANCE = { float32: 1e-4, float16: 2e-2 } as const;

interface Subject {
  readonly data: TrainingData;
  readonly latents: Rows;
  readonly encoder: KerasModel;
  readonly head: KerasModel;
}

async function answersOf(
  graph: Uint8Array,
  names: { input: string; output: string; file: string },
  input: Float32Array,
  inputShape: readonly number[],
  outputSize: number,
): Promise<Float32Array> {
  await using session = await OnnxSession.open(graph, {
    file: names.file,
    input: { name: names.input, shape: [SAMPLES, ...inputShape] },
    output: { name: names.output, shape: [SAMPLES, outputSize] },
    intraOpThreads: 1,
  });
  session.input.set(input);
  await session.run();
  return Float32Array.from(session.output);
}

function trainedAnswers(engine: Engine, trained: KerasModel, input: Float32Array): Float32Array {
  using model = new LoadedModel(engine, trained);
  return model.run(input);
}

function assertClose(what: string, got: Float32Array, expected: Float32Array, tolerance: number): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  for (let i = 0; i < expected.length; i += 1) {
    if (Math.abs(got[i] - expected[i]) <= tolerance * scale) continue;
    throw new UnderstudyError({
      kind: 'contract',
      code: 'contract-broken',
      message: `The ${what} as ONNX answers ${got[i]} where the trained model answers ${expected[i]} (tolerance ${tolerance * scale}). No bundle was written.`,
      next: 'Report this with the command that was run: it is a fault of the export.',
    });
  }
}

/** Compares both graphs with the trained models. @throws UnderstudyError `contract-broken` */
export async function assertSameAnswers(
  engine: Engine,
  subject: Subject,
  graphs: { readonly encoder: Uint8Array; readonly head: Uint8Array },
  storage: 'float32' | 'float16',
): Promise<void> {
  const { data, latents, encoder, head } = subject;
  const tolerance = TOLERANCE[storage];
  const spread = (count: number): number[] =>
    Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * Math.max(0, count)) / SAMPLES));
  const bytes = new Uint8Array(SAMPLES * data.frames.rowBytes);
  for (const [row, frame] of spread(data.frames.count).entries()) {
    data.frames.read(frame, 1, bytes, row * data.frames.rowBytes);
  }
  const images = Float32Array.from(bytes, (value) => value / 255);
  const latentSize = latents.rowBytes / 4;
  const encoderNames = { input: ENCODER_INPUT, output: ENCODER_OUTPUT, file: 'encoder.onnx' };
  const imageShape = [...data.image, 1];
  assertClose(
    'encoder',
    await answersOf(graphs.encoder, encoderNames, images, imageShape, latentSize),
    trainedAnswers(engine, encoder, images),
    tolerance,
  );
  const [length] = head.network.inputShape;
  const windows = new Float32Array(SAMPLES * length * latentSize);
  const windowBytes = new Uint8Array(windows.buffer);
  const last = latents.count - length;
  for (const [row, first] of spread(last).entries()) {
    latents.read(first, length, windowBytes, row * length * latents.rowBytes);
  }
  const headNames = { input: HEAD_INPUT, output: HEAD_OUTPUT, file: 'head.onnx' };
  const trained = trainedAnswers(engine, head, windows);
  const outputs = trained.length / SAMPLES;
  const got = await answersOf(graphs.head, headNames, windows, [length, latentSize], outputs);
  assertClose('head', got, trained, tolerance);
}
