import type {ElementType} from '../../../schemas/element-type.js';
import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {operationType} from '../../network/operation-names.js';
import type {Kernel} from './kernel.js';
import {NodeAttributes} from './node-attributes.js';
import type {OperationTable} from './operation-table.js';
import {unsupported} from './unsupported.js';

/** The element types of values, as far as they are known; a value that is none travels no further. */
export type ValueTypes = ReadonlyMap<string, ElementType>;

export interface MappedNode {
  readonly kernel: Kernel;
  /** The element types of the node's outputs, in their order. */
  readonly types: readonly ElementType[];
}

/**
 * The kernel for a node and what it makes: the one place where it is decided what is supported, for
 * queries and for compilation alike. Throws UNSUPPORTED_OPERATIONS, saying why.
 */
export function mapNode(
  table: OperationTable,
  node: NodeProto,
  opset: number,
  known: ValueTypes,
): MappedNode {
  const claim = table.find(operationType(node), opset);
  const attributes = new NodeAttributes(node);
  const hasInput = (index: number) => (node.input[index] ?? '') !== '';
  const hasOutput = (index: number) => (node.output[index] ?? '') !== '';
  const kernel = claim.build({attributes, opset, hasInput, hasOutput});
  const given = node.input.map(name => typeOf(name, known));
  const problem = claim.signature.problem(given);
  if (problem !== undefined) throw unsupported(`${claim.type}: ${problem}`);
  const told = claim.typeOf?.(attributes);
  return {kernel, types: claim.signature.results(given, node.output.length, told)};
}

function typeOf(name: string, known: ValueTypes): ElementType | undefined {
  if (name === '') return undefined;
  const type = known.get(name);
  if (type !== undefined) return type;
  throw unsupported(`the element type of its input ${name} is not known, or does not travel`);
}
