import {create} from '@bufbuild/protobuf';
import type {TensorInfo} from '../../schemas/tensor.js';
import {
  type FunctionProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import {typedValue} from './value-types.js';

export interface ModelParts {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly (TensorInfo | ValueInfoProto)[];
  readonly initializers?: readonly TensorProto[];
  readonly functions?: readonly FunctionProto[];
  /** Versions of operator sets by domain, `''` being that of ONNX; 17 of that one if left out. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** 8, the version of ONNX 1.10 to 1.12, if left out: old enough for every runtime in use. */
  readonly irVersion?: number;
}

/** A new model. */
export function modelProto(parts: ModelParts): ModelProto {
  const {name, nodes, inputs, outputs, initializers = [], functions = []} = parts;
  const {opsets = {'': 17}, irVersion = 8} = parts;
  return create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'heterodyne',
    opsetImport: Object.entries(opsets).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, {domain, version: BigInt(version)}),
    ),
    graph: create(GraphProtoSchema, {
      name,
      node: [...nodes],
      input: inputs.map(typedValue),
      output: outputs.map(output => ('$typeName' in output ? output : typedValue(output))),
      initializer: [...initializers],
    }),
    functions: [...functions],
  });
}
