import {withFields} from '../../network/with-fields.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import {isDequantize} from './linear-quantization.js';
import type {Pass} from './pass.js';

/**
 * Gives every operation a DequantizeLinear of its own: where branches part, the quantised tensor
 * goes into each, and patterns that shared one can be on different devices.
 */
export const dequantizePerReader: Pass = {
  name: 'dequantize-per-reader',
  run(editor) {
    for (const node of editor.nodes()) if (isDequantize(node.proto)) copyForReaders(editor, node);
  },
};

function copyForReaders(editor: GraphEditor, node: EditedNode): void {
  const [output = ''] = node.proto.output;
  const readers = editor.readers(output);
  // What is pinned keeps the first one.
  for (const reader of editor.isPinned(output) ? readers : readers.slice(1)) {
    const copy = editor.freshValue(output);
    editor.add(withFields(node.proto, {output: [copy]}), node.proto.name, node);
    const input = reader.proto.input.map(name => (name === output ? copy : name));
    editor.change(reader, {input});
  }
}
