import {create} from '@bufbuild/protobuf';
import type {NamedTensors} from '../../schemas/tensor.js';
import {
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from '../../src/network/generated/onnx_pb.js';
import {NetworkBuilder} from './network-builder.js';
import {tensorOf} from './tensor-of.js';

/** A float32 tensor of this shape whose elements lie outside the model, as `entries` say. */
export function externalTensorProto(
  shape: readonly number[],
  entries: Readonly<Record<string, string>>,
): TensorProto {
  return create(TensorProtoSchema, {
    dims: shape.map(BigInt),
    dataType: 1,
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, {key, value}),
    ),
  });
}

export interface ExternalNetwork {
  readonly bytes: Uint8Array;
  /** The files beside the model. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly inputs: NamedTensors;
}

/**
 * A network that keeps its weights in two files, one of them for a body:
 *
 *     x -> MatMul a -> h -> MatMul again -> k -> If -> y      again: the same bytes as a
 *                                                 Add k b | Sub k b
 */
export function externalNetwork(): ExternalNetwork {
  const a = externalTensorProto([2, 2], {location: 'a.bin', offset: '8', length: '16'});
  const b = externalTensorProto([2, 2], {location: 'folder/b.bin'});
  const bodies = {
    then_branch: new NetworkBuilder('then').initializer('b', b).node('Add', 'k b', 'p').output('p'),
    else_branch: new NetworkBuilder('else').initializer('c', b).node('Sub', 'k c', 'q').output('q'),
  };
  const builder = new NetworkBuilder()
    .input('x', 'f32', [2, 2])
    .input('on', 'bool', [])
    .initializer('a', a)
    .initializer('again', a)
    .node('MatMul', 'x a', 'h')
    .node('MatMul', 'h again', 'k')
    .node('If', 'on', 'y', {
      then_branch: bodies.then_branch.graph(),
      else_branch: bodies.else_branch.graph(),
    })
    .output('h', 'f32', [2, 2])
    .output('y', 'f32', [2, 2]);
  return {
    bytes: builder.bytes(),
    files: new Map([
      ['a.bin', bytesOf([0, 0, 1, 2, 3, 4])],
      ['folder/b.bin', bytesOf([5, 6, 7, 8])],
    ]),
    inputs: new Map([
      ['x', tensorOf('f32', [2, 2], [1, -2, 3, -4])],
      ['on', tensorOf('bool', [], [true])],
    ]),
  };
}

function bytesOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
