import {withFields} from '../../network/with-fields.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import {
  isDequantize,
  type LinearQuantization,
  type LinearQuantizations,
} from './linear-quantization.js';
import {type MovingOperation, movingOperation} from './moving-operations.js';
import type {Pass} from './pass.js';
import {withAxis} from './with-axis.js';

/**
 * Moves QuantizeLinear before operations that only move elements, next to the operation that made
 * them: `Conv → MaxPool → QuantizeLinear` becomes `Conv → QuantizeLinear → MaxPool`.
 */
export const quantizeEarly: Pass = {
  name: 'quantize-early',
  run(editor, quantizations) {
    const opset = editor.opset();
    for (const node of editor.nodes().toReversed()) {
      const moving = movingOperation(node.proto, opset);
      if (moving?.keepsCount) move(editor, quantizations, {node, moving});
    }
  },
};

interface Mover {
  readonly node: EditedNode;
  readonly moving: MovingOperation;
}

function move(editor: GraphEditor, quantizations: LinearQuantizations, mover: Mover): void {
  const {node, moving} = mover;
  const [output = ''] = node.proto.output;
  if (editor.isPinned(output)) return;
  if (editor.readerCount(output) !== 1) return;
  const quantize = quantizations.quantize(editor.readers(output)[0]);
  if (quantize === undefined || quantize.input !== output) return;
  const axis = quantize.axis === undefined ? undefined : moving.axisBefore(quantize.axis);
  if (quantize.axis !== undefined && axis === undefined) return;
  const data = new Set(moving.data.map(at => node.proto.input[at] ?? ''));
  if (![...data].every(value => isWorthwhile(editor, value))) return;
  const {proto} = quantize.node;
  editor.remove(quantize.node);
  const quantized = new Map(
    [...data].map(value => [value, addQuantize(editor, quantize, {value, axis})]),
  );
  editor.change(node, {
    input: node.proto.input.map((name, at) =>
      moving.data.includes(at) ? (quantized.get(name) ?? name) : name,
    ),
    output: [...proto.output],
  });
}

/** Not where constants would be quantised anew each time, nor where float32 is needed as well. */
function isWorthwhile(editor: GraphEditor, value: string): boolean {
  if (value === '' || editor.isPinned(value)) return false;
  if (editor.isInitializer(value) || editor.constant(value) !== undefined) return false;
  const maker = editor.maker(value);
  if (maker !== undefined && isDequantize(maker.proto)) return false;
  return editor.readerCount(value) === 1;
}

function addQuantize(
  editor: GraphEditor,
  {node}: LinearQuantization,
  {value, axis}: {readonly value: string; readonly axis: number | undefined},
): string {
  const {proto} = node;
  const output = editor.freshValue(`${value}/quantized`);
  const moved = withFields(proto, {input: [value, ...proto.input.slice(1)], output: [output]});
  editor.add(withAxis(moved, axis), proto.name, node);
  return output;
}
