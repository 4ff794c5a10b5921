import type {ExportedNetwork} from '../../schemas/exported-network.js';
import {InferenceError} from '../errors.js';
import {checkExported} from '../plan/check-exported.js';
import {payloadRefs} from '../plan/payload-refs.js';
import type {BlobCodec} from '../ports/blob-codec.js';
import type {BulkStore} from '../ports/bulk-store.js';

/**
 * Reads an exported blob and puts what it holds into the bulk store, where devices find it; what is
 * there already is not sent again. Rejects with INVALID_ARGUMENT, INVALID_BLOB, BLOB_INCOMPATIBLE or
 * STORE_UNAVAILABLE.
 */
export async function unpackBlob(
  bytes: Uint8Array,
  {bulk, codec}: {readonly bulk: BulkStore; readonly codec: BlobCodec},
): Promise<ExportedNetwork> {
  if (!(bytes instanceof Uint8Array)) {
    const text = `expected an exported blob as a Uint8Array, given ${typeof bytes}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const {network, payloads} = await codec.decode(bytes);
  checkExported(network);
  const there = new Set(payloads.map(({digest}) => digest));
  const missing = payloadRefs(network).find(({digest}) => !there.has(digest));
  if (missing !== undefined) {
    const text = `expected an exported blob with all its payloads: ${missing.digest} is not in it`;
    throw new InferenceError('INVALID_BLOB', text);
  }
  for (const {content} of payloads) await bulk.put(content);
  return network;
}
