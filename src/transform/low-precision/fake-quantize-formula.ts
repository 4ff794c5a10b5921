import {nodeProto} from '../../network/node-proto.js';
import {tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {FakeQuantize} from './fake-quantize.js';

/** LessOrEqual came with this version of ONNX's operator set, Round with the one before. */
export const formulaOpsetMin = 12;

/**
 * FakeQuantize as its definition says it, operation by operation, so in float32 to the last bit:
 *
 *     x <= min(il, ih) ? ol
 *     : x > max(il, ih) ? oh
 *     : round((x - il) / (ih - il) * (levels - 1)) / (levels - 1) * (oh - ol) + ol
 *
 * where round goes half to even. Equal `il` and `ih` divide by zero, in what is not chosen then.
 */
export function writeFormula(editor: GraphEditor, fake: FakeQuantize): void {
  const {node, input, output, levels, ranges} = fake;
  const [inputLow, inputHigh, outputLow, outputHigh] = ranges;
  const {name} = node.proto;
  editor.remove(node);
  const steps = {type: 'f32', shape: [], data: Float32Array.of(levels - 1)} as const;
  const last = editor.initializer(`${name}/steps`, tensorProto('', steps));
  const compute = (type: string, step: string, ...inputs: readonly string[]) =>
    editor.compute(type, inputs, `${name}/${step}`, node);
  const least = compute('Min', 'least', inputLow, inputHigh);
  const most = compute('Max', 'most', inputLow, inputHigh);
  const isBelow = compute('LessOrEqual', 'below', input, least);
  const isAbove = compute('Greater', 'above', input, most);
  const moved = compute('Sub', 'moved', input, inputLow);
  const share = compute('Div', 'share', moved, compute('Sub', 'span', inputHigh, inputLow));
  const step = compute('Round', 'step', compute('Mul', 'scaled', share, last));
  const width = compute('Sub', 'width', outputHigh, outputLow);
  const spread = compute('Mul', 'spread', compute('Div', 'part', step, last), width);
  const inside = compute('Add', 'inside', spread, outputLow);
  const bounded = compute('Where', 'bounded', isAbove, outputHigh, inside);
  editor.add(nodeProto('Where', [isBelow, outputLow, bounded], [output]), name, node);
}
