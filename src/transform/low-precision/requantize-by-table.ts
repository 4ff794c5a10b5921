import {onnxDataTypes} from '../../../schemas/element-type.js';
import {nodeProto} from '../../network/node-proto.js';
import {tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {LinearQuantization} from './linear-quantization.js';
import type {Pass} from './pass.js';
import {quantizedRanges, quantizeValues} from './quantize-values.js';

/**
 * Replaces a DequantizeLinear with a QuantizeLinear of another scale behind it by a look-up in a
 * table of what the two make of each of the 256 numbers. ONNX Runtime joins such a pair with those
 * around it into one of a third scale where they are in one session, so a cut would change results.
 */
export const requantizeByTable: Pass = {
  name: 'requantize-by-table',
  run(editor, quantizations) {
    const tables = new Map<string, string>();
    for (const node of editor.nodes()) {
      const quantize = quantizations.quantize(node);
      const dequantize = quantizations.dequantizeOf(quantize?.input);
      if (quantize === undefined || dequantize === undefined) continue;
      if (quantize.axis !== undefined || dequantize.axis !== undefined) continue;
      const key = `${dequantize.key} -> ${quantize.key}`;
      const table = tables.get(key) ?? addTable(editor, dequantize, quantize);
      tables.set(key, table);
      lookUp(editor, {dequantize, quantize, table});
    }
  },
};

interface Requantization {
  readonly dequantize: LinearQuantization;
  readonly quantize: LinearQuantization;
  readonly table: string;
}

function lookUp(editor: GraphEditor, {dequantize, quantize, table}: Requantization): void {
  const {node, output} = quantize;
  editor.remove(node);
  const wide = {to: BigInt(onnxDataTypes.i32)};
  const index = editor.freshValue(`${output}/index`);
  editor.add(
    nodeProto('Cast', [dequantize.input], [index], wide),
    `${node.proto.name}/index`,
    node,
  );
  editor.add(nodeProto('Gather', [table, index], [output]), node.proto.name, node);
  if (editor.isPinned(dequantize.output)) return;
  if (editor.readerCount(dequantize.output) === 0) editor.remove(dequantize.node);
}

/** By index; a negative one counts from the end, as that of Gather does. */
function addTable(
  editor: GraphEditor,
  dequantize: LinearQuantization,
  {type, scales, zeroPoints}: LinearQuantization,
): string {
  const [least] = quantizedRanges[dequantize.type];
  const [zero = 0] = dequantize.zeroPoints;
  const [scale = 1] = dequantize.scales;
  const real = Float32Array.from({length: 256}, (_, index) => {
    const number = index > 127 && least < 0 ? index - 256 : index;
    return (number - zero) * scale;
  });
  const data = quantizeValues(real, {type, scales, zeroPoints, channelOf: () => 0});
  return editor.initializer('requantized', tensorProto('', {type, shape: [256], data}));
}
