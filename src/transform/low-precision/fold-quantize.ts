import type {TensorProto} from '../../network/generated/onnx_pb.js';
import {readTensor, tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {LinearQuantization} from './linear-quantization.js';
import type {Pass} from './pass.js';
import {alongAxis, quantizeValues} from './quantize-values.js';

/**
 * Quantises constants beforehand: a QuantizeLinear of float32 weights becomes weights of a quarter
 * of their bytes. A DequantizeLinear of them stays, so that a stage ships them small.
 */
export const foldQuantize: Pass = {
  name: 'fold-quantize',
  run(editor, quantizations) {
    for (const node of editor.nodes()) {
      const quantize = quantizations.quantize(node);
      if (quantize !== undefined) fold(editor, quantize);
    }
  },
};

function fold(editor: GraphEditor, quantize: LinearQuantization): void {
  const constant = editor.constant(quantize.input);
  if (constant === undefined || editor.isPinned(quantize.output)) return;
  const tensor = quantized(constant, quantize);
  if (tensor === undefined) return;
  const name = editor.initializer(`${quantize.input}/quantized`, tensor);
  editor.redirect(quantize.output, name);
  editor.remove(quantize.node);
}

function quantized(
  constant: TensorProto,
  {type, scales, zeroPoints, axis}: LinearQuantization,
): TensorProto | undefined {
  const {type: given, shape, data} = readTensor(constant);
  if (given !== 'f32') return undefined;
  if (axis !== undefined && shape.at(axis) !== scales.length) return undefined;
  const channelOf = axis === undefined ? () => 0 : alongAxis(shape, axis);
  const values = quantizeValues(data as Float32Array, {type, scales, zeroPoints, channelOf});
  return tensorProto('', {type, shape, data: values});
}
