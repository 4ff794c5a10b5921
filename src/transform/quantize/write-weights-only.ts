import {onnxDataTypes} from '../../../schemas/element-type.js';
import {nodeProto} from '../../network/node-proto.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import type {QuantizedWeights} from './quantize-weights.js';
import type {WeightStore} from './weight-store.js';

/** An input of an operation whose weights were quantised. */
export interface WeightedNode {
  readonly node: EditedNode;
  readonly input: number;
  readonly weights: QuantizedWeights;
}

/** Lets an operation read its weights through a DequantizeLinear: they are kept as int8. */
export function writeWeightsOnly(
  editor: GraphEditor,
  store: WeightStore,
  {node, input, weights}: WeightedNode,
): void {
  const {value, axis} = weights;
  const read = editor.freshValue(`${value}/dequantized`);
  const from = [store.numbers(weights), store.scales(weights)];
  const attributes = axis === undefined ? {} : {axis: BigInt(axis)};
  editor.add(nodeProto('DequantizeLinear', from, [read], attributes), read, node);
  editor.change(node, {input: node.proto.input.with(input, read)});
}

/**
 * Looks rows up among the int8 numbers of a table, and their scales beside it, so that only the
 * rows that are chosen are dequantised: `Gather(numbers) → Cast → Mul ← Gather(scales)`.
 */
export function writeTable(
  editor: GraphEditor,
  store: WeightStore,
  {node, weights}: WeightedNode,
): void {
  const {proto} = node;
  const [, indices = ''] = proto.input;
  const [output = ''] = proto.output;
  editor.remove(node);
  const compute = (type: string, what: string, ...inputs: readonly string[]) =>
    editor.compute(type, inputs, `${output}/${what}`, node);
  const rows = compute('Gather', 'int8', store.numbers(weights), indices);
  const wide = editor.freshValue(`${output}/wide`);
  const to = {to: BigInt(onnxDataTypes.f32)};
  editor.add(nodeProto('Cast', [rows], [wide], to), wide, node);
  const scales =
    weights.axis === undefined
      ? store.scales(weights)
      : compute('Gather', 'scale', store.scales(weights, 1), indices);
  editor.add(nodeProto('Mul', [wide, scales], [output]), proto.name, node);
}
