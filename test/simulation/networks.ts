import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {StatePair} from '../../schemas/state.js';
import {planGraph} from '../support/plan-graph.js';

/** A network that is run in simulations. */
export interface SimulatedNetworkPlan {
  readonly graph: NetworkGraph;
  /** What an inference leaves to the next. */
  readonly states: readonly StatePair[];
}

function stateless(name: string, drawing: string): SimulatedNetworkPlan {
  return {graph: {...planGraph(drawing), name}, states: []};
}

/** What is run in simulations, by name. */
export const networks: Readonly<Record<string, SimulatedNetworkPlan>> = {
  // x -> conv -> relu -> pool -> gemm -> y
  chain: stateless(
    'chain',
    `
      inputs x
      weights w=64
      conv: x w -> a
      relu: a -> b
      pool: b -> c
      gemm: c -> y
      outputs y
    `,
  ),
  //             +-> left ---+
  // x -> stem --+-----------+-> join -> head -> y
  //             +-> right --+-> z
  diamond: stateless(
    'diamond',
    `
      inputs x
      stem: x -> s
      left: s -> l
      right: s -> z
      join: s l z -> j
      head: j -> y
      outputs y z
    `,
  ),
  // x -> conv -> relu -> y, which every device runs whole
  line: stateless(
    'line',
    `
      inputs x
      conv: x -> a
      relu: a -> y
      outputs y
    `,
  ),
  // x -> conv -> venom -> y, where some devices do not survive venom
  poison: stateless(
    'poison',
    `
      inputs x
      conv: x -> a
      venom: a -> y
      outputs y
    `,
  ),
  // x -> cell -> n -> pool -> m -> head -> y, where h is n, and g is m, of the inference before
  memory: {
    graph: {
      ...planGraph(`
        inputs x h g
        cell: x h -> n
        pool: n g -> m
        head: m -> y
        outputs y n m
      `),
      name: 'memory',
    },
    states: [
      {output: 'n', input: 'h'},
      {output: 'm', input: 'g'},
    ],
  },
};
