import type {ModelProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {networkOf} from '../../network/network-of.js';
import {operationType} from '../../network/operation-names.js';
import {withFields} from '../../network/with-fields.js';
import {type EditedGraph, GraphEditor} from '../graph-editor.js';
import {dequantizeLate} from './dequantize-late.js';
import {dequantizePerReader} from './dequantize-per-reader.js';
import {dropRequantize} from './drop-requantize.js';
import {foldQuantize} from './fold-quantize.js';
import {LinearQuantizations} from './linear-quantization.js';
import {lowerFakeQuantize} from './lower-fake-quantize.js';
import type {Pass} from './pass.js';
import {quantizeEarly} from './quantize-early.js';
import {requantizeByTable} from './requantize-by-table.js';
import {shareQuantize} from './share-quantize.js';

/** The low precision transformations, in their order; docs/LOW_PRECISION.md says what each does. */
export const lowPrecisionPasses: readonly Pass[] = [
  lowerFakeQuantize,
  foldQuantize,
  shareQuantize,
  dequantizeLate,
  quantizeEarly,
  dropRequantize,
  requantizeByTable,
  dequantizePerReader,
];

/** A network that computes the same, quantised tensors being as large a part of it as can be. */
export interface LoweredNetwork extends Omit<EditedGraph, 'graph'> {
  readonly network: Network;
}

const marks = /(^|\.)(Q|Deq)uantizeLinear$|(^|\.)FakeQuantize$/;

/**
 * Runs the passes over a network's outermost graph. Undefined if it has no quantised operations, or
 * if nothing is to be done. Time and memory grow linearly with nodes and folded weights.
 */
export function lowerPrecision(
  network: Network,
  passes: readonly Pass[] = lowPrecisionPasses,
): LoweredNetwork | undefined {
  const {model} = network;
  if (!model.graph?.node.some(node => marks.test(operationType(node)))) return undefined;
  const editor = new GraphEditor(network);
  if (!editor.hasConstants) return undefined;
  runPasses(editor, passes);
  if (editor.changes === 0) return undefined;
  const {graph, made, removed} = editor.finish();
  return {network: networkOf(withFields<ModelProto>(model, {graph}), graph), made, removed};
}

export function runPasses(editor: GraphEditor, passes: readonly Pass[]): void {
  const quantizations = new LinearQuantizations(editor);
  for (const pass of passes) pass.run(editor, quantizations);
}
