import {toBinary} from '@bufbuild/protobuf';
import {BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from './generated/onnx_pb.js';
import {withFields} from './with-fields.js';

type Chunks = readonly Uint8Array[];

/** From this size on, weights are copied once, straight into the result. */
const heavyBytesMin = 65_536;

/**
 * The bytes of an ONNX file. The encoder of the protobuf library moves bytes once for every message
 * around them and every time that it grows its buffer; heavy initializers go past it. They end up
 * behind the rest of the graph, which is the same to every reader: order among fields means nothing.
 */
export function writeModel(model: ModelProto): Uint8Array {
  const {graph} = model;
  const isHeavy = (tensor: TensorProto) => tensor.rawData.length >= heavyBytesMin;
  if (!graph?.initializer.some(isHeavy)) return toBinary(ModelProtoSchema, model);
  const initializer = graph.initializer.filter(tensor => !isHeavy(tensor));
  const rest = toBinary(GraphProtoSchema, withFields(graph, {initializer}));
  const heavy = graph.initializer
    .filter(isHeavy)
    .flatMap(tensor => [
      ...delimited(GraphProtoSchema.field.initializer.number, tensorChunks(tensor)),
    ]);
  const shell = toBinary(ModelProtoSchema, withFields<ModelProto>(model, {graph: undefined}));
  const number = ModelProtoSchema.field.graph.number;
  return joined([shell, ...delimited(number, [rest, ...heavy])]);
}

function tensorChunks(tensor: TensorProto): Chunks {
  const head = withFields(tensor, {});
  Reflect.deleteProperty(head, 'rawData');
  const raw = delimited(TensorProtoSchema.field.rawData.number, [tensor.rawData]);
  return [toBinary(TensorProtoSchema, head), ...raw];
}

/** A field of bytes or of a message: its tag and length, then its content. */
function delimited(fieldNumber: number, content: Chunks): Chunks {
  const writer = new BinaryWriter().tag(fieldNumber, WireType.LengthDelimited);
  return [writer.uint32(bytesOf(content)).finish(), ...content];
}

function joined(chunks: Chunks): Uint8Array {
  const bytes = new Uint8Array(bytesOf(chunks));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function bytesOf(chunks: Chunks): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
