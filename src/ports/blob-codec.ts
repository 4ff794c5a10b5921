import type {ExportedNetwork} from '../../schemas/exported-network.js';
import type {BlobRef} from './bulk-store.js';

/** An exported network, and the bytes that it names, each once. */
export interface ExportedBlob {
  /** Of the plugin, or virtual device, that the network was loaded for. */
  readonly plugin: {readonly name: string; readonly version: string};
  readonly network: ExportedNetwork;
  readonly payloads: readonly Payload[];
}

export interface Payload extends BlobRef {
  readonly content: Uint8Array;
}

/** Exported networks as single blobs. */
export interface BlobCodec {
  /** The version of virtual devices, which is that of whoever writes. */
  readonly version: string;
  /** Throws PAYLOAD_TOO_LARGE for more than one buffer can hold. */
  encode(blob: ExportedBlob): Uint8Array;
  /** Rejects with INVALID_BLOB, or BLOB_INCOMPATIBLE for one of a newer format. */
  decode(bytes: Uint8Array): Promise<ExportedBlob>;
}
