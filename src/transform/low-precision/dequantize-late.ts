import {withFields} from '../../network/with-fields.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import type {LinearQuantization, LinearQuantizations} from './linear-quantization.js';
import {type MovingOperation, movingOperation} from './moving-operations.js';
import type {Pass} from './pass.js';
import {withAxis} from './with-axis.js';

/**
 * Moves DequantizeLinear behind operations that only move elements (OpenVINO's low precision
 * transformations push dequantisation down the same way): these then work on bytes, and a
 * quantised tensor may be cut behind them too. Several inputs must all be quantised alike.
 */
export const dequantizeLate: Pass = {
  name: 'dequantize-late',
  run(editor, quantizations) {
    const opset = editor.opset();
    // In topological order: what was moved behind one operation is moved behind the next.
    for (const node of editor.nodes()) {
      const moving = movingOperation(node.proto, opset);
      if (moving !== undefined) move(editor, quantizations, {node, moving});
    }
  },
};

function move(
  editor: GraphEditor,
  quantizations: LinearQuantizations,
  {node, moving}: {readonly node: EditedNode; readonly moving: MovingOperation},
): void {
  const sources = moving.data.map(at => quantizations.dequantizeOf(node.proto.input[at]));
  const [source] = sources;
  if (source === undefined || sources.some(each => each?.key !== source.key)) return;
  const axis = source.axis === undefined ? undefined : moving.axisBehind(source.axis);
  if (source.axis !== undefined && axis === undefined) return;
  const outputs = node.proto.output.filter(name => name !== '');
  const quantized = new Map(outputs.map(name => [name, editor.freshValue(`${name}/quantized`)]));
  editor.change(node, {
    input: node.proto.input.map((name, at) => sources[moving.data.indexOf(at)]?.input ?? name),
    output: node.proto.output.map(name => quantized.get(name) ?? name),
  });
  for (const each of new Set(sources)) if (each !== undefined) dropUnread(editor, each);
  for (const [output, input] of quantized) {
    const {proto} = source.node;
    const moved = withFields(proto, {input: [input, ...proto.input.slice(1)], output: [output]});
    editor.add(withAxis(moved, axis), proto.name, source.node);
  }
}

function dropUnread(editor: GraphEditor, {node, output}: LinearQuantization): void {
  if (!editor.isPinned(output) && editor.readerCount(output) === 0) editor.remove(node);
}
