import type {ElementType} from '../../../schemas/element-type.js';
import type {KernelBuilder} from './kernel.js';
import type {NodeAttributes} from './node-attributes.js';
import {Signature, type TypeSets} from './signature.js';

/** ONNX's operator sets up to this version are known; a later one may change any operation. */
export const opsetMax = 25;

/** That a plugin runs an operation: in which versions, on which types, and how. */
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
  /** What the variables of the signature may stand for. */
  readonly sets?: TypeSets;
  readonly typeOf?: NonNullable<Claim['typeOf']>;
}

/** `claim('Add', 7, '(T, T) -> T', add, {sets: {T: ['f32', 'f64']}})`; see Signature. */
export function claim(
  type: string,
  since: number,
  signature: string,
  build: KernelBuilder,
  options: ClaimOptions = {},
): Claim {
  const {until = opsetMax, sets = {}, typeOf} = options;
  const made = {type, since, until, signature: new Signature(signature, sets), build};
  return typeOf === undefined ? made : {...made, typeOf};
}
