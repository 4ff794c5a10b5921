import {nodeProto} from '../../network/node-proto.js';
import {tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {ConstantRanges, FakeQuantize} from './fake-quantize.js';
import {addParameters, quantizationParameters} from './fake-quantize-parameters.js';

const bytes = {type: 'u8', offset: 0} as const;
const bytesCount = 256;

/**
 * Writes FakeQuantize as QuantizeLinear by the input range and DequantizeLinear by the output range,
 * with a Clip before them where the steps are fewer than a byte has. False if that would not mean
 * the same: zero must lie on a step of both ranges, and on an even one of the first, since
 * QuantizeLinear rounds halves before it adds the zero point, and FakeQuantize after.
 */
export function writePair(
  editor: GraphEditor,
  fake: FakeQuantize,
  ranges: ConstantRanges,
): boolean {
  const {node, input, output, levels} = fake;
  const {axis} = ranges;
  const before = quantizationParameters(ranges.inputLow, ranges.inputHigh, levels);
  const after = quantizationParameters(ranges.outputLow, ranges.outputHigh, levels);
  if (before === undefined || after === undefined) return false;
  if (before.zeroPoints.some(zero => zero % 2 !== 0)) return false;
  if (levels < bytesCount && axis !== undefined) return false;
  const {name} = node.proto;
  editor.remove(node);
  const bounded = levels < bytesCount ? clip(editor, fake, ranges) : input;
  const from = addParameters(editor, `${name}/input`, {...before, ...bytes});
  const to = addParameters(editor, `${name}/output`, {...after, ...bytes});
  const attributes = axis === undefined ? {} : {axis: BigInt(axis)};
  const quantized = editor.freshValue(`${output}/quantized`);
  const quantize = nodeProto('QuantizeLinear', [bounded, ...from], [quantized], attributes);
  editor.add(quantize, `${name}/quantize`, node);
  const dequantize = nodeProto('DequantizeLinear', [quantized, ...to], [output], attributes);
  editor.add(dequantize, name, node);
  return true;
}

function clip(
  editor: GraphEditor,
  {node, input}: FakeQuantize,
  {inputLow, inputHigh}: ConstantRanges,
): string {
  const {name} = node.proto;
  const scalar = (end: string, data: Float32Array) =>
    editor.initializer(`${name}/${end}`, tensorProto('', {type: 'f32', shape: [], data}));
  const [low, high] = [scalar('low', inputLow), scalar('high', inputHigh)];
  return editor.compute('Clip', [input, low, high], `${name}/bounded`, node);
}
