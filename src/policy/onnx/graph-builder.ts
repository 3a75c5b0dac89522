/**
 * Writes an ONNX graph node by node. Functions that add a node take the names of its inputs and return the name of its
 * output.
 */
import { toHalf } from './float16.js';
import {
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  encodeModel,
  IR_VERSION,
  OPSET_VERSION,
  type AttributeMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './messages.js';

/** A weight: float32 values in row-major order and their shape. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How matrices and kernels are stored. float16 ones are cast to float32 when the file is loaded. */
export type WeightStorage = 'float32' | 'float16';

type AttributeValue = number | string | readonly number[];

/** A named dimension ('B') is free. */
export type Dimension = number | string;

function attributeMessage(name: string, value: AttributeValue): AttributeMessage {
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value };
}

function valueInfo(name: string, shape: readonly Dimension[]): ValueInfoMessage {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPE.float32, shape: { dim } } } };
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Collects the nodes and weights of one graph. */
export class GraphBuilder {
  readonly #nodes: NodeMessage[] = [];
  readonly #initializers: TensorMessage[] = [];
  readonly #storage: WeightStorage;
  readonly #name: string;

  constructor(name: string, storage: WeightStorage) {
    this.#name = name;
    this.#storage = storage;
  }

  /** Adds a node and returns its last output. An absent optional input, or output before the last, is ''. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputsBefore: readonly string[] = [],
  ): string {
    this.#nodes.push({
      opType,
      name: `${output}/${opType}`,
      input: inputs,
      output: [...outputsBefore, output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeMessage(name, value)),
    });
    return output;
  }

  /** Adds a float weight as `name`. With float16 storage, weights of two or more dimensions are stored in float16. */
  weight(name: string, weight: WeightTensor): string {
    const { shape, data } = weight;
    if (sizeOf(shape) !== data.length)
      throw new Error(`${name}: ${data.length} values for the shape [${shape.join()}]`);
    if (this.#storage === 'float16' && shape.length >= 2) {
      const halves = new Uint16Array(data.length); // a loop: from() with a mapping takes seconds for an encoder
      for (let i = 0; i < data.length; i += 1) halves[i] = toHalf(data[i]);
      this.constant(`${name}:float16`, shape, DATA_TYPE.float16, halves);
      return this.node('Cast', [`${name}:float16`], name, { to: DATA_TYPE.float32 });
    }
    return this.constant(name, shape, DATA_TYPE.float32, data);
  }

  /** Adds values unchanged, of an ONNX data type that fits the array's. @param shape [] is a scalar */
  constant(name: string, shape: readonly number[], dataType: number, values: ArrayBufferView): string {
    // typed arrays are little-endian on every machine that Node and onnxruntime run on
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, dims: shape, dataType, rawData });
    return name;
  }

  /** The finished file, with one input and one output. */
  finish(
    input: { readonly name: string; readonly shape: readonly Dimension[] },
    output: { readonly name: string; readonly shape: readonly Dimension[] },
  ): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'understudy',
      producerVersion: '1',
      opsetImport: [{ domain: '', version: OPSET_VERSION }],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: [valueInfo(input.name, input.shape)],
        output: [valueInfo(output.name, output.shape)],
      },
    });
  }
}
