/**
 * The part of ONNX's protobuf messages that our graphs use, and the codec for it. Field numbers are those of
 * onnx/onnx.proto (ONNX 1.12, IR version 8). Fields that can carry what we refuse (subgraphs, functions, external
 * data, sparse weights) are listed too, so that they are found and not skipped.
 */
import protobuf from 'protobufjs';

/** IR version 8 goes with opset 17 (ONNX 1.12); every onnxruntime since 1.12 reads it. */
export const IR_VERSION = 8;
/** The operator set of our graphs. */
export const OPSET_VERSION = 17;

/** Values of TensorProto.DataType that are used here. */
export const DATA_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
/** Values of AttributeProto.AttributeType that are used here. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** AttributeProto */
export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
  readonly graph?: Uint8Array;
  readonly graphs?: readonly Uint8Array[];
}

/** NodeProto */
export interface NodeMessage {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType: string;
  readonly domain?: string;
  readonly attribute?: readonly AttributeMessage[];
}

/** TensorProto. `rawData` is little-endian. */
export interface TensorMessage {
  readonly dims?: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly Uint8Array[];
  readonly dataLocation?: number;
}

/** ValueInfoProto of a tensor; a dimension is a number or the name of a free one. */
export interface ValueInfoMessage {
  readonly name: string;
  readonly type: {
    readonly tensorType?: {
      readonly elemType: number;
      readonly shape?: { readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

/** GraphProto */
interface GraphMessage {
  readonly name: string;
  readonly node?: readonly NodeMessage[];
  readonly initializer?: readonly TensorMessage[];
  readonly input?: readonly ValueInfoMessage[];
  readonly output?: readonly ValueInfoMessage[];
  readonly sparseInitializer?: readonly Uint8Array[];
}

/** ModelProto */
export interface ModelMessage {
  readonly irVersion: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph: GraphMessage;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version: number }[];
  readonly trainingInfo?: readonly Uint8Array[];
  readonly functions?: readonly Uint8Array[];
}

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: 'repeated', type, id, options: { packed: false } });

const ONNX_DESCRIPTOR = {
  nested: {
    Attribute: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        s: one('bytes', 4),
        graph: one('bytes', 6),
        ints: many('int64', 8),
        graphs: many('bytes', 11),
        type: one('int32', 20),
      },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: many('Attribute', 5),
        domain: one('string', 7),
      },
    },
    Tensor: {
      fields: {
        dims: many('int64', 1),
        dataType: one('int32', 2),
        name: one('string', 8),
        rawData: one('bytes', 9),
        externalData: many('bytes', 13),
        dataLocation: one('int32', 14),
      },
    },
    Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
    Shape: { fields: { dim: many('Dimension', 1) } },
    TensorType: { fields: { elemType: one('int32', 1), shape: one('Shape', 2) } },
    Type: { fields: { tensorType: one('TensorType', 1) } },
    ValueInfo: { fields: { name: one('string', 1), type: one('Type', 2) } },
    Graph: {
      fields: {
        node: many('Node', 1),
        name: one('string', 2),
        initializer: many('Tensor', 5),
        input: many('ValueInfo', 11),
        output: many('ValueInfo', 12),
        sparseInitializer: many('bytes', 15),
      },
    },
    OperatorSet: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    Model: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        producerVersion: one('string', 3),
        graph: one('Graph', 7),
        opsetImport: many('OperatorSet', 8),
        trainingInfo: many('bytes', 20),
        functions: many('bytes', 25),
      },
    },
  },
};

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('Model');

/** The bytes of an ONNX file. */
export function encodeModel(model: ModelMessage): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

/**
 * Reads an ONNX file. Weights are views into `bytes`, not copies.
 *
 * @throws Error (plain) where the bytes are not such a message; check-graph.ts makes the error for people
 */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  return modelType.toObject(modelType.decode(bytes), { longs: Number }) as ModelMessage;
}
