import type {NodeProto} from './generated/onnx_pb.js';

/** A whole number that a node has as an attribute; `otherwise` if it has none. */
export function intAttribute({attribute}: NodeProto, name: string, otherwise: number): number {
  const found = attribute.find(each => each.name === name);
  return found === undefined ? otherwise : Number(found.i);
}

/** A number that a node has as an attribute; `otherwise` if it has none. */
export function floatAttribute({attribute}: NodeProto, name: string, otherwise: number): number {
  return attribute.find(each => each.name === name)?.f ?? otherwise;
}

/** Whole numbers that a node has as an attribute; undefined if it has none. */
export function intsAttribute({attribute}: NodeProto, name: string): readonly number[] | undefined {
  return attribute.find(each => each.name === name)?.ints.map(Number);
}
