import {createHash} from 'node:crypto';
import {toBinary} from '@bufbuild/protobuf';
import {clientMessageSchema} from '../../schemas/messages/client.js';
import {coordinatorMessageSchema} from '../../schemas/messages/coordinator.js';
import {deviceMessageSchema} from '../../schemas/messages/device.js';
import {registryMessageSchema} from '../../schemas/messages/registry.js';
import {stageMessageSchema} from '../../schemas/messages/stage.js';
import {readNpy, writeNpy} from '../../src/cli/npy.js';
import {InferenceError} from '../../src/errors.js';
import {messageParser} from '../../src/kernel/parse-message.js';
import {TensorProtoSchema} from '../../src/network/generated/onnx_pb.js';
import {parseTensor} from '../../src/network/parse-tensor.js';
import {readNetwork} from '../../src/network/read-network.js';
import {tensorProto} from '../../src/network/tensor-proto.js';
import {writeModel} from '../../src/network/write-model.js';
import {lowerPrecision} from '../../src/transform/low-precision/lower-precision.js';
import {blobCodec} from '../../src/wire/blob-codec.js';
import {decodeFrame, encodeFrame} from '../../src/wire/frame-codec.js';
import {unpackMessage} from '../../src/wire/message-codec.js';
import {
  decodeGrant,
  decodeOffer,
  encodeGrant,
  encodeOffer,
} from '../../src/wire/transfer-messages.js';
import {line, passThrough, skip, slow} from '../support/cluster-networks.js';
import {exportedBlob} from '../support/exported-network.js';
import {sampleTensors} from '../support/sample-tensors.js';
import {sampleMessages} from './sample-messages.js';

/** A reader of bytes that come from outside. */
export interface Target {
  readonly name: string;
  /** What it takes; changed, it must refuse with an InferenceError, or take it still. */
  readonly samples: readonly Uint8Array[];
  read(bytes: Uint8Array): unknown;
}

const parsers = [
  messageParser(stageMessageSchema, 'a stage'),
  messageParser(deviceMessageSchema, 'a device'),
  messageParser(coordinatorMessageSchema, 'a coordinator'),
  messageParser(clientMessageSchema, 'a client'),
  messageParser(registryMessageSchema, 'a registry'),
];

/** A frame that can be read goes to some actor's parser. */
function readFrame(bytes: Uint8Array): void {
  const {message} = decodeFrame(bytes);
  for (const parse of parsers) mayRefuse(() => parse(message));
}

function mayRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
  }
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
  {
    name: 'frame',
    samples: sampleMessages.map(message =>
      encodeFrame({message, tensors: sampleTensors, owned: false}),
    ),
    read: readFrame,
  },
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
