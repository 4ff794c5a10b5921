import type {NetworkGraph} from '../../schemas/network-graph.js';
import {planGraph} from '../support/plan-graph.js';

/** What is run in simulations, by name. */
export const networks: Readonly<Record<string, NetworkGraph>> = {
  // x -> conv -> relu -> pool -> gemm -> y
  chain: {
    ...planGraph(`
      inputs x
      weights w=64
      conv: x w -> a
      relu: a -> b
      pool: b -> c
      gemm: c -> y
      outputs y
    `),
    name: 'chain',
  },
  //             +-> left ---+
  // x -> stem --+-----------+-> join -> head -> y
  //             +-> right --+-> z
  diamond: {
    ...planGraph(`
      inputs x
      stem: x -> s
      left: s -> l
      right: s -> z
      join: s l z -> j
      head: j -> y
      outputs y z
    `),
    name: 'diamond',
  },
};
