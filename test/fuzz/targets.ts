import {createHash} from 'node:crypto';
import {toBinary} from '@bufbuild/protobuf';
import {readNpy, writeNpy} from '../../src/cli/npy.js';
import {TensorProtoSchema} from '../../src/network/generated/onnx_pb.js';
import {parseTensor} from '../../src/network/parse-tensor.js';
import {readNetwork} from '../../src/network/read-network.js';
import {tensorProto} from '../../src/network/tensor-proto.js';
import {writeModel} from '../../src/network/write-model.js';
import {lowerPrecision} from '../../src/transform/low-precision/lower-precision.js';
import {blobCodec} from '../../src/wire/blob-codec.js';
import {decodeFrame, encodeFrame} from '../../src/wire/frame-codec.js';
import {packMessage, unpackMessage} from '../../src/wire/message-codec.js';
import {
  decodeGrant,
  decodeOffer,
  encodeGrant,
  encodeOffer,
} from '../../src/wire/transfer-messages.js';
import {line, passThrough, skip, slow} from '../support/cluster-networks.js';
import {exportedBlob} from '../support/exported-network.js';
import {sampleTensors} from '../support/sample-tensors.js';
import type {SeededRandom} from '../support/seeded-random.js';
import {mutateValue} from './mutate-value.js';
import {readByActors} from './read-by-actors.js';
import {sampleMessages} from './sample-messages.js';

/** A reader of bytes that come from outside. */
export interface Target {
  readonly name: string;
  /** What it takes; changed, it must refuse with an InferenceError, or take it still. */
  readonly samples: readonly Uint8Array[];
  /** Another way to change a sample than its bytes. */
  change?(sample: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const frames = sampleMessages.map(message =>
  encodeFrame({message, tensors: sampleTensors, owned: false}),
);

/** The header of a frame as a value, and the tensors behind it. */
function opened(frame: Uint8Array): {readonly header: unknown; readonly rest: Uint8Array} {
  const end = 4 + new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  return {header: unpackMessage(frame.subarray(4, end)), rest: frame.subarray(end)};
}

function changeHeader(frame: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  const {header, rest} = opened(frame);
  const packed = packMessage(mutateValue(header, opened(other).header, random));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.length);
  return Uint8Array.from(Buffer.concat([length, packed, rest]));
}

function changeMessage(frame: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  const {message, tensors, owned} = decodeFrame(Uint8Array.from(frame));
  const changed = mutateValue(message, decodeFrame(Uint8Array.from(other)).message, random);
  return encodeFrame({message: changed, tensors, owned});
}

function changeValues(packed: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  return packMessage(mutateValue(unpackMessage(packed), unpackMessage(other), random));
}

const codec = blobCodec('0.0.0');
const blob = codec.encode(exportedBlob());

const manifest = (unpackMessage(blob) as unknown[])[5] as Uint8Array;

/** A changed manifest under a digest that fits it: somebody wrote it so. */
function signed(changed: Uint8Array): Promise<unknown> {
  const whole = Buffer.from(blob);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const digestAt = whole.indexOf(digest(manifest));
  const manifestAt = whole.indexOf(manifest);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(changed.length);
  const parts = [
    whole.subarray(0, digestAt),
    digest(changed),
    whole.subarray(digestAt + 32, manifestAt - length.length),
    length,
    changed,
    whole.subarray(manifestAt + manifest.length),
  ];
  return codec.decode(Buffer.concat(parts));
}

function readModel(bytes: Uint8Array): void {
  const network = readNetwork(bytes);
  writeModel(network.model);
  lowerPrecision(network);
}

export const targets: readonly Target[] = [
  {name: 'frame', samples: frames, read: readByActors},
  {name: 'header of a frame', samples: frames, change: changeHeader, read: readByActors},
  {name: 'message', samples: frames, change: changeMessage, read: readByActors},
  {
    name: 'offer',
    samples: [encodeOffer({transfer: 1, peer: 'p', bytes: 3_000_000, chunkBytes: 65_536})],
    read: decodeOffer,
  },
  {
    name: 'grant',
    samples: [encodeGrant({transfer: 1, peer: 'p', handle: 2, granted: 3, end: 'none'})],
    read: decodeGrant,
  },
  {name: 'exported blob', samples: [blob], read: bytes => codec.decode(bytes)},
  {
    name: 'manifest of an exported blob',
    samples: [manifest],
    read: signed,
  },
  {
    name: 'values of a manifest',
    samples: [manifest],
    change: changeValues,
    read: signed,
  },
  {
    name: 'ONNX network',
    samples: [line(), skip(), slow(), passThrough(sampleTensors)],
    read: readModel,
  },
  {
    name: 'ONNX tensor',
    samples: [...sampleTensors].map(([name, tensor]) =>
      toBinary(TensorProtoSchema, tensorProto(name, tensor)),
    ),
    read: parseTensor,
  },
  {
    name: 'npy file',
    samples: [...sampleTensors.values()].map(writeNpy),
    read: bytes => readNpy(bytes, 'a file'),
  },
];
