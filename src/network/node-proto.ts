import {create} from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.js';

/** A bigint is an INT and a number a FLOAT; an empty list is one of INTs. */
export type AttributeValue =
  | bigint
  | number
  | string
  | readonly bigint[]
  | readonly number[]
  | readonly string[]
  | TensorProto
  | GraphProto;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A node of this type, `com.microsoft.Gelu` outside the domain ai.onnx. `''` leaves a value out. */
export function nodeProto(
  type: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes = {},
): NodeProto {
  const dot = type.lastIndexOf('.');
  return create(NodeProtoSchema, {
    name: output.find(name => name !== '') ?? '',
    opType: type.slice(dot + 1),
    domain: type.slice(0, Math.max(dot, 0)),
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
}

/** Numbers of `AttributeProto.AttributeType`. */
const attributeTypes = {f: 1, i: 2, s: 3, t: 4, g: 5, floats: 6, ints: 7, strings: 8} as const;

type AttributeField = keyof typeof attributeTypes;

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const [field, content] = attributeContent(value);
  return create(AttributeProtoSchema, {name, type: attributeTypes[field], [field]: content});
}

function attributeContent(value: AttributeValue): readonly [AttributeField, unknown] {
  const encoder = new TextEncoder();
  if (typeof value === 'bigint') return ['i', value];
  if (typeof value === 'number') return ['f', value];
  if (typeof value === 'string') return ['s', encoder.encode(value)];
  if ('$typeName' in value) return [value.$typeName === 'onnx.TensorProto' ? 't' : 'g', value];
  const list: readonly unknown[] = value;
  if (list.every(each => typeof each === 'bigint')) return ['ints', list];
  if (list.every(each => typeof each === 'string')) {
    return ['strings', list.map(text => encoder.encode(text))];
  }
  return ['floats', list];
}
