import {drawn, fixed, type OperationCase} from '../operation-case.js';

const kinds = ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];
const input = drawn([2, 3, 4], 1, 3);

/** Axes as an attribute, then as an input; `since` tells from which operator set on. */
function reductions(type: string, since: number): readonly OperationCase[] {
  const attribute = [{}, {axes: [1n]}, {axes: [-1n, 0n], keepdims: 0n}, {keepdims: 0n}];
  return [
    ...attribute.map(attributes => ({type, opset: since - 1, attributes, inputs: [input]})),
    {type, opset: since, inputs: [input]},
    {type, opset: since, inputs: [input, fixed('i64', [1])], attributes: {keepdims: 0n}},
    {type, opset: since, inputs: [input, fixed('i64', [-1, 0])]},
    {type, opset: since, inputs: [input], attributes: {noop_with_empty_axes: 1n}},
  ];
}

/** Operations that make one element of many. */
export const reductionCases: readonly OperationCase[] = [
  ...reductions('ReduceSum', 13),
  ...kinds.flatMap(kind => reductions(`Reduce${kind}`, 18)),
  ...['ArgMax', 'ArgMin'].flatMap(type =>
    [{}, {axis: -1n, keepdims: 0n}, {axis: 1n, select_last_index: 1n}].map(attributes => ({
      type,
      attributes,
      inputs: [drawn([3, 5, 4], 0, 4)],
    })),
  ),
  ...[{}, {exclusive: 1n}, {reverse: 1n}, {exclusive: 1n, reverse: 1n}].flatMap(attributes =>
    [0, -1].map(axis => ({
      type: 'CumSum',
      attributes,
      inputs: [drawn([3, 4]), fixed('i32', [axis], [])],
    })),
  ),
  ...['Softmax', 'LogSoftmax', 'Hardmax'].flatMap(type =>
    [12, 13].flatMap(opset =>
      [{}, {axis: 0n}, {axis: -1n}].map(attributes => ({
        type,
        opset,
        attributes,
        inputs: [drawn([2, 3, 4], -9, 9)],
      })),
    ),
  ),
];
