import type {Pass} from './pass.js';

/**
 * Removes a DequantizeLinear with a QuantizeLinear of the same scale and zero point behind it: what
 * comes out is what went in, since a whole number times a scale, divided by it, is nearest to itself.
 */
export const dropRequantize: Pass = {
  name: 'drop-requantize',
  run(editor, quantizations) {
    for (const node of editor.nodes()) {
      const quantize = quantizations.quantize(node);
      const dequantize = quantizations.dequantizeOf(quantize?.input);
      if (quantize === undefined || dequantize?.key !== quantize.key) continue;
      if (editor.isPinned(quantize.output)) continue;
      editor.redirect(quantize.output, dequantize.input);
      editor.remove(node);
      if (editor.isPinned(dequantize.output)) continue;
      if (editor.readerCount(dequantize.output) === 0) editor.remove(dequantize.node);
    }
  },
};
