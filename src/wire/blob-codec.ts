import {constants} from 'node:buffer';
import {createHash} from 'node:crypto';
import {z} from 'zod';
import {exportedNetworkSchema, blobMagic as magic} from '../../schemas/exported-network.js';
import {blobRefSchema} from '../../schemas/network-blob.js';
import {safelyParsed} from '../../schemas/safely-parsed.js';
import {InferenceError} from '../errors.js';
import type {BlobCodec, ExportedBlob, Payload} from '../ports/blob-codec.js';
import type {BlobRef} from '../ports/bulk-store.js';
import {blobRefOf} from './blob-content.js';
import {packMessage, unpackMessage} from './message-codec.js';
import {guardMsgpack} from './msgpack-guard.js';

const version = 1;

/**
 * MessagePack: an array of the magic, the format's version, name and version of the plugin, the
 * SHA-256 of the manifest, the manifest (a map in MessagePack, as bytes), then the payloads' bytes
 * in the manifest's order.
 */
const fieldsBeforePayloads = 6;
const headSchema = z.tuple([
  z.literal(magic),
  z.literal(version),
  z.string().max(255),
  z.string().max(255),
  z.instanceof(Uint8Array),
  z.instanceof(Uint8Array),
]);

const payloadsMax = 65_536;

const manifestSchema = z.object({
  plugin: z.object({name: z.string(), version: z.string()}),
  network: exportedNetworkSchema,
  payloads: z.array(blobRefSchema).max(payloadsMax),
});

/** `writerVersion` is that of this program. */
export function blobCodec(writerVersion: string): BlobCodec {
  return {version: writerVersion, encode, decode};
}

function encode({plugin, network, payloads}: ExportedBlob): Uint8Array {
  const refs = payloads.map(({digest, bytes}): BlobRef => ({digest, bytes}));
  const manifest = packMessage({plugin, network, payloads: refs});
  const parts = [
    arrayHeader(fieldsBeforePayloads + payloads.length),
    ...[magic, version, plugin.name, plugin.version].map(packMessage),
    ...binary(sha256(manifest)),
    ...binary(manifest),
    ...payloads.flatMap(({content}) => binary(content)),
  ];
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes > constants.MAX_LENGTH) {
    const expected = `expected a network of at most ${constants.MAX_LENGTH} bytes in one blob`;
    throw new InferenceError('PAYLOAD_TOO_LARGE', `${expected}, given ${bytes}`);
  }
  return Buffer.concat(parts, bytes);
}

async function decode(bytes: Uint8Array): Promise<ExportedBlob> {
  const items = itemsOf(bytes);
  const [, , name, pluginVersion, digest, manifestBytes] = headOf(items);
  if (!Buffer.from(sha256(manifestBytes)).equals(digest)) throw invalid('a damaged manifest');
  const {plugin, network, payloads} = manifestOf(manifestBytes);
  if (plugin.name !== name || plugin.version !== pluginVersion) throw invalid('a damaged head');
  const contents = items.slice(fieldsBeforePayloads);
  if (contents.length !== payloads.length) {
    throw invalid(`${contents.length} payloads where the manifest names ${payloads.length}`);
  }
  const checked: Payload[] = [];
  for (const [at, ref] of payloads.entries()) checked.push(await checkPayload(contents[at], ref));
  return {plugin, network, payloads: checked};
}

async function checkPayload(content: unknown, ref: BlobRef): Promise<Payload> {
  if (!(content instanceof Uint8Array)) throw invalid('a payload that is no bytes');
  if (content.length !== ref.bytes) {
    throw invalid(`a payload of ${content.length} bytes where the manifest says ${ref.bytes}`);
  }
  const {digest} = await blobRefOf(content);
  if (digest !== ref.digest) throw invalid(`a damaged payload ${ref.digest}`);
  return {...ref, content};
}

/** The parts of the array; bytes are views of `blob`. */
function itemsOf(blob: Uint8Array): readonly unknown[] {
  // Before all else, so that what is no blob at all is told from one that is damaged.
  if (!Buffer.from(blob.subarray(0, 64)).includes(magic)) throw invalid('other bytes');
  try {
    guardMsgpack(blob);
  } catch (error) {
    throw invalid('a damaged or truncated one', error);
  }
  return new ArrayReader(blob).items();
}

function headOf(items: readonly unknown[]): z.infer<typeof headSchema> {
  const given = items[1];
  if (items[0] === magic && typeof given === 'number' && given > version) {
    throw new InferenceError(
      'BLOB_INCOMPATIBLE',
      `expected an exported blob of format ${version} or older, given ${given}: ` +
        'a newer version of Heterodyne wrote it',
    );
  }
  const head = headSchema.safeParse(items.slice(0, fieldsBeforePayloads));
  if (!head.success) throw invalid(`another head: ${faultsOf(head.error)}`);
  return head.data;
}

function manifestOf(bytes: Uint8Array): z.infer<typeof manifestSchema> {
  let value: unknown;
  try {
    value = unpackMessage(bytes);
  } catch (error) {
    throw invalid('a manifest that is no message', error);
  }
  const manifest = safelyParsed(manifestSchema, value);
  if (!manifest.success) throw invalid(`another manifest: ${faultsOf(manifest.error)}`);
  return manifest.data;
}

/** The items of a MessagePack array that `guardMsgpack` has passed; bytes are not copied. */
class ArrayReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  items(): readonly unknown[] {
    if (this.#bytes[0] !== array32) throw invalid('something else than an array');
    const count = this.#view.getUint32(1);
    this.#at = 5;
    const items: unknown[] = [];
    while (items.length < count) items.push(this.#item());
    return items;
  }

  /** Only bytes with a length of 32 bits, text and small integers are written. */
  #item(): unknown {
    const token = this.#bytes[this.#at] ?? 0;
    if (token === bin32) return this.#take(5, this.#view.getUint32(this.#at + 1));
    if (token < 0x80) {
      this.#at++;
      return token;
    }
    if (token === 0xd9) return this.#text(2, this.#bytes[this.#at + 1] ?? 0);
    if (token >= 0xa0 && token < 0xc0) return this.#text(1, token & 0x1f);
    throw invalid(`something else at byte ${this.#at}`);
  }

  #text(before: number, length: number): string {
    return new TextDecoder().decode(this.#take(before, length));
  }

  #take(before: number, length: number): Uint8Array {
    const from = this.#at + before;
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }
}

const array32 = 0xdd;
const bin32 = 0xc6;

function arrayHeader(count: number): Uint8Array {
  return withLength(array32, count);
}

function binary(content: Uint8Array): readonly Uint8Array[] {
  return [withLength(bin32, content.length), content];
}

function withLength(token: number, length: number): Uint8Array {
  const header = Buffer.alloc(5, token);
  header.writeUInt32BE(length, 1);
  return header;
}

/** What was wrong first; there may be thousands. */
function faultsOf(error: z.ZodError): string {
  return z.prettifyError(error).slice(0, 400);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function invalid(given: string, cause?: unknown): InferenceError {
  const text = `expected an exported blob, given ${given}`;
  return new InferenceError('INVALID_BLOB', text, {}, {cause});
}
