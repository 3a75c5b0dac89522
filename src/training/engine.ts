/**
 * The training engine: TensorFlow.js on libtensorflow (`tfjs-node`), or its plain JavaScript backend (`cpu`) for tiny
 * models and tests. The only file that loads TensorFlow.js; lazily, since playing does not need it.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as TfjsNode from '@tensorflow/tfjs-node-gpu';
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { UnderstudyError, messageOf } from '../core/errors.js';
import { restoreRemovedNodeApi } from './node-api.js';
import { keepFreedMemory } from '../system/libc.js';
import { linkEngine } from './setup/link.js';
import { packageFolder } from './setup/npm-package.js';

/** The TensorFlow.js API. Types only: nothing is loaded by importing this. */
export type Tf = typeof TfjsNode;
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-node-gpu';

export type EngineName = 'tfjs-node' | 'cpu';

/** One attribute of a TensorFlow operation. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that runs operations for which TensorFlow.js has no API. */
export interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: {
    readonly TF_Version: string;
    readonly TF_FLOAT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_SHAPE: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
  };
  executeMultipleOutputs(name: string, attributes: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[];
}

export interface Engine {
  readonly name: EngineName;
  readonly tf: Tf;
  /** tfjs-node's backend; null on `cpu`. */
  readonly node: NodeBackend | null;
  /** "TensorFlow 2.18.0 on the CPU, tfjs 4.22.0", for the training record. */
  readonly description: string;
}

/** Runs a TensorFlow operation for which TensorFlow.js has no API: one output, and its float type as only attribute. */
export function floatOp(node: NodeBackend, name: string, inputs: readonly Tensor[]): Tensor {
  const attributes = [{ name: 'T', type: node.binding.TF_ATTR_TYPE, value: node.binding.TF_FLOAT }];
  return node.executeMultipleOutputs(name, attributes, [...inputs], 1)[0];
}

let loaded: { readonly engine: Engine; readonly deterministic: boolean } | null = null;

function prepareEnvironment(deterministic: boolean): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // hides its start-up messages, which tell a user nothing
  if (!deterministic) return;
  process.env.TF_NUM_INTRAOP_THREADS = '1';
  process.env.TF_NUM_INTEROP_THREADS = '1';
}

async function loadNode(require: NodeJS.Require): Promise<Engine> {
  const folder = linkEngine();
  let tf: Tf;
  try {
    tf = require(folder) as Tf;
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: `The training engine could not be loaded: ${messageOf(cause).split('\n')[0]}`,
      next: 'Run `understudy setup training --again`.',
      cause,
    });
  }
  await tf.ready();
  keepFreedMemory();
  const node = tf.backend() as unknown as NodeBackend;
  const device = node.isUsingGpuDevice ? 'a GPU' : 'the CPU';
  const description = `TensorFlow ${node.binding.TF_Version} on ${device}, tfjs ${tf.version['tfjs-core']}`;
  return { name: 'tfjs-node', tf, node, description };
}

async function loadCpu(): Promise<Engine> {
  // the plain package is a dependency of tfjs-node-gpu and is found through it
  const tf = createRequire(join(packageFolder(), 'package.json'))('@tensorflow/tfjs') as Tf;
  tf.env().set('PROD', true); // silences the advice to use tfjs-node
  await tf.setBackend('cpu');
  return { name: 'cpu', tf, node: null, description: `plain JavaScript, tfjs ${tf.version['tfjs-core']}` };
}

/**
 * Loads an engine. There is one for each process, since TensorFlow.js keeps one global state.
 *
 * @param deterministic one thread, so that sums are made in the same order every time; read once, at the loading
 * @throws UnderstudyError `engine-missing` where the engine is not set up, `bad-option` where another one is loaded
 */
export async function loadEngine(
  name: EngineName = 'tfjs-node',
  { deterministic = false }: { readonly deterministic?: boolean } = {},
): Promise<Engine> {
  if (loaded !== null) {
    if (loaded.engine.name === name && (name === 'cpu' || loaded.deterministic === deterministic)) return loaded.engine;
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `This process already trains on ${loaded.engine.name}${loaded.deterministic ? ', deterministic' : ''}; ${name}${deterministic ? ', deterministic' : ''} was asked for.`,
      next: 'Start another process for it.',
    });
  }
  restoreRemovedNodeApi();
  prepareEnvironment(deterministic);
  const engine = name === 'cpu' ? await loadCpu() : await loadNode(createRequire(import.meta.url));
  loaded = { engine, deterministic };
  return engine;
}
