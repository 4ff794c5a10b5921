import {type Claim, type ClaimOptions, claim} from '../../src/plugin/graph/claim.js';
import type {KernelBuilder} from '../../src/plugin/graph/kernel.js';
import {throughFloat} from './through-float.js';

/** An operation that moves elements and never looks at them. */
export const moves = claim;

/** An operation that computes; where it takes float16, it computes in float32. */
export function computes(
  type: string,
  since: number,
  signature: string,
  build: KernelBuilder,
  options: ClaimOptions = {},
): Claim {
  return claim(type, since, signature, throughFloat(build), options);
}
