import {onnxDataTypes} from '../../../schemas/element-type.js';
import type {GraphEditor} from '../graph-editor.js';
import {constantRanges, type FakeQuantize, readFakeQuantize} from './fake-quantize.js';
import {formulaOpsetMin, writeFormula} from './fake-quantize-formula.js';
import {writePair} from './fake-quantize-pair.js';
import {writeWeights} from './fake-quantize-weights.js';
import type {Pass} from './pass.js';

/** 8 bits hold so many steps. */
const levelsMax = 256;
/** Per channel, QuantizeLinear and DequantizeLinear came with this version of the operator set. */
const perChannelOpsetMin = 13;

/**
 * Rewrites OpenVINO's FakeQuantize, a custom operation in ONNX, so that any device can run it: as
 * quantised weights or QuantizeLinear and DequantizeLinear where these mean the same, else as the
 * formula that defines it.
 */
export const lowerFakeQuantize: Pass = {
  name: 'lower-fake-quantize',
  run(editor) {
    for (const node of editor.nodes()) {
      const fake = readFakeQuantize(node);
      if (fake === undefined || !isWithin(editor, fake)) continue;
      if (!writeBytes(editor, fake)) writeFormula(editor, fake);
    }
  },
};

/** What the formula can be written for: not float16, nor where the file says itself what it is. */
function isWithin(editor: GraphEditor, {node, ranges}: FakeQuantize): boolean {
  if (editor.opset() < formulaOpsetMin || editor.isFunction(node)) return false;
  const types = ranges.map(name => editor.constant(name)?.dataType ?? onnxDataTypes.f32);
  return types.every(type => type === onnxDataTypes.f32);
}

function writeBytes(editor: GraphEditor, fake: FakeQuantize): boolean {
  if (fake.levels > levelsMax) return false;
  const ranges = constantRanges(editor, fake);
  if (ranges === undefined) return false;
  if (ranges.axis !== undefined && editor.opset() < perChannelOpsetMin) return false;
  if (editor.constant(fake.input) !== undefined) return writeWeights(editor, fake, ranges);
  return writePair(editor, fake, ranges);
}
