import {NetworkBuilder} from '../../test/support/network-builder.js';

/** One Relu on f32[1,16]: what is left of a request's time is everything but computing. */
export function tinyNetwork(): Uint8Array {
  return new NetworkBuilder('tiny')
    .input('x', 'f32', [1, 16])
    .node('Relu', 'x', 'y')
    .output('y', 'f32', [1, 16])
    .bytes();
}
