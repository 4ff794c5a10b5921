import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {intAttribute} from '../../network/node-attribute.js';
import {operationType} from '../../network/operation-names.js';
import type {GraphEditor} from '../graph-editor.js';

/** Where an operation has weights: an input, and the axis that its channels go along. */
export interface WeightInput {
  readonly input: number;
  axisOf(rank: number): number;
}

const firstAxis = () => 0;
const secondAxis = () => 1;
const lastAxis = (rank: number) => rank - 1;
const recurrent = [1, 2].map(input => ({input, axisOf: secondAxis}));

/** The inputs of an operation that hold weights; empty for one that has none. */
export function weightInputs(editor: GraphEditor, node: NodeProto): readonly WeightInput[] {
  switch (operationType(node)) {
    case 'MatMul':
      return [{input: 1, axisOf: lastAxis}];
    case 'Gemm':
      return [{input: 1, axisOf: intAttribute(node, 'transB', 0) === 0 ? secondAxis : firstAxis}];
    case 'Conv':
      return [{input: 1, axisOf: firstAxis}];
    case 'ConvTranspose':
      return [{input: 1, axisOf: secondAxis}];
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return recurrent;
    case 'Gather':
      return isTable(editor, node) ? [{input: 0, axisOf: firstAxis}] : [];
    default:
      return [];
  }
}

/** Rows of float32 constants, not the many other things that networks gather from. */
function isTable(editor: GraphEditor, node: NodeProto): boolean {
  const table = editor.constant(node.input[0] ?? '');
  return table?.dataType === 1 && table.dims.length === 2 && intAttribute(node, 'axis', 0) === 0;
}
