import type {ElementType} from '../../schemas/element-type.js';
import type {KernelBuilder} from './kernel.js';
import type {NodeAttributes} from './node-attributes.js';
import {Signature, type TypeSets} from './signature.js';
import {throughFloat} from './through-float.js';

/** ONNX's operator sets up to this version are known; a later one may change any operation. */
export const opsetMax = 25;

/** That TEMPLATE runs an operation: in which versions, on which types, and how. */
export interface Claim {
  /** The type of operation: `Conv`. */
  readonly type: string;
  /** The first and the last version of the operator set in which it means what the kernel does. */
  readonly since: number;
  readonly until: number;
  readonly signature: Signature;
  readonly build: KernelBuilder;
  /** The type of a result of which an attribute tells. */
  readonly typeOf?: (attributes: NodeAttributes) => ElementType | undefined;
}

export interface ClaimOptions {
  readonly until?: number;
  readonly sets?: TypeSets;
  readonly typeOf?: Claim['typeOf'];
}

/** An operation that moves elements and never looks at them. */
export function moves(
  type: string,
  since: number,
  signature: string,
  build: KernelBuilder,
  options: ClaimOptions = {},
): Claim {
  const {until = opsetMax, sets = {}, typeOf} = options;
  const claim = {type, since, until, signature: new Signature(signature, sets), build};
  return typeOf === undefined ? claim : {...claim, typeOf};
}

/** An operation that computes; where it takes float16, it computes in float32. */
export function computes(
  type: string,
  since: number,
  signature: string,
  build: KernelBuilder,
  options: ClaimOptions = {},
): Claim {
  return moves(type, since, signature, throughFloat(build), options);
}
