import {nodeReads} from '../../../src/network/captured-values.js';
import {operationType} from '../../../src/network/operation-names.js';
import {parseModel} from '../../../src/network/parse-model.js';
import type {SessionKernel} from './fusions.js';

/** A node of the graph that a session runs. */
export interface SessionNode extends SessionKernel {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The nodes of a network as a session saved it, in their order. */
export function sessionNodes(optimized: Uint8Array): readonly SessionNode[] {
  return parseModel(optimized).graph.node.map(node => ({
    name: node.name,
    type: operationType(node),
    inputs: nodeReads(node),
    outputs: node.output.filter(name => name !== ''),
  }));
}
