import type {Pass} from './pass.js';

/** Quantises a value once for all that want it quantised alike, so that it crosses a cut once. */
export const shareQuantize: Pass = {
  name: 'share-quantize',
  run(editor, quantizations) {
    const known = new Map<string, string>();
    for (const node of editor.nodes()) {
      const quantize = quantizations.quantize(node);
      if (quantize === undefined) continue;
      const key = JSON.stringify([quantize.input, node.proto.domain, quantize.key]);
      const first = known.get(key);
      if (first === undefined) known.set(key, quantize.output);
      else if (!editor.isPinned(quantize.output)) {
        editor.redirect(quantize.output, first);
        editor.remove(node);
      }
    }
  },
};
