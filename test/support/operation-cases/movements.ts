import {onnxDataTypes} from '../../../schemas/element-type.js';
import {tensorProto} from '../../../src/network/tensor-proto.js';
import {drawn, drawnAs, fixed, type InputSpec, type OperationCase} from '../operation-case.js';
import {tensorOf} from '../tensor-of.js';

const x = drawn([2, 3, 4]);
const shape = (...sizes: readonly number[]): InputSpec => fixed('i64', sizes);

/** Operations that move, choose or make elements. */
export const movementCases: readonly OperationCase[] = [
  {type: 'Identity', inputs: [x]},
  ...[[6, 4], [-1], [0, -1], [2, 2, 3, 2], [0, 0, 0]].map(sizes => ({
    type: 'Reshape',
    inputs: [x, shape(...sizes)],
  })),
  {type: 'Reshape', attributes: {allowzero: 1n}, inputs: [drawn([0, 3]), shape(3, 0)]},
  ...[0n, 1n, -1n, 3n].map(axis => ({type: 'Flatten', attributes: {axis}, inputs: [x]})),
  {type: 'Squeeze', opset: 12, attributes: {axes: [0n, -1n]}, inputs: [drawn([1, 3, 1])]},
  {type: 'Squeeze', inputs: [drawn([1, 3, 1])]},
  {type: 'Squeeze', inputs: [drawn([1, 3, 1]), shape(-1)]},
  {type: 'Unsqueeze', opset: 12, attributes: {axes: [0n, 3n]}, inputs: [drawn([3, 2])]},
  {type: 'Unsqueeze', inputs: [drawn([3, 2]), shape(-1, 1)]},
  {type: 'Transpose', inputs: [x]},
  {type: 'Transpose', attributes: {perm: [1n, 2n, 0n]}, inputs: [x]},
  ...['DCR', 'CRD'].map(mode => ({
    type: 'DepthToSpace',
    attributes: {blocksize: 2n, mode},
    inputs: [drawn([1, 8, 2, 3])],
  })),
  {type: 'SpaceToDepth', attributes: {blocksize: 2n}, inputs: [drawn([1, 2, 4, 6])]},
  ...[0n, 1n, -1n].map(axis => ({
    type: 'Concat',
    attributes: {axis},
    inputs: [x, drawn([2, 3, 4]), drawn([2, 3, 4])],
  })),
  {type: 'Concat', attributes: {axis: 1n}, inputs: [x, drawn([2, 0, 4]), drawn([2, 5, 4])]},
  {type: 'Split', opset: 11, attributes: {axis: 1n, split: [1n, 2n]}, inputs: [x], outputs: 2},
  {type: 'Split', attributes: {axis: -1n}, inputs: [x, shape(1, 0, 3)], outputs: 3},
  {type: 'Split', attributes: {axis: 0n}, inputs: [x], outputs: 2},
  {type: 'Split', opset: 18, attributes: {num_outputs: 3n}, inputs: [drawn([7])], outputs: 3},
  {type: 'Slice', opset: 9, attributes: {starts: [1n], ends: [-1n], axes: [2n]}, inputs: [x]},
  {type: 'Slice', inputs: [x, shape(0, 1), shape(2, 99)]},
  {type: 'Slice', inputs: [x, shape(-1), shape(-99), shape(-1), shape(-2)]},
  {type: 'Slice', inputs: [x, shape(3, 0), shape(1, 9), shape(2, 0), shape(1, 2)]},
  ...[0n, 1n, -1n].map(axis => ({
    type: 'Gather',
    attributes: {axis},
    inputs: [x, fixed('i64', [1, -1, 0, 1], [2, 2])],
  })),
  {type: 'Gather', inputs: [x, fixed('i32', [1], [])]},
  {
    type: 'GatherElements',
    attributes: {axis: 1n},
    inputs: [drawn([2, 3]), fixed('i64', [0, -1, 2, 1], [2, 2])],
  },
  {type: 'GatherND', inputs: [x, fixed('i64', [0, 1, 1, -1], [2, 2])]},
  {
    type: 'GatherND',
    opset: 12,
    attributes: {batch_dims: 1n},
    inputs: [x, fixed('i64', [2, 0], [2, 1])],
  },
  {type: 'Expand', inputs: [drawn([3, 1]), shape(2, 1, 4)]},
  {type: 'Tile', inputs: [drawn([2, 3]), shape(2, 3)]},
  ...pads(),
  ...[0, 1].flatMap(upper =>
    [undefined, fixed('i64', [1], []), fixed('i64', [-2], [])].map(diagonal => ({
      type: 'Trilu',
      attributes: {upper: BigInt(upper)},
      inputs: [drawn([2, 3, 4]), diagonal],
    })),
  ),
  ...[0n, 1n, -1n].flatMap(axis =>
    // Not every combination of types is one of ONNX Runtime.
    (
      [
        ['i64', 'i64', 'f32'],
        ['i64', 'i64', 'i64'],
        ['i64', 'i64', 'string'],
        ['i64', 'f32', 'i32'],
        ['f32', 'f32', 'f32'],
      ] as const
    ).map(([index, depth, value]) => ({
      type: 'OneHot',
      attributes: {axis},
      inputs: [
        fixed(index, [0, -1, 9, 2], [2, 2]),
        fixed(depth, [3], []),
        drawnAs(value, [2], 0, 9),
      ],
    })),
  ),
  {type: 'Shape', inputs: [x]},
  {type: 'Shape', attributes: {start: -2n, end: -1n}, inputs: [x]},
  {type: 'Size', inputs: [x]},
  {type: 'Range', inputs: [drawn([], 1, 1), drawn([], 8, 8), drawn([], 2, 2)]},
  {type: 'Range', inputs: [fixed('i64', [5], []), fixed('i64', [-4], []), fixed('i64', [-3], [])]},
  ...constants(),
  ...casts(),
];

function pads(): readonly OperationCase[] {
  const given = [0, 1, 2, 1, 0, 2];
  const wide = given.map(BigInt);
  const cropping = [0, -1, 2, 1, 0, -2];
  return [
    ...['constant', 'reflect', 'edge'].flatMap(mode => [
      {type: 'Pad', opset: 10, attributes: {mode, pads: wide, value: 1.5}, inputs: [x]},
      {type: 'Pad', attributes: {mode}, inputs: [x, shape(...given)]},
    ]),
    {type: 'Pad', inputs: [x, shape(...given), drawn([], 1, 1)]},
    {type: 'Pad', inputs: [x, shape(...cropping)]},
    {type: 'Pad', opset: 18, inputs: [x, shape(1, 2), undefined, shape(-2)]},
    {type: 'Pad', opset: 19, attributes: {mode: 'wrap'}, inputs: [x, shape(...given)]},
  ];
}

function constants(): readonly OperationCase[] {
  const value = tensorProto('value', tensorOf('i32', [2, 2], [1, 2, 3, 4]));
  const fill = tensorProto('value', tensorOf('i64', [1], [7]));
  const attributes = [
    {value},
    {value_float: 1.5},
    {value_floats: [1.5, 2.5]},
    {value_int: 3n},
    {value_ints: [3n, 4n]},
    {value_string: 'word'},
    {value_strings: ['a word', 'another']},
  ];
  return [
    ...attributes.map(each => ({type: 'Constant', attributes: each, inputs: []})),
    {type: 'ConstantOfShape', inputs: [shape(2, 3)]},
    {type: 'ConstantOfShape', attributes: {value: fill}, inputs: [shape(2, 0, 3)]},
  ];
}

function casts(): readonly OperationCase[] {
  const targets = ['f16', 'f32', 'f64', 'i8', 'i32', 'i64', 'u8', 'bool', 'string'] as const;
  const fractions = [0.1, -2.5, 1e-5, 12_345_678_912, 1 / 3, 0, -0, 1e300, -1e-300, 100];
  const words = ['1.5', '-2e3', ' +7', '.25x', '1e2', '-0'];
  const limits = [Number.NaN, Infinity, -Infinity];
  return [
    ...targets.map(to => ({
      type: 'Cast',
      attributes: {to: BigInt(onnxDataTypes[to])},
      inputs: [drawn([12], 0, 9)],
    })),
    {type: 'Cast', attributes: {to: 7n}, inputs: [drawnAs('f32', [9], -9, 9)]},
    ...(['f32', 'f64'] as const).flatMap(type =>
      [fractions, limits].map(values => ({
        type: 'Cast',
        attributes: {to: BigInt(onnxDataTypes.string)},
        inputs: [fixed(type, values)],
      })),
    ),
    ...(['f16', 'f32', 'f64'] as const).map(to => ({
      type: 'Cast',
      attributes: {to: BigInt(onnxDataTypes[to])},
      inputs: [texts([...words, 'NaN', 'INF', '-inf', '+INF'])],
    })),
    ...(['i8', 'i32', 'i64', 'bool'] as const).map(to => ({
      type: 'Cast',
      attributes: {to: BigInt(onnxDataTypes[to])},
      inputs: [texts(['12', '-3', ' +7', '100', '1x'])],
    })),
    {type: 'CastLike', inputs: [drawn([9], 0, 9), drawnAs('string', [1])]},
    {type: 'CastLike', inputs: [drawn([9], 0, 9), drawnAs('i32', [1])]},
    {type: 'CastLike', inputs: [drawn([9], 0, 9), drawnAs('f16', [1])]},
  ];
}

function texts(values: readonly string[]) {
  return {shape: [values.length], values, type: 'string', least: 0, most: 0} as const;
}
