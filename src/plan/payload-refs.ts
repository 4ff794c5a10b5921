import type {ExportedNetwork} from '../../schemas/exported-network.js';
import type {BlobRef} from '../ports/bulk-store.js';

/** What the stages of an exported network are made of, each content once, in order of first use. */
export function payloadRefs({variants}: ExportedNetwork): readonly BlobRef[] {
  const refs = variants
    .flatMap(({stages}) => stages)
    .flatMap(({network, compiled}) => [
      ...(compiled === null ? [] : [compiled.content, compiled.weights]),
      ...(network === null ? [] : [network.model, network.weights]),
    ])
    .filter(ref => ref !== null);
  return [...new Map(refs.map(ref => [ref.digest, ref])).values()];
}
